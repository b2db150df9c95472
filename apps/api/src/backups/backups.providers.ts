import path from 'node:path';
import type { Provider } from '@nestjs/common';
import { ChangesService } from '../changes/changes.service.ts';
import { CONFIG, type Config } from '../config/config.schema.ts';
import { AdvisoryLock } from '../infra/db/advisory-lock.ts';
import { SchemaChecks } from '../schema-checks/schema-checks.ts';
import { TenantAccess } from '../schema-checks/tenant-access.ts';
import { ServiceRecords } from '../services/service-records.ts';
import { Fence } from '../tenant-schemas/fence.ts';
import { TenantSchemas } from '../tenant-schemas/tenant-schemas.service.ts';
import { BackupRetention } from './backup-retention.ts';
import { BackupsService } from './backups.service.ts';
import { BackupsStore } from './backups.store.ts';
import { Backups } from './backups.ts';

export const backupsProviders: Provider[] = [
  BackupsStore,
  {
    provide: Backups,
    useFactory: (store: BackupsStore, access: TenantAccess, config: Config) =>
      new Backups(store, access, {
        folder: path.resolve(config.GREY_BACKUP_DIR ?? path.join(config.GREY_DATA_DIR, 'backups')),
        keepDays: config.GREY_BACKUP_DAYS,
      }),
    inject: [BackupsStore, TenantAccess, CONFIG],
  },
  {
    provide: BackupRetention,
    useFactory: (store: BackupsStore, backups: Backups) => new BackupRetention(store, backups.folder),
    inject: [BackupsStore, Backups],
  },
  {
    provide: BackupsService,
    useFactory: (
      store: BackupsStore,
      backups: Backups,
      access: TenantAccess,
      changes: ChangesService,
      schemas: TenantSchemas,
      fence: Fence,
      checks: SchemaChecks,
      services: ServiceRecords,
      config: Config,
    ) => {
      const lock = new AdvisoryLock(config.GREY_DATABASE_URL);
      return new BackupsService({ store, backups, access, changes, schemas, fence, checks, services, lock });
    },
    inject: [
      BackupsStore,
      Backups,
      TenantAccess,
      ChangesService,
      TenantSchemas,
      Fence,
      SchemaChecks,
      ServiceRecords,
      CONFIG,
    ],
  },
];
