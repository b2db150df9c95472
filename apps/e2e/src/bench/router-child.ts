import { readHolds } from '@grey/route-core';
import { startFollowingRouters } from '../../../api/test/following-routers.ts';

/**
 * Several routers in one process, each with connections of its own. Each snapshot that one takes is told to the parent with
 * the time (milliseconds since 1970); a share of all reads of the stream fails.
 */
export interface AppliedMessage {
  readonly type: 'applied';
  readonly router: string;
  readonly revision: number;
  /** Ids of the holds that are in force there. */
  readonly holds: readonly string[];
  readonly at: number;
}
export interface DigestsMessage {
  readonly type: 'digests';
  readonly digests: readonly string[];
  readonly failedReads: number;
  readonly resyncs: number;
}

const [url = '', prefix = '', count = '1', failShare = '0', seed = '1'] = process.argv.slice(2);
const fleet = await startFollowingRouters(url, {
  count: Number(count),
  prefix,
  failShare: Number(failShare),
  seed: Number(seed),
  onSnapshot: (router, snapshot) => {
    const at = performance.timeOrigin + performance.now();
    const { revision } = snapshot.position;
    const holds = readHolds(snapshot).map(({ id }) => id);
    process.send?.({ type: 'applied', router, revision, holds, at } satisfies AppliedMessage);
  },
});

process.on('message', () => {
  const snapshots = fleet.routers.map(({ followed }) => followed);
  const message: DigestsMessage = {
    type: 'digests',
    digests: snapshots.map(({ snapshot }) => snapshot?.digest ?? ''),
    failedReads: fleet.failedReads,
    resyncs: snapshots.reduce((sum, { status }) => sum + status.resyncCount, 0),
  };
  process.send?.(message);
});
process.on('disconnect', () => process.exit(0));
process.send?.({ type: 'ready' });
