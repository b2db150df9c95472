import { redisKeys } from '@grey/contracts';
import { Cluster } from 'ioredis';
import type { RedisClient } from './redis-client.ts';

const TENANT_KEY = /^tenant:([A-Za-z0-9._-]+):(?:services|metadata|db_schema)$/;

/** Every tenant that the projection holds anything of, also those that it should not. */
export async function scanTenantKeys(client: RedisClient): Promise<Set<string>> {
  const ids = new Set<string>();
  for (const node of client instanceof Cluster ? client.nodes('master') : [client]) {
    let cursor = '0';
    do {
      const [next, keys] = await node.scan(cursor, 'MATCH', 'tenant:*', 'COUNT', 2_000);
      for (const key of keys) {
        const id = TENANT_KEY.exec(key)?.[1];
        if (id !== undefined) ids.add(id);
      }
      cursor = next;
    } while (cursor !== '0');
  }
  const [active, named] = await Promise.all([
    client.smembers(redisKeys.activeTenants),
    client.hkeys(redisKeys.systemTenants),
  ]);
  for (const id of active) ids.add(id);
  for (const id of named) ids.add(id);
  return ids;
}
