import { applyOpsLua } from './script-parts.ts';

/**
 * Writes (part of) the change after `projected`.
 *
 * KEYS position, then those of the commands. ARGV epoch, projected before, projected after or '' when more follows, the
 * change's revision, commands… Returns 1, or 0 when the projection is elsewhere and nothing was written.
 */
export const projectScript = `${applyOpsLua}
local at = redis.call('HMGET', KEYS[1], 'epoch', 'projected')
if at[1] ~= ARGV[1] or at[2] ~= ARGV[2] then return 0 end
applyOps(5)
if ARGV[3] == '' then
  redis.call('HSET', KEYS[1], 'projecting', ARGV[4])
else
  redis.call('HSET', KEYS[1], 'projected', ARGV[3])
  redis.call('HDEL', KEYS[1], 'projecting')
end
return 1
`;

/**
 * Corrects the projection while it stands still at a revision: not when it moved on, nor while a change is half written,
 * as the correction would take that half back.
 *
 * KEYS position, then those of the commands. ARGV epoch, projected, commands… Returns 1, or 0 and nothing was written.
 */
export const repairScript = `${applyOpsLua}
local at = redis.call('HMGET', KEYS[1], 'epoch', 'projected', 'projecting')
if at[1] ~= ARGV[1] or at[2] ~= ARGV[2] or at[3] then return 0 end
applyOps(3)
return 1
`;

/**
 * Writes part of a rebuild, as long as the lock is still ours, and renews it.
 *
 * KEYS lock, then those of the commands. ARGV token, life of the lock in ms, commands… Returns 1, or 0 and nothing was written.
 */
export const rebuildPartScript = `${applyOpsLua}
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
applyOps(3)
return 1
`;
