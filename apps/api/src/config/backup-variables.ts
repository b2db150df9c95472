import { z } from 'zod';

const wholeNumber = z.coerce.number('must be a whole number').int();

/** Where backups of tenants' databases go, and how often their schemas are looked at. */
export const backupVariables = {
  GREY_BACKUP_DIR: z.string().min(1).optional().meta({
    description:
      'Folder for backups of tenants’ databases, best the same for all replicas. Unset: `backups` in GREY_DATA_DIR.',
  }),
  GREY_BACKUP_DAYS: wholeNumber
    .min(1)
    .max(3_650)
    .default(30)
    .meta({ description: 'Days that a backup is kept; with it goes the way back that only it offers.' }),
  GREY_SCHEMA_CHECK_MINUTES: wholeNumber
    .min(0)
    .max(43_200)
    .default(360)
    .meta({ description: 'How often each tenant’s schema is looked at for drift; 0: only on demand.' }),
};
