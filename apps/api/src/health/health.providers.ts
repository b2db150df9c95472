import type { Provider } from '@nestjs/common';
import { CONFIG, type Config } from '../config/config.schema.ts';
import { MetricsPage } from '../infra/telemetry/metrics-page.ts';
import { RouterMetrics } from '../infra/telemetry/router-metrics.ts';
import { NotificationMetrics } from '../notifications/notification-metrics.ts';
import { NotificationsSchedule } from '../notifications/notifications-schedule.ts';
import { DistributionStatus } from '../publishing/distribution-status.ts';
import { DiscoveryMetrics } from '../registry/discovery-metrics.ts';
import { InstanceRegistry } from '../registry/instance-registry.ts';
import { DecisionCounters } from '../routing/decision-counters.ts';
import { RouterState } from '../routing/router-state.ts';
import { StreamHub } from '../stream/stream-hub.ts';
import { TenantSyncMetrics } from '../tenant-sync/tenant-sync-metrics.ts';
import { TenantSyncStatusService } from '../tenant-sync/tenant-sync-status.service.ts';
import { UpgradeMetrics } from '../upgrades/upgrade-metrics.ts';
import { DatabasePingStore } from './database-ping.store.ts';
import { DatabaseWatch } from './database-watch.ts';
import { HealthService } from './health.service.ts';

/** Health and metrics, and the counters that routing writes to. */
export const healthProviders: Provider[] = [
  DatabasePingStore,
  {
    provide: DatabaseWatch,
    useFactory: (store: DatabasePingStore) => new DatabaseWatch(() => store.ping()),
    inject: [DatabasePingStore],
  },
  {
    provide: HealthService,
    useFactory: (
      router: RouterState,
      registry: InstanceRegistry,
      hub: StreamHub,
      database: DatabaseWatch,
      tenantSync: TenantSyncStatusService,
      nacos: DiscoveryMetrics,
      redis: DistributionStatus,
      notifications: NotificationsSchedule,
    ) => {
      const others = { redis, 'tenant-sync': tenantSync, nacos, notifications };
      return new HealthService({ router, registry, hub, database, others });
    },
    inject: [
      RouterState,
      InstanceRegistry,
      StreamHub,
      DatabaseWatch,
      TenantSyncStatusService,
      DiscoveryMetrics,
      DistributionStatus,
      NotificationsSchedule,
    ],
  },
  {
    provide: RouterMetrics,
    useFactory: (config: Config, router: RouterState) =>
      new RouterMetrics(config.GREY_METRICS_TENANT_LIMIT, (id) => router.snapshot?.hasTenant(id) ?? false),
    inject: [CONFIG, RouterState],
  },
  {
    provide: MetricsPage,
    useFactory: (
      metrics: RouterMetrics,
      router: RouterState,
      registry: InstanceRegistry,
      hub: StreamHub,
      tenantSync: TenantSyncMetrics,
      discovery: DiscoveryMetrics,
      distribution: DistributionStatus,
      decisions: DecisionCounters,
      notifications: NotificationMetrics,
      upgrades: UpgradeMetrics,
    ) => {
      const gauges = () => ({
        activeTenantCount: router.snapshot?.stats().activeTenantCount ?? 0,
        instanceCount: registry.instanceCount,
        revision: router.snapshot?.position.revision ?? null,
        streamCount: hub.streamCount,
      });
      return new MetricsPage(metrics, gauges, [
        distribution,
        tenantSync,
        discovery,
        decisions,
        notifications,
        upgrades,
      ]);
    },
    inject: [
      RouterMetrics,
      RouterState,
      InstanceRegistry,
      StreamHub,
      TenantSyncMetrics,
      DiscoveryMetrics,
      DistributionStatus,
      DecisionCounters,
      NotificationMetrics,
      UpgradeMetrics,
    ],
  },
];
