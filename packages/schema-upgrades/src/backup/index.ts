export { type BackupRequest, backUp, type WrittenFile } from './back-up.ts';
export type { BackupMethod } from './backup-header.ts';
export { type RestoredTable, type RestoreReport, type RestoreRequest, restoreBackup } from './restore-backup.ts';
