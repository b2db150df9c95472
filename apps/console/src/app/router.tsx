import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { session } from '../api/session.ts';
import { AccessPage } from '../features/access/access.page.tsx';
import { LoginPage } from '../features/access/login.page.tsx';
import { PasswordPage } from '../features/access/password.page.tsx';
import { MatrixPage } from '../features/assignments/matrix.page.tsx';
import { readChangeFilters } from '../features/changes/change-filters.ts';
import { ChangesPage } from '../features/changes/changes.page.tsx';
import { readDeliveryView } from '../features/channels/delivery-view.ts';
import { readUpgradeQuestion } from '../features/compatibility/upgrade-question.ts';
import { readDataSourceFilters } from '../features/data-sources/data-source-filters.ts';
import { DiscoveryPage } from '../features/discovery/discovery.page.tsx';
import { EmergencyPage } from '../features/emergency/emergency.page.tsx';
import { readRollbackQuestion } from '../features/emergency/rollback-wish.ts';
import { readFreezesView } from '../features/freezes/freezes-view.ts';
import { readCompareView, readPastView } from '../features/history/past-view.ts';
import { HoldPage } from '../features/holds/hold.page.tsx';
import { readHoldFilters } from '../features/holds/hold-filters.ts';
import { HoldsPage } from '../features/holds/holds.page.tsx';
import { readSetView, readUploadView } from '../features/migrations/set-view.ts';
import { readOldQuestion, readQuestion } from '../features/playground/playground-question.ts';
import { RoutersPage } from '../features/routers/routers.page.tsx';
import { readRulesView } from '../features/rules/rules-view.ts';
import { ServicePage } from '../features/services/service.page.tsx';
import { ServicesPage } from '../features/services/services.page.tsx';
import { readTenantSchemaFilters } from '../features/tenant-schemas/tenant-schema-filters.ts';
import { TenantSyncPage } from '../features/tenant-sync/tenant-sync.page.tsx';
import { TenantPage } from '../features/tenants/tenant.page.tsx';
import { readTenantFilters } from '../features/tenants/tenant-filters.ts';
import { TenantsPage } from '../features/tenants/tenants.page.tsx';
import { readBatchView } from '../features/upgrade-batches/batch-state.ts';
import { readStartWish } from '../features/upgrades/start-wish.ts';
import { readUpgradeFilters } from '../features/upgrades/upgrade-filters.ts';
import { NotFound, RootError, RouteError } from './route-states.tsx';
import { Shell } from './shell.tsx';

const rootRoute = createRootRoute({ component: Outlet, notFoundComponent: NotFound, errorComponent: RootError });

const loginRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/login',
  component: LoginPage,
  validateSearch: (search: Record<string, unknown>) => ({
    // Only paths of this console: a link must not send the operator elsewhere after the login.
    from: typeof search['from'] === 'string' && /^\/(?![/\\])/.test(search['from']) ? search['from'] : undefined,
  }),
});

const passwordRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/password',
  component: PasswordPage,
  beforeLoad: () => {
    if (!session.current) throw redirect({ to: '/login', search: { from: undefined } });
  },
});

const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'shell',
  component: Shell,
  errorComponent: RootError,
  beforeLoad: ({ location }) => {
    if (!session.current) throw redirect({ to: '/login', search: { from: location.href } });
    if (session.current.mustChangePassword) throw redirect({ to: '/password' });
  },
});

