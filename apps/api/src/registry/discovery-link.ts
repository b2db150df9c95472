import { createHash } from 'node:crypto';
import type { RedisLink } from '@grey/propagation';
import type { DiscoveryLink, StreamEntry } from './discovery-redis.ts';
import type { DiscoveryScript } from './discovery-scripts.ts';

type Link = Pick<RedisLink, 'status' | 'isBroken' | 'runOnce' | 'openReader'>;

/** The link all parts of this process share, as discovery needs it. Nothing is repeated here: the sharing catches up by itself. */
export function discoveryLinkOf(link: Link): DiscoveryLink {
  const hashes = new Map<string, string>();
  const reader = link.openReader();
  const hashOf = ({ lua }: DiscoveryScript) => {
    const known = hashes.get(lua) ?? createHash('sha1').update(lua).digest('hex');
    hashes.set(lua, known);
    return known;
  };
  return {
    get isUp() {
      return link.status.isUp && !link.isBroken;
    },
    run(script, keys, args) {
      return link.runOnce(async (client) => {
        const rest = [...keys, ...args.map(String)];
        try {
          return await client.evalsha(hashOf(script), keys.length, ...rest);
        } catch (error) {
          if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
          return client.eval(script.lua, keys.length, ...rest);
        }
      });
    },
    async readStream(key, after, blockMs) {
      const entries = await reader.read(key, after, blockMs);
      return entries.map(({ id, fields }): StreamEntry => {
        return { id, fields: Object.fromEntries([...fields].map(([name, value]) => [name, value.toString()])) };
      });
    },
    close: () => reader.close(),
  };
}
