import { redisKeys } from '@grey/contracts';
import { applyDeltaInSteps, type Position, type Snapshot } from '@grey/route-core';
import { comparePositions } from './publication.ts';
import type { RedisLink } from './redis-link.ts';
import { readPosition } from './redis-position.ts';
import type { StreamReader } from './redis-reader.ts';
import { runInSteps } from './run-in-steps.ts';
import { readImage } from './snapshot-image.ts';
import { ChangeAssembler } from './stream-codec.ts';

/**
 * A snapshot from Redis: the image, then every change after it up to the position. Never torn: the image knows its position,
 * and each change applies only to the revision before it.
 *
 * @returns undefined when Redis does not have it whole now, or nothing further than `own`
 * @throws RedisError, UnknownFormatError, SnapshotImageError
 */
export async function loadWhole(
  link: Pick<RedisLink, 'runOnce'>,
  reader: Pick<StreamReader, 'read'>,
  own: Position | undefined,
): Promise<Snapshot | undefined> {
  let snapshot = await readImage(link);
  if (snapshot === undefined) return undefined;
  const goal = await link.runOnce(readPosition);
  if (goal?.epoch !== snapshot.position.epoch) return undefined;
  if (own !== undefined && comparePositions(goal, own) <= 0) return undefined;
  const assembler = new ChangeAssembler();
  let after = `${snapshot.position.revision}-${Number.MAX_SAFE_INTEGER}`;
  while (snapshot.position.revision < goal.revision) {
    const entries = await reader.read(redisKeys.changes, after, 1);
    if (entries.length === 0) return undefined;
    for (const entry of entries) {
      after = entry.id;
      const change = assembler.take(entry);
      if (change === undefined) continue;
      if (change.epoch !== goal.epoch || change.revision !== snapshot.position.revision + 1) return undefined;
      snapshot = await runInSteps(applyDeltaInSteps(snapshot, change.delta));
    }
  }
  return snapshot;
}
