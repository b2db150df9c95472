import { redisKeys } from '@grey/contracts';
import { readCells, readHolds, type Snapshot } from '@grey/route-core';
import type { TenantProfile } from '../publication.ts';
import type { RedisClient } from '../redis-client.ts';
import { scanHeldServices, scanTenants } from '../scan-keys.ts';

type Fields = Record<string, string>;

/** The whole projection as plain objects, to be compared with `expectedProjection`. */
export interface WholeProjection {
  readonly services: Record<string, Fields>;
  readonly metadata: Record<string, Fields>;
  readonly dbSchema: Record<string, Fields>;
  readonly active: readonly string[];
  readonly names: Fields;
  readonly holds: Record<string, Fields>;
}

/** Reads every key of the projection as a stranger would, one by one. */
export async function readProjection(client: RedisClient): Promise<WholeProjection> {
  const whole: WholeProjection = { services: {}, metadata: {}, dbSchema: {}, active: [], names: {}, holds: {} };
  const put = (to: Record<string, Fields>, id: string, fields: Fields) => {
    if (Object.keys(fields).length > 0) to[id] = fields;
  };
  for (const id of [...(await scanTenants(client))].sort()) {
    put(whole.services, id, await client.hgetall(redisKeys.tenantServices(id)));
    put(whole.metadata, id, await client.hgetall(redisKeys.tenantMetadata(id)));
    put(whole.dbSchema, id, await client.hgetall(redisKeys.tenantDbSchema(id)));
  }
  for (const id of [...(await scanHeldServices(client))].sort()) {
    put(whole.holds, id, await client.hgetall(redisKeys.serviceHolds(id)));
  }
  const active = (await client.smembers(redisKeys.activeTenants)).sort();
  return { ...whole, active, names: { ...(await client.hgetall(redisKeys.systemTenants)) } };
}

/** What the log says the projection is, worked out apart from the code under test. */
export function expectedProjection(snapshot: Snapshot, profiles: Iterable<TenantProfile>): WholeProjection {
  const whole: WholeProjection & { active: string[] } = {
    services: {},
    metadata: {},
    dbSchema: {},
    active: [],
    names: {},
    holds: {},
  };
  for (const { id, name, status, tier, region, tags, metadata } of profiles) {
    const { assignments, schemas } = readCells(snapshot, id);
    if (assignments.length > 0)
      whole.services[id] = Object.fromEntries(assignments.map((one) => [one.serviceId, one.version]));
    if (schemas.length > 0)
      whole.dbSchema[id] = Object.fromEntries(schemas.map((one) => [one.serviceId, `${one.schemaVersion}`]));
    whole.metadata[id] = {
      ...{ id, name, status, tags: JSON.stringify(tags), metadata: JSON.stringify(metadata) },
      ...(tier === null ? {} : { tier }),
      ...(region === null ? {} : { region }),
    };
    if (status === 'active') whole.active.push(id);
    whole.names[id] = name;
  }
  whole.active.sort();
  for (const { id, serviceId, fromVersion, toVersion } of readHolds(snapshot)) {
    // enough for the holds of these tests, which are for all tenants
    whole.holds[serviceId] = { ...whole.holds[serviceId], [`all/${fromVersion}`]: `${toVersion} ${id}` };
  }
  return whole;
}
