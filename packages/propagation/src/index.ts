export {
  type DamagedSnapshotFile,
  type LoadedSnapshot,
  SnapshotFile,
  type SnapshotFileOptions,
} from './snapshot-file.ts';
