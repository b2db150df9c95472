import type { Provider } from '@nestjs/common';
import { PlanTokens } from '../assignments/plan-tokens.ts';
import { ChangesService } from '../changes/changes.service.ts';
import { CONFIG, type Config } from '../config/config.schema.ts';
import { AdvisoryLock } from '../infra/db/advisory-lock.ts';
import { SyncedTenantsService } from '../tenants/synced-tenants.service.ts';
import { TenantSource } from './tenant-source.ts';
import { TenantSyncService } from './tenant-sync.service.ts';
import { TenantSyncStore } from './tenant-sync.store.ts';
import { TenantSyncMetrics } from './tenant-sync-metrics.ts';
import { TenantSyncSchedule } from './tenant-sync-schedule.ts';
import { TenantSyncStatusService } from './tenant-sync-status.service.ts';

const TENANT_SOURCE = Symbol('TenantSource');

export const tenantSyncProviders: Provider[] = [
  TenantSyncStore,
  TenantSyncMetrics,
  {
    provide: AdvisoryLock,
    useFactory: (config: Config) => new AdvisoryLock(config.GREY_DATABASE_URL),
    inject: [CONFIG],
  },
  { provide: TENANT_SOURCE, useFactory: sourceOf, inject: [CONFIG] },
  {
    provide: TenantSyncStatusService,
    useFactory: (
      store: TenantSyncStore,
      metrics: TenantSyncMetrics,
      config: Config,
      source: TenantSource | undefined,
    ) => {
      const settings = { where: source?.where, intervalMs: config.GREY_TENANT_SYNC_INTERVAL_MS };
      const status = new TenantSyncStatusService(store, settings);
      if (source !== undefined) metrics.show(() => status.readGauges());
      return status;
    },
    inject: [TenantSyncStore, TenantSyncMetrics, CONFIG, TENANT_SOURCE],
  },
  {
    provide: TenantSyncService,
    useFactory: (
      config: Config,
      source: TenantSource | undefined,
      store: TenantSyncStore,
      tenants: SyncedTenantsService,
      changes: ChangesService,
      tokens: PlanTokens,
      lock: AdvisoryLock,
      metrics: TenantSyncMetrics,
    ) => {
      const { GREY_TENANT_SYNC_MAX_SHARE: maxShare, GREY_TENANT_SYNC_INTERVAL_MS: intervalMs } = config;
      return new TenantSyncService({ source, maxShare, intervalMs, store, tenants, changes, tokens, lock, metrics });
    },
    inject: [
      CONFIG,
      TENANT_SOURCE,
      TenantSyncStore,
      SyncedTenantsService,
      ChangesService,
      PlanTokens,
      AdvisoryLock,
      TenantSyncMetrics,
    ],
  },
  {
    provide: TenantSyncSchedule,
    useFactory: (sync: TenantSyncService, source: TenantSource | undefined) =>
      new TenantSyncSchedule(sync, source !== undefined),
    inject: [TenantSyncService, TENANT_SOURCE],
  },
];

function sourceOf(config: Config): TenantSource | undefined {
  const { GREY_TENANT_SYNC_URL: url, GREY_TENANT_SYNC_TOKEN: token, GREY_TENANT_SYNC_TIMEOUT_MS: timeoutMs } = config;
  return url === undefined ? undefined : new TenantSource({ url, token, timeoutMs });
}
