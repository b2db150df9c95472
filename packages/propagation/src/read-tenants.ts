import { redisKeys } from '@grey/contracts';
import { Cluster } from 'ioredis';
import { type TenantProjection, tenantKeys } from './projection-ops.ts';
import type { RedisClient } from './redis-client.ts';

/** KEYS hashes. Their fields and values, one list for each. */
const readHashesScript = `
local found = {}
for i, key in ipairs(KEYS) do found[i] = redis.call('HGETALL', key) end
return found
`;

/** Few enough that neither Redis nor this process is held up for more than a millisecond or two. */
const AT_ONCE = 50;

/** What the projection holds of each tenant, in the order given. */
export async function readTenants(client: RedisClient, ids: readonly string[]): Promise<TenantProjection[]> {
  const found: TenantProjection[] = [];
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    found.push(...(await readSome(client, ids.slice(from, from + AT_ONCE))));
  }
  return found;
}

async function readSome(client: RedisClient, ids: readonly string[]): Promise<TenantProjection[]> {
  const [active, names, hashes] = await Promise.all([
    client.smismember(redisKeys.activeTenants, ...ids),
    client.hmget(redisKeys.systemTenants, ...ids),
    readHashes(client, ids.flatMap(tenantKeys)),
  ]);
  return ids.map((_, index) => ({
    services: hashes[index * 3]!,
    metadata: hashes[index * 3 + 1]!,
    dbSchema: hashes[index * 3 + 2]!,
    isActive: active[index] === 1,
    name: names[index] ?? undefined,
  }));
}

/** One script where one server has all keys: a reply for each would cost this process ten times as much. */
async function readHashes(client: RedisClient, keys: readonly string[]): Promise<Map<string, string>[]> {
  if (client instanceof Cluster) {
    return (await Promise.all(keys.map((key) => client.hgetall(key)))).map((hash) => new Map(Object.entries(hash)));
  }
  const lists = (await client.eval(readHashesScript, keys.length, ...keys)) as string[][];
  return lists.map((list) => {
    const fields = new Map<string, string>();
    for (let at = 0; at + 1 < list.length; at += 2) fields.set(list[at]!, list[at + 1]!);
    return fields;
  });
}
