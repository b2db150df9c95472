import type { Provider } from '@nestjs/common';
import { AppliedMigrationsStore } from './applied-migrations.store.ts';
import { CheckMigrationsService } from './check-migrations.service.ts';
import { EstimatesService } from './estimates.service.ts';
import { MigrationPolicyService } from './migration-policy.service.ts';
import { MigrationPolicyStore } from './migration-policy.store.ts';
import { MigrationPolicyRestorer } from './migration-policy-restorer.ts';
import { MigrationSetsStore } from './migration-sets.store.ts';
import { MigrationSets } from './migration-sets.ts';
import { MigrationsService } from './migrations.service.ts';
import { SetObjections } from './set-objections.ts';
import { TenantPlaceStore } from './tenant-place.store.ts';
import { UploadReader } from './upload-reader.ts';

export const migrationsProviders: Provider[] = [
  AppliedMigrationsStore,
  CheckMigrationsService,
  EstimatesService,
  MigrationPolicyRestorer,
  MigrationPolicyService,
  MigrationPolicyStore,
  MigrationSets,
  MigrationSetsStore,
  MigrationsService,
  SetObjections,
  TenantPlaceStore,
  UploadReader,
];
