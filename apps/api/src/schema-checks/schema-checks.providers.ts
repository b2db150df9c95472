import type { Provider } from '@nestjs/common';
import { CONFIG, type Config } from '../config/config.schema.ts';
import { AdvisoryLock } from '../infra/db/advisory-lock.ts';
import { CheckSchedule } from './check-schedule.ts';
import { SchemaChecksStore } from './schema-checks.store.ts';
import { SchemaChecks } from './schema-checks.ts';
import { SchemaListsStore } from './schema-lists.store.ts';
import { SchemaMovesStore } from './schema-moves.store.ts';
import { TenantAccess } from './tenant-access.ts';
import { TenantSchemaService } from './tenant-schema.service.ts';

export const schemaChecksProviders: Provider[] = [
  SchemaChecks,
  SchemaChecksStore,
  SchemaListsStore,
  SchemaMovesStore,
  TenantAccess,
  TenantSchemaService,
  {
    provide: CheckSchedule,
    useFactory: (store: SchemaChecksStore, lists: SchemaListsStore, checks: SchemaChecks, config: Config) =>
      new CheckSchedule(
        store,
        lists,
        checks,
        new AdvisoryLock(config.GREY_DATABASE_URL),
        config.GREY_SCHEMA_CHECK_MINUTES * 60_000,
      ),
    inject: [SchemaChecksStore, SchemaListsStore, SchemaChecks, CONFIG],
  },
];
