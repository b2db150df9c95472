import type { Provider } from '@nestjs/common';
import { MigrationPolicyStore } from './migration-policy.store.ts';
import { MigrationSetsStore } from './migration-sets.store.ts';
import { MigrationSets } from './migration-sets.ts';

export const migrationsProviders: Provider[] = [MigrationPolicyStore, MigrationSets, MigrationSetsStore];
