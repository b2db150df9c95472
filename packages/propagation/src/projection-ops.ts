import { redisKeys, systemTenantsTtlSeconds } from '@grey/contracts';
import { readCells, type Snapshot } from '@grey/route-core';
import type { PublishedChange, TenantProfile } from './publication.ts';

/** One command on one key of the projection. */
export interface ProjectionOp {
  readonly command: 'HSET' | 'HDEL' | 'SADD' | 'SREM' | 'DEL' | 'EXPIRE';
  readonly key: string;
  readonly args: readonly string[];
}

/** What the projection holds of one tenant. */
export interface TenantProjection {
  readonly services: ReadonlyMap<string, string>;
  readonly metadata: ReadonlyMap<string, string>;
  readonly dbSchema: ReadonlyMap<string, string>;
  readonly isActive: boolean;
  /** undefined = there is no such tenant */
  readonly name: string | undefined;
}

/** Lua hands at most some 8 000 arguments on at once. Even, as fields and values go in pairs. */
const MOST_ARGS = 2_000;

/** What a change does to the projection. Removals come first, as they do in a snapshot. */
export function opsOfChange({ delta, tenants }: PublishedChange): ProjectionOp[] {
  const ops: ProjectionOp[] = [];
  for (const id of tenants.remove) {
    for (const key of tenantKeys(id)) ops.push({ command: 'DEL', key, args: [] });
  }
  const gone = [...tenants.remove, ...tenants.upsert.filter((one) => one.status !== 'active').map((one) => one.id)];
  const active = tenants.upsert.filter((one) => one.status === 'active').map((one) => one.id);
  const names = tenants.upsert.flatMap((one) => [one.id, one.name]);
  ops.push(...split('SREM', redisKeys.activeTenants, gone), ...split('SADD', redisKeys.activeTenants, active));
  ops.push(...split('HDEL', redisKeys.systemTenants, tenants.remove), ...systemTenantsOps(names));
  for (const profile of tenants.upsert) {
    const key = redisKeys.tenantMetadata(profile.id);
    ops.push({ command: 'DEL', key, args: [] }, ...split('HSET', key, flatten(metadataOf(profile))));
  }
  const { assignments, schemas } = delta;
  cellOps(ops, 'HDEL', redisKeys.tenantServices, assignments?.remove, (cell) => [cell.serviceId]);
  cellOps(ops, 'HSET', redisKeys.tenantServices, assignments?.upsert, (one) => [one.serviceId, one.version]);
  cellOps(ops, 'HDEL', redisKeys.tenantDbSchema, schemas?.remove, (cell) => [cell.serviceId]);
  cellOps(ops, 'HSET', redisKeys.tenantDbSchema, schemas?.upsert, (one) => [one.serviceId, String(one.schemaVersion)]);
  return ops;
}

/** The tenants whose keys a change touches. */
export function tenantsOfChange({ delta, tenants }: PublishedChange): Set<string> {
  const cells = [delta.assignments, delta.schemas].flatMap((one) => [...(one?.upsert ?? []), ...(one?.remove ?? [])]);
  return new Set([...tenants.remove, ...tenants.upsert.map((one) => one.id), ...cells.map((cell) => cell.tenantId)]);
}

/** What the projection should hold of a tenant. Without a profile: nothing. */
export function projectTenant(snapshot: Snapshot, id: string, profile: TenantProfile | undefined): TenantProjection {
  const cells = profile === undefined ? { assignments: [], schemas: [] } : readCells(snapshot, id);
  return {
    services: new Map(cells.assignments.map((one) => [one.serviceId, one.version])),
    metadata: profile === undefined ? new Map() : metadataOf(profile),
    dbSchema: new Map(cells.schemas.map((one) => [one.serviceId, String(one.schemaVersion)])),
    isActive: profile?.status === 'active',
    name: profile?.name,
  };
}

/** Writes all that there is of a tenant, whatever stood there before. */
export function opsOfTenant(id: string, projection: TenantProjection): ProjectionOp[] {
  const { services, metadata, dbSchema, isActive, name } = projection;
  const [servicesKey, metadataKey, schemaKey] = tenantKeys(id);
  return [
    ...replaceHash(servicesKey, services),
    ...replaceHash(metadataKey, metadata),
    ...replaceHash(schemaKey, dbSchema),
    { command: isActive ? 'SADD' : 'SREM', key: redisKeys.activeTenants, args: [id] },
    name === undefined
      ? { command: 'HDEL', key: redisKeys.systemTenants, args: [id] }
      : { command: 'HSET', key: redisKeys.systemTenants, args: [id, name] },
  ];
}

/** `system:tenants` expires when no replica is left to extend it. */
export const extendSystemTenants: ProjectionOp = {
  command: 'EXPIRE',
  key: redisKeys.systemTenants,
  args: [String(systemTenantsTtlSeconds)],
};

export function tenantKeys(id: string): [services: string, metadata: string, dbSchema: string] {
  return [redisKeys.tenantServices(id), redisKeys.tenantMetadata(id), redisKeys.tenantDbSchema(id)];
}

function metadataOf(profile: TenantProfile): Map<string, string> {
  const { id, name, status, tier, region, tags, metadata } = profile;
  const fields = new Map([
    ['id', id],
    ['name', name],
    ['status', status],
    ['tags', JSON.stringify(tags)],
    ['metadata', JSON.stringify(metadata)],
  ]);
  if (tier !== null) fields.set('tier', tier);
  if (region !== null) fields.set('region', region);
  return fields;
}

function systemTenantsOps(names: readonly string[]): ProjectionOp[] {
  const ops = split('HSET', redisKeys.systemTenants, names);
  return ops.length === 0 ? ops : [...ops, extendSystemTenants];
}

/** Writes a hash, whatever stood there before. */
export function replaceHash(key: string, fields: ReadonlyMap<string, string>): ProjectionOp[] {
  return [{ command: 'DEL', key, args: [] }, ...split('HSET', key, flatten(fields))];
}

function flatten(fields: ReadonlyMap<string, string>): string[] {
  return [...fields].flat();
}

function split(command: ProjectionOp['command'], key: string, args: readonly string[]): ProjectionOp[] {
  const ops: ProjectionOp[] = [];
  for (let from = 0; from < args.length; from += MOST_ARGS) {
    ops.push({ command, key, args: args.slice(from, from + MOST_ARGS) });
  }
  return ops;
}

function cellOps<Cell extends { readonly tenantId: string }>(
  ops: ProjectionOp[],
  command: 'HSET' | 'HDEL',
  keyOf: (tenantId: string) => string,
  cells: readonly Cell[] | undefined,
  argsOf: (cell: Cell) => string[],
): void {
  for (const [tenantId, own] of Map.groupBy(cells ?? [], (cell) => cell.tenantId)) {
    ops.push(...split(command, keyOf(tenantId), own.flatMap(argsOf)));
  }
}
