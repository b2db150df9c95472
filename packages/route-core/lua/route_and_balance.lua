-- Where a tenant's requests to a service go, for callers that speak Redis and have no engine of ours. Contract: README.md.
--
-- KEYS  1 tenant:{tenant}:services   2 tenant:{tenant}:metadata   3 service:{service}:holds
--       4 service:{service}:turns    5 service:{service}:usage    6 … service:{service}:version:{version}:instances
-- ARGV  1 tenant   2 service   3 round_robin | random   4 seconds that uses are counted for, 0 = not at all
--       5 … the version of each of KEYS[6 …]

local TURNS_TTL_SECONDS = 86400

local function isBefore(a, b)
  -- By bytes, as the engine does; `<` would ask the server's locale.
  for i = 1, math.min(#a, #b) do
    local x, y = string.byte(a, i), string.byte(b, i)
    if x ~= y then return x < y end
  end
  return #a < #b
end

-- The hold that leads a tenant away from a version: the tenant's own, else of those on its tags the lowest id, else everyone's.
local function findHold(key, tenant, tags, version)
  local fields = { 'tenant/' .. tenant .. '/' .. version, 'all/' .. version }
  for i, tag in ipairs(tags) do fields[i + 2] = 'tag/' .. tag .. '/' .. version end
  local values = redis.call('HMGET', key, unpack(fields))
  local tagged
  for i = 3, #fields do
    if values[i] then
      local to, id = string.match(values[i], '^(%S+) (.+)$')
      if not tagged or isBefore(id, tagged.id) then tagged = { to = to, id = id } end
    end
  end
  if not values[1] and tagged then return tagged end
  local to, id = string.match(values[1] or values[2] or '', '^(%S+) (.+)$')
  return to and { to = to, id = id } or nil
end

-- nil when the holds lead in a circle: no version is left that is not held.
local function followHolds(key, tenant, tags, version)
  local ids, seen = {}, {}
  local hold = findHold(key, tenant, tags, version)
  while hold do
    ids[#ids + 1] = hold.id
    seen[version] = true
    version = hold.to
    if seen[version] then return nil end
    hold = findHold(key, tenant, tags, version)
  end
  return version, ids
end

-- Before Redis 7 `math.random` begins with the same number in every call of a script; Redis' own dice never do.
local function pickInstance(key, version, balancer)
  if balancer == 'random' then return redis.call('SRANDMEMBER', key) or nil end
  local instances = redis.call('SMEMBERS', key)
  if #instances == 0 then return nil end
  table.sort(instances)
  local turn = redis.call('HINCRBY', KEYS[4], version, 1)
  redis.call('EXPIRE', KEYS[4], TURNS_TTL_SECONDS)
  return instances[(turn - 1) % #instances + 1]
end

local function countUse(key, instance, seconds)
  if seconds == 0 then return end
  redis.call('HINCRBY', key, instance, 1)
  -- Not again at every use: what is used all the time would never expire.
  if redis.call('TTL', key) < 0 then redis.call('EXPIRE', key, seconds) end
end

local tenant, service, balancer, seconds = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
if #KEYS < 5 or #ARGV - 4 ~= #KEYS - 5 then
  return redis.error_reply('BAD_ARGUMENTS five keys, four arguments, and a version for each further key')
end
if balancer ~= 'round_robin' and balancer ~= 'random' then
  return redis.error_reply('BAD_ARGUMENTS the balancer is round_robin or random')
end
if not seconds or seconds < 0 or seconds ~= math.floor(seconds) then
  return redis.error_reply('BAD_ARGUMENTS uses are counted for a whole number of seconds')
end

local status, tagsText = unpack(redis.call('HMGET', KEYS[2], 'status', 'tags'))
if not status then return { 'TENANT_UNKNOWN' } end
if status ~= 'active' then return { 'TENANT_INACTIVE' } end
local assigned = redis.call('HGET', KEYS[1], service)
if not assigned then return { 'NO_ASSIGNMENT' } end
local version, holds = followHolds(KEYS[3], tenant, cjson.decode(tagsText or '[]'), assigned)
if not version then return { 'VERSION_UNDEFINED', assigned } end

local key
for i = 5, #ARGV do
  if ARGV[i] == version then key = KEYS[i + 1] end
end
if not key then return { 'VERSION_NOT_DECLARED', version } end
local instance = pickInstance(key, version, balancer)
if not instance then return { 'NO_INSTANCE', version } end
countUse(KEYS[5], instance, seconds)
return { 'OK', version, instance, assigned, unpack(holds) }
