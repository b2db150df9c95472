import { PublicationService, type PublicationSource, parseRedisUrl, RedisLink } from '@grey/propagation';
import { buildSnapshot } from '@grey/route-core';
import type { LogState, Move } from './shared-log.ts';

/** One replica that carries the log into Redis, with short locks. It is stopped and continued from outside. */
const [redisUrl = '', logUrl = '', lockMs = ''] = process.argv.slice(2);
const logger = { info: () => {}, warn: () => {}, error: () => {} };

async function read<T>(query = ''): Promise<T> {
  const response = await fetch(`${logUrl}/${query}`);
  return (await response.json()) as T;
}

const source: PublicationSource = {
  currentPosition: async () => (await read<LogState>()).position,
  async loadChanges(after) {
    const { position } = await read<LogState>();
    if (after.epoch !== position.epoch || after.revision > position.revision) return 'reset';
    const moves = await read<Move[]>(`?after=${after.revision}`);
    return moves.map(({ revision, at, assignment }) => ({
      changeId: `${position.epoch}-${revision}`,
      at,
      delta: { epoch: position.epoch, revision, assignments: { upsert: [assignment] } },
      tenants: { upsert: [], remove: [] },
    }));
  },
  async loadAll() {
    const state = await read<LogState>();
    const snapshot = buildSnapshot({ ...state, schemas: [], holds: [], instances: [] });
    const tenants = state.tenants.map(({ id, status }) => {
      return { id, name: id, status, tier: null, region: null, tags: [], metadata: {} };
    });
    return { snapshot, tenants };
  },
};

const link = new RedisLink(parseRedisUrl(redisUrl));
await link.open();
const options = { link, source, logger, tickMs: 50, takeOverMs: 200 };
new PublicationService({ ...options, rebuildLockMs: Number(lockMs), keeperLeaseMs: Number(lockMs) }).start();
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
