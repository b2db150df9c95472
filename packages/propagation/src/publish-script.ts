import { isOlderLua } from './script-parts.ts';

/**
 * Appends one change if it is the next one; otherwise says what is the case instead.
 *
 * KEYS position, changes, image. ARGV epoch, revision, format, change id, at, encoding, revisions to keep, channel, parts…
 *
 * Old entries are trimmed down to the revisions to keep, but never past the image: image plus stream must stay whole.
 * Zero padding is not needed: revisions are compared as numbers (exact up to 2^53).
 */
export const publishScript = `${isOlderLua}
local epoch, revision = ARGV[1], tonumber(ARGV[2])
local at = redis.call('HMGET', KEYS[1], 'epoch', 'revision')
if not at[1] or not at[2] then return 'empty' end
if isOlder(epoch, at[1]) then return 'stale_epoch' end
if epoch ~= at[1] then return 'new_epoch' end
local have = tonumber(at[2])
if revision <= have then return 'already' end
if revision ~= have + 1 then return 'gap' end
local parts = #ARGV - 8
for part = 1, parts do
  redis.call('XADD', KEYS[2], ARGV[2] .. '-' .. (part - 1), 'v', ARGV[3], 'id', ARGV[4], 'epoch', epoch, 'at', ARGV[5],
    'part', part - 1, 'parts', parts, 'encoding', ARGV[6], 'payload', ARGV[8 + part])
end
redis.call('HSET', KEYS[1], 'revision', ARGV[2], 'format', ARGV[3])
local image = redis.call('HMGET', KEYS[3], 'epoch', 'revision')
if image[1] == epoch and image[2] then
  local first = math.min(tonumber(image[2]), revision - tonumber(ARGV[7])) + 1
  if first > 0 then redis.call('XTRIM', KEYS[2], 'MINID', '~', string.format('%.0f-0', first)) end
end
redis.call('PUBLISH', ARGV[8], epoch .. ' ' .. ARGV[2])
return 'published'
`;
