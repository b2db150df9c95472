import { redisKeys } from '@grey/contracts';
import { decodeSnapshotInSteps, encodeSnapshot, type Position, type Snapshot } from '@grey/route-core';
import type { RedisClient } from './redis-client.ts';
import type { RedisLink } from './redis-link.ts';
import { runInSteps } from './run-in-steps.ts';
import { isOlderLua } from './script-parts.ts';
import { UnknownFormatError } from './stream-codec.ts';

/** Version of the hash's fields; the bytes carry their own. */
const IMAGE_FORMAT = 1;

/**
 * KEYS image, position. ARGV epoch, revision, format, at, data. Writes only forward, and only for the epoch that Redis is
 * in: a process that slept over a newer image does not bring its own back. Returns 1 or 0.
 */
const writeImageScript = `${isOlderLua}
if redis.call('HGET', KEYS[2], 'epoch') ~= ARGV[1] then return 0 end
local at = redis.call('HMGET', KEYS[1], 'epoch', 'revision')
if at[1] and isOlder(ARGV[1], at[1]) then return 0 end
if at[1] == ARGV[1] and at[2] and tonumber(at[2]) >= tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], 'epoch', ARGV[1], 'revision', ARGV[2], 'format', ARGV[3], 'at', ARGV[4], 'data', ARGV[5])
return 1
`;

/** What an image is written with, in the order of the hash's fields. */
export function imageFields(snapshot: Snapshot): [string, string, string, string, Buffer] {
  const { epoch, revision } = snapshot.position;
  // Instances are the other plane: they change by the second and come from discovery.
  const bytes = encodeSnapshot(snapshot, { withInstances: false });
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return [epoch, String(revision), String(IMAGE_FORMAT), new Date().toISOString(), data];
}

/** @returns false when Redis has a newer one or is of another epoch */
export async function writeImage(client: RedisClient, snapshot: Snapshot): Promise<boolean> {
  const { image, position } = redisKeys;
  return (await client.eval(writeImageScript, 2, image, position, ...imageFields(snapshot))) === 1;
}

export async function readImagePosition(client: RedisClient): Promise<Position | undefined> {
  const [epoch, revision] = await client.hmget(redisKeys.image, 'epoch', 'revision');
  return epoch && revision ? { epoch, revision: Number(revision) } : undefined;
}

/**
 * The image as a snapshot. undefined = there is none.
 * @throws RedisError, UnknownFormatError, SnapshotImageError when it is damaged
 */
export async function readImage(link: Pick<RedisLink, 'runOnce'>): Promise<Snapshot | undefined> {
  const [format, data] = await link.runOnce((client) => client.hmgetBuffer(redisKeys.image, 'format', 'data'));
  if (!format || !data) return undefined;
  const number = Number(format.toString());
  if (!(number >= 1 && number <= IMAGE_FORMAT)) throw new UnknownFormatError('image', number);
  return runInSteps(decodeSnapshotInSteps(data));
}
