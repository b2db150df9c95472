import { isOlderLua } from './script-parts.ts';

/** Marks the projection as being rebuilt, so that nobody else moves it. KEYS lock, position. ARGV token. Returns 1 or 0. */
export const beginRebuildScript = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('HDEL', KEYS[2], 'projected', 'projecting')
return 1
`;

/** KEYS lock. ARGV token, life in ms. Renews a lock that is still ours. Returns 1 or 0. */
export const renewLockScript = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
`;

/** KEYS lock. ARGV token. Lets go of a lock that is still ours. */
export const releaseLockScript = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
`;

/**
 * Ends a rebuild: position, image and, unless it already goes on further in the same epoch, an empty stream. All or nothing,
 * and nothing when the lock is no longer ours or Redis has meanwhile got a later epoch.
 *
 * KEYS lock, position, changes, image. ARGV token, format, channel, then the image's epoch, revision, format, at, data.
 */
export const finishRebuildScript = `${isOlderLua}
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
local epoch, revision = ARGV[4], ARGV[5]
local at = redis.call('HMGET', KEYS[2], 'epoch', 'revision')
if at[1] and isOlder(epoch, at[1]) then return 0 end
if at[1] ~= epoch or not at[2] or tonumber(at[2]) < tonumber(revision) then
  redis.call('DEL', KEYS[2], KEYS[3])
  redis.call('HSET', KEYS[2], 'epoch', epoch, 'revision', revision, 'format', ARGV[2])
  redis.call('PUBLISH', ARGV[3], epoch .. ' ' .. revision)
end
redis.call('HSET', KEYS[2], 'projected', revision)
local image = redis.call('HMGET', KEYS[4], 'epoch', 'revision')
if image[1] ~= epoch or not image[2] or tonumber(image[2]) < tonumber(revision) then
  redis.call('HSET', KEYS[4], 'epoch', epoch, 'revision', revision, 'format', ARGV[6], 'at', ARGV[7], 'data', ARGV[8])
end
redis.call('DEL', KEYS[1])
return 1
`;
