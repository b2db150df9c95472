import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, DiscoveryModule } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { AccessController } from './access/access.controller.ts';
import { AccessGuard } from './access/access.guard.ts';
import { accessProviders } from './access/access.providers.ts';
import { AssignmentsController } from './assignments/assignments.controller.ts';
import { assignmentsProviders } from './assignments/assignments.providers.ts';
import { BackupsController } from './backups/backups.controller.ts';
import { backupsProviders } from './backups/backups.providers.ts';
import { AuditController } from './changes/chain/audit.controller.ts';
import { AuditService } from './changes/chain/audit.service.ts';
import { ChainStore } from './changes/chain/chain.store.ts';
import { ChangeFeed } from './changes/change-feed.ts';
import { ChangeLogStore } from './changes/change-log.store.ts';
import { ChangeReader } from './changes/change-reader.ts';
import { ChangesController } from './changes/changes.controller.ts';
import { ChangesService } from './changes/changes.service.ts';
import { ChangesStore } from './changes/changes.store.ts';
import { Housekeeping } from './changes/housekeeping.ts';
import { IdempotencyStore } from './changes/idempotency.store.ts';
import { MomentsStore } from './changes/past/moments.store.ts';
import { PastController } from './changes/past/past.controller.ts';
import { PastService } from './changes/past/past.service.ts';
import { PastStore } from './changes/past/past.store.ts';
import { PresentStore } from './changes/past/present.store.ts';
import { ExportController } from './changes/retention/export.controller.ts';
import { ExportService } from './changes/retention/export.service.ts';
import { ExportStore } from './changes/retention/export.store.ts';
import { HistoryRetention } from './changes/retention/history-retention.ts';
import { RetentionStore } from './changes/retention/retention.store.ts';
import { RevertsController } from './changes/reverts/reverts.controller.ts';
import { revertsProviders } from './changes/reverts/reverts.providers.ts';
import { SnapshotStore } from './changes/snapshot.store.ts';
import { SnapshotsService } from './changes/snapshots.service.ts';
import { CompatibilityController } from './compatibility/compatibility.controller.ts';
import { compatibilityProviders } from './compatibility/compatibility.providers.ts';
import { CONFIG, type Config } from './config/config.schema.ts';
import { DataSourcesController } from './data-sources/data-sources.controller.ts';
import { dataSourcesProviders } from './data-sources/data-sources.providers.ts';
import { EmergencyController } from './emergency/emergency.controller.ts';
import { emergencyProviders } from './emergency/emergency.providers.ts';
import { ExperimentsController } from './experiments/experiments.controller.ts';
import { experimentsProviders } from './experiments/experiments.providers.ts';
import { FlagsController } from './flags/flags.controller.ts';
import { FlagsService } from './flags/flags.service.ts';
import { FlagsStore } from './flags/flags.store.ts';
import { FreezesController } from './freezes/freezes.controller.ts';
import { freezesProviders } from './freezes/freezes.providers.ts';
import { guardsProviders } from './guards/guards.providers.ts';
import { HealthController } from './health/health.controller.ts';
import { healthProviders } from './health/health.providers.ts';
import { HoldsController } from './holds/holds.controller.ts';
import { holdsProviders } from './holds/holds.providers.ts';
import { HorizonController } from './horizon/horizon.controller.ts';
import { horizonProviders } from './horizon/horizon.providers.ts';
import { Database } from './infra/db/database.ts';
import { CallInterceptor } from './infra/http/call.interceptor.ts';
import { RouteCheck } from './infra/http/check-routes.ts';
import { OpenapiController } from './infra/http/openapi.controller.ts';
import { ProblemFilter } from './infra/http/problem.filter.ts';
import { redisProviders } from './infra/redis/redis.providers.ts';
import { LanesController } from './lanes/lanes.controller.ts';
import { LanesService } from './lanes/lanes.service.ts';
import { LanesStore } from './lanes/lanes.store.ts';
import { MigrationsController } from './migrations/migrations.controller.ts';
import { migrationsProviders } from './migrations/migrations.providers.ts';
import { NotificationsController } from './notifications/notifications.controller.ts';
import { notificationsProviders } from './notifications/notifications.providers.ts';
import { publishingProviders } from './publishing/publishing.providers.ts';
import { DiscoveryController } from './registry/discovery.controller.ts';
import { discoveryProviders } from './registry/discovery.providers.ts';
import { RegistryController } from './registry/registry.controller.ts';
import { registryProviders } from './registry/registry.providers.ts';
import { RetirementController } from './retirement/retirement.controller.ts';
import { retirementProviders } from './retirement/retirement.providers.ts';
import { RoutersController } from './routers/routers.controller.ts';
import { routersProviders } from './routers/routers.providers.ts';
import { routingProviders } from './routing/routing.providers.ts';
import { RulesController } from './rules/rules.controller.ts';
import { rulesProviders } from './rules/rules.providers.ts';
import { SamplesController } from './samples/samples.controller.ts';
import { samplesProviders } from './samples/samples.providers.ts';
import { SchemaChecksController } from './schema-checks/schema-checks.controller.ts';
import { schemaChecksProviders } from './schema-checks/schema-checks.providers.ts';
import { ServiceDefaults } from './services/service-defaults.service.ts';
import { ServiceRecords } from './services/service-records.ts';
import { ServicesController } from './services/services.controller.ts';
import { ServicesService } from './services/services.service.ts';
import { ServicesStore } from './services/services.store.ts';
import { VersionStatuses } from './services/version-statuses.service.ts';
import { VersionUsageStore } from './services/version-usage.store.ts';
import { VersionsService } from './services/versions.service.ts';
import { VersionsStore } from './services/versions.store.ts';
import { StreamController } from './stream/stream.controller.ts';
import { streamProviders } from './stream/stream.providers.ts';
import { tenantSchemasProviders } from './tenant-schemas/tenant-schemas.providers.ts';
import { TenantSyncController } from './tenant-sync/tenant-sync.controller.ts';
import { tenantSyncProviders } from './tenant-sync/tenant-sync.providers.ts';
import { SyncedTenantsService } from './tenants/synced-tenants.service.ts';
import { SyncedTenantsStore } from './tenants/synced-tenants.store.ts';
import { TenantsController } from './tenants/tenants.controller.ts';
import { TenantsService } from './tenants/tenants.service.ts';
import { TenantsStore } from './tenants/tenants.store.ts';
import { UpgradeBatchesController } from './upgrade-batches/upgrade-batches.controller.ts';
import { upgradeBatchesProviders } from './upgrade-batches/upgrade-batches.providers.ts';
import { UpgradesController } from './upgrades/upgrades.controller.ts';
import { upgradesProviders } from './upgrades/upgrades.providers.ts';