const inShell = { getParentRoute: () => shellRoute } as const;
const indexRoute = createRoute({
  ...inShell,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/tenants' });
  },
});
const tenantsRoute = createRoute({
  ...inShell,
  path: '/tenants',
  component: TenantsPage,
  validateSearch: readTenantFilters,
});
const tenantRoute = createRoute({ ...inShell, path: '/tenants/$tenantId', component: TenantPage });
const matrixRoute = createRoute({
  ...inShell,
  path: '/matrix',
  component: MatrixPage,
  validateSearch: readTenantFilters,
});
const servicesRoute = createRoute({
  ...inShell,
  path: '/services',
  component: ServicesPage,
  validateSearch: (search: Record<string, unknown>): { search?: string } =>
    typeof search['search'] === 'string' && search['search'] !== '' ? { search: search['search'] } : {},
});
const serviceRoute = createRoute({ ...inShell, path: '/services/$serviceId', component: ServicePage });
/** The engine comes along with the page that needs it. */
const playgroundRoute = createRoute({
  ...inShell,
  path: '/playground',
  component: lazyRouteComponent(() => import('../features/playground/playground.page.tsx'), 'PlaygroundPage'),
  validateSearch: readQuestion,
});
const rulesRoute = createRoute({
  ...inShell,
  path: '/services/$serviceId/rules',
  // Editor and engine are needed here only.
  component: lazyRouteComponent(() => import('../features/rules/rules.page.tsx'), 'RulesPage'),
  validateSearch: readRulesView,
});
const experimentsRoute = createRoute({
  ...inShell,
  path: '/services/$serviceId/experiments',
  component: lazyRouteComponent(() => import('../features/experiments/experiments.page.tsx'), 'ExperimentsPage'),
});
const serviceCompatibilityRoute = createRoute({
  ...inShell,
  path: '/services/$serviceId/compatibility',
  component: lazyRouteComponent(
    () => import('../features/compatibility/service-compatibility.page.tsx'),
    'ServiceCompatibilityPage',
  ),
});
const compatibilityRoute = createRoute({
  ...inShell,
  path: '/compatibility',
  component: lazyRouteComponent(() => import('../features/compatibility/compatibility.page.tsx'), 'CompatibilityPage'),
});
const upgradeRoute = createRoute({
  ...inShell,
  path: '/compatibility/upgrade',
  component: lazyRouteComponent(() => import('../features/compatibility/upgrade.page.tsx'), 'UpgradePage'),
  validateSearch: readUpgradeQuestion,
});
const versionRoute = createRoute({
  ...inShell,
  path: '/services/$serviceId/versions/$version',
  component: lazyRouteComponent(() => import('../features/retirement/version.page.tsx'), 'VersionPage'),
});
const freezesRoute = createRoute({
  ...inShell,
  path: '/freezes',
  component: lazyRouteComponent(() => import('../features/freezes/freezes.page.tsx'), 'FreezesPage'),
  validateSearch: readFreezesView,
});
const lanesRoute = createRoute({
  ...inShell,
  path: '/lanes',
  component: lazyRouteComponent(() => import('../features/lanes/lanes.page.tsx'), 'LanesPage'),
});
const laneRoute = createRoute({
  ...inShell,
  path: '/lanes/$tag',
  component: lazyRouteComponent(() => import('../features/lanes/lane.page.tsx'), 'LanePage'),
});
/** Not loaded when it is needed but with the console: at that moment nothing may be missing. */
const emergencyRoute = createRoute({
  ...inShell,
  path: '/emergency',
  component: EmergencyPage,
  validateSearch: readRollbackQuestion,
});
const holdsRoute = createRoute({ ...inShell, path: '/holds', component: HoldsPage, validateSearch: readHoldFilters });
const holdRoute = createRoute({ ...inShell, path: '/holds/$holdId', component: HoldPage });
/** What the playground was before; links to it are in tickets and runbooks. */
const explainRoute = createRoute({
  ...inShell,
  path: '/explain',
  beforeLoad: ({ search }) => {
    throw redirect({ to: '/playground', search: readOldQuestion(search), replace: true });
  },
});
const changesRoute = createRoute({
  ...inShell,
  path: '/changes',
  component: ChangesPage,
  validateSearch: readChangeFilters,
});
const stateRoute = createRoute({
  ...inShell,
  path: '/changes/state',
  component: lazyRouteComponent(() => import('../features/history/state.page.tsx'), 'StatePage'),
  validateSearch: readPastView,
});
const compareRoute = createRoute({
  ...inShell,
  path: '/changes/compare',
  component: lazyRouteComponent(() => import('../features/history/compare.page.tsx'), 'ComparePage'),
  validateSearch: readCompareView,
});
const auditRoute = createRoute({
  ...inShell,
  path: '/changes/audit',
  component: lazyRouteComponent(() => import('../features/history/audit.page.tsx'), 'AuditPage'),
});
const changeRoute = createRoute({
  ...inShell,
  path: '/changes/$changeId',
  component: lazyRouteComponent(() => import('../features/changes/change.page.tsx'), 'ChangePage'),
});
const channelsRoute = createRoute({
  ...inShell,
  path: '/channels',
  component: lazyRouteComponent(() => import('../features/channels/channels.page.tsx'), 'ChannelsPage'),
});
const channelRoute = createRoute({
  ...inShell,
  path: '/channels/$channelId',
  component: lazyRouteComponent(() => import('../features/channels/channel.page.tsx'), 'ChannelPage'),
  validateSearch: readDeliveryView,
});
const databasesRoute = createRoute({
  ...inShell,
  path: '/databases',
  component: lazyRouteComponent(() => import('../features/data-sources/data-sources.page.tsx'), 'DataSourcesPage'),
  validateSearch: readDataSourceFilters,
});
const masterKeysRoute = createRoute({
  ...inShell,
  path: '/databases/keys',
  component: lazyRouteComponent(() => import('../features/data-sources/master-keys.page.tsx'), 'MasterKeysPage'),
});
const migrationPolicyRoute = createRoute({
  ...inShell,
  path: '/databases/policy',
  component: lazyRouteComponent(() => import('../features/migrations/policy.page.tsx'), 'PolicyPage'),
});
const migrationSetsRoute = createRoute({
  ...inShell,
  path: '/services/$serviceId/migrations',
  component: lazyRouteComponent(() => import('../features/migrations/migration-sets.page.tsx'), 'MigrationSetsPage'),
});
const migrationUploadRoute = createRoute({
  ...inShell,
  path: '/services/$serviceId/migrations/upload',
  component: lazyRouteComponent(() => import('../features/migrations/upload.page.tsx'), 'UploadPage'),
  validateSearch: readUploadView,
});
const migrationSetRoute = createRoute({
  ...inShell,
  path: '/services/$serviceId/versions/$version/migrations',
  component: lazyRouteComponent(() => import('../features/migrations/migration-set.page.tsx'), 'MigrationSetPage'),
  validateSearch: readSetView,
});
const tenantSchemasRoute = createRoute({
  ...inShell,
  path: '/databases/schemas',
  component: lazyRouteComponent(
    () => import('../features/tenant-schemas/tenant-schemas.page.tsx'),
    'TenantSchemasPage',
  ),
  validateSearch: readTenantSchemaFilters,
});
const tenantSchemaRoute = createRoute({
  ...inShell,
  path: '/tenants/$tenantId/schemas/$serviceId',
  component: lazyRouteComponent(() => import('../features/tenant-schemas/tenant-schema.page.tsx'), 'TenantSchemaPage'),
});
const dataSourceRoute = createRoute({
  ...inShell,
  path: '/databases/$dataSourceId',
  component: lazyRouteComponent(() => import('../features/data-sources/data-source.page.tsx'), 'DataSourcePage'),
});
const discoveryRoute = createRoute({ ...inShell, path: '/discovery', component: DiscoveryPage });
const routersRoute = createRoute({ ...inShell, path: '/routers', component: RoutersPage });
const tenantSyncRoute = createRoute({ ...inShell, path: '/tenant-sync', component: TenantSyncPage });
const accessRoute = createRoute({ ...inShell, path: '/access', component: AccessPage });

