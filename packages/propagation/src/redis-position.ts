import { redisKeys } from '@grey/contracts';
import type { Position } from '@grey/route-core';
import type { RedisClient } from './redis-client.ts';

/** `{grey}:position` as it stands. */
export interface RedisPosition extends Position {
  /** The revision up to which the projection is written; undefined while it is being rebuilt. */
  readonly projected: number | undefined;
  readonly format: number;
}

/** undefined = Redis is empty, or the key was lost. */
export async function readPosition(client: RedisClient): Promise<RedisPosition | undefined> {
  const [epoch, revision, projected, format] = await client.hmget(
    redisKeys.position,
    'epoch',
    'revision',
    'projected',
    'format',
  );
  if (!epoch || !revision || !/^\d+$/.test(revision)) return undefined;
  return {
    epoch,
    revision: Number(revision),
    projected: projected && /^\d+$/.test(projected) ? Number(projected) : undefined,
    format: Number(format ?? 0),
  };
}
