import { redisKeys } from '@grey/contracts';
import { Cluster } from 'ioredis';
import type { RedisClient } from './redis-client.ts';

const TENANT_KEY = /^tenant:([A-Za-z0-9._-]+):(?:services|metadata|db_schema)$/;
const CONFIG_KEY = /^encrypted:tenant:([A-Za-z0-9._-]+):config$/;
const HOLDS_KEY = /^service:([A-Za-z0-9._-]+):holds$/;

/** Every tenant that the projection holds anything of, also those that it should not. */
export async function scanTenants(client: RedisClient): Promise<Set<string>> {
  const ids = await scanIds(client, 'tenant:*', TENANT_KEY);
  const [active, named] = await Promise.all([
    client.smembers(redisKeys.activeTenants),
    client.hkeys(redisKeys.systemTenants),
  ]);
  for (const id of active) ids.add(id);
  for (const id of named) ids.add(id);
  return ids;
}

/** Every service that the projection knows holds of, also those that have none. */
export function scanHeldServices(client: RedisClient): Promise<Set<string>> {
  return scanIds(client, 'service:*:holds', HOLDS_KEY);
}

/** Every tenant that Redis holds encrypted data sources of, also those that it should not. */
export function scanConfiguredTenants(client: RedisClient): Promise<Set<string>> {
  return scanIds(client, 'encrypted:tenant:*', CONFIG_KEY);
}

async function scanIds(client: RedisClient, pattern: string, key: RegExp): Promise<Set<string>> {
  const ids = new Set<string>();
  for (const node of client instanceof Cluster ? client.nodes('master') : [client]) {
    let cursor = '0';
    do {
      const [next, keys] = await node.scan(cursor, 'MATCH', pattern, 'COUNT', 2_000);
      for (const one of keys) {
        const id = key.exec(one)?.[1];
        if (id !== undefined) ids.add(id);
      }
      cursor = next;
    } while (cursor !== '0');
  }
  return ids;
}
