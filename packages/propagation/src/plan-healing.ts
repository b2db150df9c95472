import type { Position } from '@grey/route-core';
import type { RedisPosition } from './redis-position.ts';

/**
 * What has to happen so that Redis agrees with the log. `nothing`; `publish` the changes after what Redis has; `rebuild`
 * everything; `leave` it: Redis is of a later epoch, or further than this log — then it is this process that is wrong.
 */
export type Healing = 'nothing' | 'publish' | 'rebuild' | 'leave';

/**
 * @param redis undefined = Redis is empty or has lost its position
 * @param log must have been read after `redis`, or a change in between looks like a Redis ahead of its log
 */
export function planHealing(redis: RedisPosition | undefined, log: Position): Healing {
  if (redis === undefined) return 'rebuild';
  if (redis.epoch !== log.epoch) return redis.epoch < log.epoch ? 'rebuild' : 'leave';
  if (redis.revision > log.revision) return 'leave';
  if (redis.projected === undefined || redis.projected > redis.revision) return 'rebuild';
  return redis.revision < log.revision ? 'publish' : 'nothing';
}
