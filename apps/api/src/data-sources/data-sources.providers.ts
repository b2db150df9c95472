import { readFileSync } from 'node:fs';
import type { RedisLink } from '@grey/propagation';
import type { Provider } from '@nestjs/common';
import { ChangeFeed } from '../changes/change-feed.ts';
import { ChangesService } from '../changes/changes.service.ts';
import { CONFIG, type Config } from '../config/config.schema.ts';
import { AdvisoryLock } from '../infra/db/advisory-lock.ts';
import { AddressGuard } from '../infra/net/address-guard.ts';
import { REDIS_LINK } from '../infra/redis/redis-link.token.ts';
import { MasterKeys, parseMasterKeys } from '../infra/secrets/master-keys.ts';
import { ConfigProjectionStore } from './config-projection.store.ts';
import { ConfigProjection } from './config-projection.ts';
import { ConnectionTestsService } from './connection-tests.service.ts';
import { DataSourceAccess } from './data-source-access.ts';
import { DataSourceRestorer } from './data-source-restorer.ts';
import { DataSourcesService } from './data-sources.service.ts';
import { DataSourcesStore } from './data-sources.store.ts';
import { KeyRotationService } from './key-rotation.service.ts';
import { KeyRotationStore } from './key-rotation.store.ts';
import { ServerSlots } from './server-slots.ts';
import { TenantKeysStore } from './tenant-keys.store.ts';
import { TenantVault } from './tenant-vault.ts';

const MASTER_KEYS = Symbol('MasterKeys');
const GUARD = Symbol('data source guard');

export const dataSourcesProviders: Provider[] = [
  ConfigProjectionStore,
  DataSourcesStore,
  DataSourceRestorer,
  KeyRotationStore,
  TenantKeysStore,
  { provide: MASTER_KEYS, useFactory: masterKeysOf, inject: [CONFIG] },
  { provide: GUARD, useFactory: guardOf, inject: [CONFIG] },
  {
    provide: TenantVault,
    useFactory: (store: TenantKeysStore, keys: MasterKeys | undefined) => new TenantVault(store, keys),
    inject: [TenantKeysStore, MASTER_KEYS],
  },
  {
    provide: DataSourcesService,
    useFactory: (store: DataSourcesStore, changes: ChangesService, vault: TenantVault, guard: AddressGuard) =>
      new DataSourcesService(store, changes, vault, guard),
    inject: [DataSourcesStore, ChangesService, TenantVault, GUARD],
  },
  {
    provide: DataSourceAccess,
    useFactory: (store: DataSourcesStore, vault: TenantVault, guard: AddressGuard, config: Config) =>
      new DataSourceAccess(store, vault, guard, new ServerSlots(config.GREY_DATA_SOURCE_CONNECTIONS)),
    inject: [DataSourcesStore, TenantVault, GUARD, CONFIG],
  },
  {
    provide: ConnectionTestsService,
    useFactory: (store: DataSourcesStore, access: DataSourceAccess, config: Config) =>
      new ConnectionTestsService(store, access, config.GREY_DATA_SOURCE_TIMEOUT_MS),
    inject: [DataSourcesStore, DataSourceAccess, CONFIG],
  },
  {
    provide: ConfigProjection,
    useFactory: (link: RedisLink | undefined, store: ConfigProjectionStore, feed: ChangeFeed, config: Config) =>
      new ConfigProjection(link, store, feed, new AdvisoryLock(config.GREY_DATABASE_URL)),
    inject: [REDIS_LINK, ConfigProjectionStore, ChangeFeed, CONFIG],
  },
  {
    provide: KeyRotationService,
    useFactory: (
      store: KeyRotationStore,
      changes: ChangesService,
      vault: TenantVault,
      projection: ConfigProjection,
      keys: MasterKeys | undefined,
      config: Config,
    ) =>
      new KeyRotationService(
        store,
        changes,
        vault,
        new AdvisoryLock(config.GREY_DATABASE_URL),
        projection,
        keys !== undefined,
      ),
    inject: [KeyRotationStore, ChangesService, TenantVault, ConfigProjection, MASTER_KEYS, CONFIG],
  },
];

function masterKeysOf(config: Config): MasterKeys | undefined {
  const { GREY_MASTER_KEY: keys, GREY_MASTER_KEY_FILE: file } = config;
  if (keys !== undefined) return new MasterKeys(() => keys);
  if (file === undefined) return undefined;
  return new MasterKeys(() => {
    try {
      return parseMasterKeys(readFileSync(file, 'utf8'));
    } catch (error) {
      throw new Error(`GREY_MASTER_KEY_FILE: ${(error as Error).message}`);
    }
  });
}

function guardOf(config: Config): AddressGuard {
  const policy = { variable: 'GREY_DATA_SOURCE_ALLOW', isPublicFree: false };
  return new AddressGuard(config.GREY_DATA_SOURCE_ALLOW ?? [], undefined, policy);
}
