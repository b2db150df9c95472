import type { Provider } from '@nestjs/common';
import { TokensService } from '../access/tokens.service.ts';
import { CellSwitch } from '../assignments/cell-switch.service.ts';
import { Backups } from '../backups/backups.ts';
import { ChangesService } from '../changes/changes.service.ts';
import { CONFIG, type Config } from '../config/config.schema.ts';
import { MigrationSets } from '../migrations/migration-sets.ts';
import { SchemaChecks } from '../schema-checks/schema-checks.ts';
import { TenantAccess } from '../schema-checks/tenant-access.ts';
import { ServiceRecords } from '../services/service-records.ts';
import { StreamHub } from '../stream/stream-hub.ts';
import { Fence } from '../tenant-schemas/fence.ts';
import { TenantSchemas } from '../tenant-schemas/tenant-schemas.service.ts';
import { CataloguePeersStore } from './catalogue-peers.store.ts';
import { ClaimsStore } from './claims.store.ts';
import { MigrationRuns } from './migration-runs.ts';
import { StartUpgradeService } from './start-upgrade.service.ts';
import { BackupStep } from './steps/backup.step.ts';
import { ContractStep } from './steps/contract.step.ts';
import { ExpandStep } from './steps/expand.step.ts';
import { unmark } from './steps/marking.ts';
import { PreflightStep } from './steps/preflight.step.ts';
import { PreflightChecks } from './steps/preflight-checks.service.ts';
import { SchemaWays } from './steps/schema-way.service.ts';
import type { StepParts } from './steps/step-parts.ts';
import { upgradeStepsProviders } from './steps/upgrade-steps.providers.ts';
import { VerifyStep } from './steps/verify.step.ts';
import { UpgradeListsStore } from './upgrade-lists.store.ts';
import { UpgradeMetrics } from './upgrade-metrics.ts';
import { UpgradeSteps } from './upgrade-step.ts';
import { UpgradeStreams } from './upgrade-streams.ts';
import { UpgradeSubjectsStore } from './upgrade-subjects.store.ts';
import { UpgradeWorker } from './upgrade-worker.ts';
import { UpgradesService } from './upgrades.service.ts';
import { UpgradesStore } from './upgrades.store.ts';
import { Upgrades } from './upgrades.ts';

const STEP_PARTS = Symbol('StepParts');
/** The worker knows whom to tell, and everybody tells the worker: who is told comes after. */
const WAKE = Symbol('wake the worker');

interface Wake {
  now(): void;
}

export const upgradesProviders: Provider[] = [
  ...upgradeStepsProviders,
  CataloguePeersStore,
  ClaimsStore,
  UpgradeListsStore,
  UpgradeSubjectsStore,
  UpgradesStore,
  { provide: UpgradeSteps, useFactory: () => new UpgradeSteps() },
  { provide: WAKE, useFactory: (): Wake => ({ now: () => undefined }) },
  {
    provide: UpgradeMetrics,
    useFactory: (lists: UpgradeListsStore) => new UpgradeMetrics(lists),
    inject: [UpgradeListsStore],
  },
  {
    provide: Upgrades,
    useFactory: (store: UpgradesStore, wake: Wake) => new Upgrades(store, () => wake.now()),
    inject: [UpgradesStore, WAKE],
  },
  {
    provide: MigrationRuns,
    useFactory: (access: TenantAccess, config: Config) =>
      new MigrationRuns(access, {
        timeoutMs: config.GREY_UPGRADE_TIMEOUT_MS,
        statementTimeoutMs: config.GREY_UPGRADE_STATEMENT_TIMEOUT_MS,
      }),
    inject: [TenantAccess, CONFIG],
  },
  {
    provide: STEP_PARTS,
    useFactory: (
      store: UpgradesStore,
      ways: SchemaWays,
      runs: MigrationRuns,
      sets: MigrationSets,
      schemas: TenantSchemas,
      fence: Fence,
      checks: SchemaChecks,
      access: TenantAccess,
    ): StepParts => ({ read: (work) => store.consistentRead(work), ways, runs, sets, schemas, fence, checks, access }),
    inject: [UpgradesStore, SchemaWays, MigrationRuns, MigrationSets, TenantSchemas, Fence, SchemaChecks, TenantAccess],
  },
  {
    provide: UpgradeWorker,
    useFactory: (
      claims: ClaimsStore,
      changes: ChangesService,
      steps: UpgradeSteps,
      upgrades: Upgrades,
      metrics: UpgradeMetrics,
      wake: Wake,
      parts: StepParts,
      peers: CataloguePeersStore,
      backups: Backups,
      config: Config,
    ) => {
      for (const step of [
        new BackupStep(parts, backups),
        new ExpandStep(parts),
        new VerifyStep(parts, peers),
        new ContractStep(parts, backups),
      ])
        steps.register(step);
      const worker = new UpgradeWorker(
        claims,
        {
          claims,
          changes,
          steps,
          finish: (context) => unmark(context, parts.schemas),
          onEnded: (row) => {
            metrics.ended(row.state);
            upgrades.tellEnded(row);
          },
        },
        { overall: config.GREY_UPGRADE_CONCURRENCY, perServer: config.GREY_UPGRADE_SERVER_CONCURRENCY },
      );
      wake.now = () => worker.nudge();
      metrics.readRunning = () => worker.runningCount;
      return worker;
    },
    inject: [
      ClaimsStore,
      ChangesService,
      UpgradeSteps,
      Upgrades,
      UpgradeMetrics,
      WAKE,
      STEP_PARTS,
      CataloguePeersStore,
      Backups,
      CONFIG,
    ],
  },
  {
    provide: StartUpgradeService,
    useFactory: (
      store: UpgradesStore,
      subjects: UpgradeSubjectsStore,
      changes: ChangesService,
      upgrades: Upgrades,
      checks: PreflightChecks,
      preflight: PreflightStep,
      ways: SchemaWays,
      sets: MigrationSets,
      schemas: TenantSchemas,
      services: ServiceRecords,
      cells: CellSwitch,
    ) =>
      new StartUpgradeService({
        store,
        subjects,
        changes,
        upgrades,
        checks,
        preflight,
        ways,
        sets,
        schemas,
        services,
        cells,
      }),
    inject: [
      UpgradesStore,
      UpgradeSubjectsStore,
      ChangesService,
      Upgrades,
      PreflightChecks,
      PreflightStep,
      SchemaWays,
      MigrationSets,
      TenantSchemas,
      ServiceRecords,
      CellSwitch,
    ],
  },
  {
    provide: UpgradesService,
    useFactory: (
      store: UpgradesStore,
      lists: UpgradeListsStore,
      changes: ChangesService,
      upgrades: Upgrades,
      ways: SchemaWays,
      access: TenantAccess,
      schemas: TenantSchemas,
    ) => new UpgradesService({ store, lists, changes, upgrades, ways, access, schemas }),
    inject: [UpgradesStore, UpgradeListsStore, ChangesService, Upgrades, SchemaWays, TenantAccess, TenantSchemas],
  },
  {
    provide: UpgradeStreams,
    useFactory: (store: UpgradesStore, upgrades: UpgradesService, tokens: TokensService, hub: StreamHub) =>
      new UpgradeStreams(store, upgrades, tokens, hub),
    inject: [UpgradesStore, UpgradesService, TokensService, StreamHub],
  },
];