const database: Provider = {
  provide: Database,
  useFactory: (config: Config) => new Database(config.GREY_DATABASE_URL, config.GREY_DATABASE_POOL),
  inject: [CONFIG],
};

const http: Provider[] = [
  { provide: APP_GUARD, useExisting: AccessGuard },
  { provide: APP_INTERCEPTOR, useClass: CallInterceptor },
  { provide: APP_FILTER, useClass: ProblemFilter },
  RouteCheck,
];

const changes: Provider[] = [
  AuditService,
  ChainStore,
  ChangeFeed,
  ChangeLogStore,
  ChangeReader,
  ChangesService,
  ChangesStore,
  ExportService,
  ExportStore,
  HistoryRetention,
  IdempotencyStore,
  MomentsStore,
  PastService,
  PastStore,
  PresentStore,
  RetentionStore,
  ...revertsProviders,
  SnapshotStore,
  SnapshotsService,
];

/** The one composition root: every part is named here. */
@Module({})
// biome-ignore lint/complexity/noStaticOnlyClass: Nest knows a module by its class
export class AppModule {
  static of(config: Config): DynamicModule {
    return {
      module: AppModule,
      imports: [DiscoveryModule, ScheduleModule.forRoot()],
      controllers: [
        AccessController,
        AssignmentsController,
        AuditController,
        BackupsController,
        ChangesController,
        CompatibilityController,
        DataSourcesController,
        FreezesController,
        DiscoveryController,
        EmergencyController,
        ExperimentsController,
        ExportController,
        FlagsController,
        LanesController,
        MigrationsController,
        NotificationsController,
        OpenapiController,
        HealthController,
        HorizonController,
        HoldsController,
        PastController,
        RegistryController,
        RetirementController,
        RevertsController,
        RoutersController,
        RulesController,
        SamplesController,
        SchemaChecksController,
        ServicesController,
        StreamController,
        TenantsController,
        TenantSyncController,
        UpgradeBatchesController,
        UpgradesController,
      ],
      providers: [
        { provide: CONFIG, useValue: config },
        database,
        ...http,
        ...changes,
        ...accessProviders,
        ...assignmentsProviders,
        ...backupsProviders,
        ...compatibilityProviders,
        ...dataSourcesProviders,
        ...freezesProviders,
        ...redisProviders,
        ...publishingProviders,
        ...registryProviders,
        ...discoveryProviders,
        ...routersProviders,
        ...routingProviders,
        ...healthProviders,
        ...emergencyProviders,
        ...experimentsProviders,
        ...holdsProviders,
        ...horizonProviders,
        ...guardsProviders,
        ...migrationsProviders,
        ...notificationsProviders,
        ...retirementProviders,
        ...rulesProviders,
        ...samplesProviders,
        ...schemaChecksProviders,
        ...streamProviders,
        ...tenantSchemasProviders,
        ...tenantSyncProviders,
        ...upgradeBatchesProviders,
        ...upgradesProviders,
        Housekeeping,
        FlagsService,
        FlagsStore,
        LanesService,
        LanesStore,
        ServiceDefaults,
        ServiceRecords,
        ServicesService,
        ServicesStore,
        SyncedTenantsService,
        SyncedTenantsStore,
        TenantsService,
        TenantsStore,
        VersionStatuses,
        VersionUsageStore,
        VersionsService,
        VersionsStore,
      ],
    };
  }
}