const upgradesRoute = createRoute({
  ...inShell,
  path: '/upgrades',
  component: lazyRouteComponent(() => import('../features/upgrades/upgrades.page.tsx'), 'UpgradesPage'),
  validateSearch: readUpgradeFilters,
});
const startUpgradeRoute = createRoute({
  ...inShell,
  path: '/upgrades/start',
  component: lazyRouteComponent(() => import('../features/upgrades/start.page.tsx'), 'StartUpgradePage'),
  validateSearch: readStartWish,
});
const tenantUpgradeRoute = createRoute({
  ...inShell,
  path: '/upgrades/$upgradeId',
  component: lazyRouteComponent(() => import('../features/upgrades/upgrade.page.tsx'), 'TenantUpgradePage'),
});
const upgradeBatchesRoute = createRoute({
  ...inShell,
  path: '/upgrades/batches',
  component: lazyRouteComponent(() => import('../features/upgrade-batches/batches.page.tsx'), 'UpgradeBatchesPage'),
  validateSearch: (search: Record<string, unknown>): { serviceId?: string } =>
    typeof search['serviceId'] === 'string' && search['serviceId'] !== '' ? { serviceId: search['serviceId'] } : {},
});
const createBatchRoute = createRoute({
  ...inShell,
  path: '/upgrades/batches/new',
  component: lazyRouteComponent(() => import('../features/upgrade-batches/create-batch.page.tsx'), 'CreateBatchPage'),
  validateSearch: readStartWish,
});
const upgradeBatchRoute = createRoute({
  ...inShell,
  path: '/upgrades/batches/$batchId',
  component: lazyRouteComponent(() => import('../features/upgrade-batches/batch.page.tsx'), 'UpgradeBatchPage'),
  validateSearch: readBatchView,
});

const routeTree = rootRoute.addChildren([
  loginRoute,
  passwordRoute,
  shellRoute.addChildren([
    indexRoute,
    tenantsRoute,
    tenantRoute,
    matrixRoute,
    servicesRoute,
    serviceRoute,
    rulesRoute,
    experimentsRoute,
    serviceCompatibilityRoute,
    compatibilityRoute,
    versionRoute,
    freezesRoute,
    upgradeRoute,
    lanesRoute,
    laneRoute,
    playgroundRoute,
    emergencyRoute,
    holdsRoute,
    holdRoute,
    explainRoute,
    changesRoute,
    stateRoute,
    compareRoute,
    auditRoute,
    changeRoute,
    channelsRoute,
    channelRoute,
    databasesRoute,
    masterKeysRoute,
    dataSourceRoute,
    tenantSchemasRoute,
    tenantSchemaRoute,
    migrationPolicyRoute,
    migrationSetsRoute,
    migrationUploadRoute,
    migrationSetRoute,
    discoveryRoute,
    routersRoute,
    tenantSyncRoute,
    upgradesRoute,
    startUpgradeRoute,
    tenantUpgradeRoute,
    upgradeBatchesRoute,
    createBatchRoute,
    upgradeBatchRoute,
    accessRoute,
  ]),
]);

export function createConsoleRouter() {
  return createRouter({ routeTree, defaultPreload: false, defaultErrorComponent: RouteError });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createConsoleRouter>;
  }
}
