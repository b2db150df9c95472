import { hostname } from 'node:os';
import { FollowedSnapshot, type FollowLink, parseRedisUrl, RedisLink, RouterPresence } from '@grey/propagation';
import { seededRandom } from '@grey/testkit';

/**
 * Several routers in one process, each with connections of its own. Each change that one applies is told to the parent with
 * the time (milliseconds since 1970); a share of all reads of the stream fails.
 */
export interface AppliedMessage {
  readonly type: 'applied';
  readonly router: string;
  readonly revision: number;
  readonly at: number;
}
export interface DigestsMessage {
  readonly type: 'digests';
  readonly digests: readonly string[];
  readonly failedReads: number;
  readonly resyncs: number;
}

const [url = '', prefix = '', count = '1', failShare = '0', seed = '1'] = process.argv.slice(2);
const random = seededRandom(Number(seed));
const logger = { info: () => {}, warn: () => {}, error: () => {} };
let failedReads = 0;

function failing(link: RedisLink): FollowLink {
  return {
    runOnce: (work) => link.runOnce(work),
    openReader: () => {
      const reader = link.openReader();
      return {
        close: () => reader.close(),
        read: async (...args) => {
          const entries = await reader.read(...args);
          if (random() >= Number(failShare)) return entries;
          failedReads++;
          throw new Error('this read was made to fail');
        },
      };
    },
  };
}

const routers = await Promise.all(
  Array.from({ length: Number(count) }, async (_, number) => {
    const id = `${prefix}-${number}`;
    const link = new RedisLink(parseRedisUrl(url), { name: id });
    await link.open();
    const router = new FollowedSnapshot({ link: failing(link), logger });
    const presence = new RouterPresence({
      link,
      logger,
      self: { id, kind: 'gateway', region: null, host: hostname(), startedAt: Date.now() },
      current: () => {
        const { snapshot } = router;
        return snapshot && { position: snapshot.position, digest: snapshot.digest, lagMs: router.status.lagMs };
      },
    });
    router.onChanged((snapshot) => {
      const at = performance.timeOrigin + performance.now();
      process.send?.({
        type: 'applied',
        router: id,
        revision: snapshot.position.revision,
        at,
      } satisfies AppliedMessage);
      presence.applied();
    });
    await router.start();
    await presence.start();
    return router;
  }),
);

process.on('message', () => {
  const message: DigestsMessage = {
    type: 'digests',
    digests: routers.map(({ snapshot }) => snapshot?.digest ?? ''),
    failedReads,
    resyncs: routers.reduce((sum, { status }) => sum + status.resyncCount, 0),
  };
  process.send?.(message);
});
process.on('disconnect', () => process.exit(0));
process.send?.({ type: 'ready' });
