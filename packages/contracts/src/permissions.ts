import { z } from 'zod';

/** What a caller may be allowed to do. `public` and `authenticated` are not granted: they say that nothing, or only a valid token, is needed. */
export const permissions = [
  'tenants.read',
  'tenants.create',
  'tenants.update',
  'tenants.delete',
  'tenant-sync.read',
  'tenant-sync.run',
  'services.read',
  'services.write',
  'assignments.read',
  'assignments.write',
  'routing.read',
  'routing.draft',
  'routing.publish',
  'emergency.rollback',
  'freezes.read',
  'freezes.write',
  'data_sources.read',
  'data_sources.write',
  'data_sources.rotate',
  'migrations.read',
  'migrations.write',
  'upgrades.read',
  'upgrades.run',
  'upgrades.batch',
  'upgrades.contract',
  'schemas.accept',
  'backups.restore',
  'changes.read',
  'routers.read',
  'route',
  'route.trusted',
  'registry.write',
  'discovery.read',
  'discovery.sync',
  'access.manage',
  'notifications.manage',
  'audit.read',
  'audit.erase',
  'changes.revert',
  'changes.override',
] as const;
export type Permission = (typeof permissions)[number];
export type RequiredPermission = Permission | 'public' | 'authenticated';

export const roles = ['GREY_ROUTER_ADMIN', 'TENANT_MANAGER', 'VIEWER'] as const;
export const roleSchema = z.enum(roles).meta({ id: 'Role' });
export type Role = z.infer<typeof roleSchema>;

const reading = [
  'tenants.read',
  'services.read',
  'assignments.read',
  'routing.read',
  'freezes.read',
  'data_sources.read',
  'migrations.read',
  'upgrades.read',
  'changes.read',
  'routers.read',
  'discovery.read',
] as const;

/** What each role may do. A TENANT_MANAGER's tenant permissions hold for the tenants on the user's list only. */
export const permissionsOfRole: Readonly<Record<Role, readonly Permission[]>> = {
  GREY_ROUTER_ADMIN: permissions,
  TENANT_MANAGER: [...reading, 'tenants.update', 'assignments.write', 'data_sources.write', 'upgrades.run', 'route'],
  VIEWER: [...reading, 'tenant-sync.read', 'route'],
};

export const apiKeyScopes = ['route', 'gateway', 'registry'] as const;
export const apiKeyScopeSchema = z.enum(apiKeyScopes).meta({ id: 'ApiKeyScope' });
export type ApiKeyScope = z.infer<typeof apiKeyScopeSchema>;

export const permissionsOfScope: Readonly<Record<ApiKeyScope, readonly Permission[]>> = {
  route: ['route'],
  /** A gateway at the edge: what it says of claims and lane tags is believed. */
  gateway: ['route', 'route.trusted'],
  registry: ['registry.write'],
};
