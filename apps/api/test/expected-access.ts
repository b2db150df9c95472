import type { OperationId } from '@grey/contracts';

/**
 * Who may call what, written down a second time and by hand: admin, manager, viewer, a key with the scope `route`, a key
 * with the scope `registry`. The walk compares this with the running API, so that a permission that gets lost, in the
 * contract or on the way, is seen.
 */
const admin = ['admin'] as const;
const managing = ['admin', 'manager'] as const;
const reading = ['admin', 'manager', 'viewer'] as const;
const deciding = ['admin', 'manager', 'viewer', 'routeKey'] as const;
const registering = ['admin', 'registryKey'] as const;
const signedIn = ['admin', 'manager', 'viewer', 'routeKey', 'registryKey'] as const;

export type Known = (typeof signedIn)[number];

export const expectedAccess: Readonly<Record<OperationId, 'everybody' | readonly Known[]>> = {
  login: 'everybody',
  logout: signedIn,
  getMe: signedIn,
  changePassword: signedIn,
  listUsers: admin,
  createUser: admin,
  updateUser: admin,
  deleteUser: admin,
  listApiKeys: admin,
  createApiKey: admin,
  revokeApiKey: admin,
  listTenants: reading,
  createTenant: admin,
  getTenant: reading,
  updateTenant: managing,
  deleteTenant: admin,
  listTenantServices: reading,
  setTenantServiceVersion: managing,
  setTenantService: managing,
  getTenantSync: ['admin', 'viewer'],
  runTenantSync: admin,
  applyTenantSync: admin,
  listServices: reading,
  createService: admin,
  getService: reading,
  updateService: admin,
  listVersions: reading,
  createVersion: admin,
  getVersion: reading,
  updateVersion: admin,
  listInstances: reading,
  getMatrix: reading,
  planAssignments: managing,
  applyAssignments: managing,
  listChanges: reading,
  listChangeItems: reading,
  stream: reading,
  listRouters: reading,
  route: deciding,
  routeBatch: deciding,
  explain: deciding,
  registerInstance: registering,
  heartbeatInstance: registering,
  deregisterInstance: registering,
  listDiscoverySources: reading,
  listDiscoveryServices: reading,
  syncDiscovery: admin,
  getHealth: 'everybody',
  getLiveness: 'everybody',
  getReadiness: 'everybody',
  getMetrics: 'everybody',
  getOpenapi: 'everybody',
};
