import { redisKeys } from '@grey/contracts';

/** The keys every script gets, in this order; all in one slot of a cluster. */
export const discoveryKeys: readonly string[] = [
  redisKeys.discovery,
  redisKeys.discoverySequences,
  redisKeys.discoveryLeases,
  redisKeys.discoveryHolders,
  redisKeys.discoveryEvents,
  redisKeys.discoveryEpoch,
];

/** Events kept for replicas that lag; whoever misses some finds out by comparing sequences. */
const EVENTS_KEPT = 10_000;

/**
 * A service that has been counted but is not in the list was lost, not emptied: whoever writes (answer -2) first brings back
 * what it knows. Otherwise the first to write would pass for all there is.
 */
const SHARED = `
local function now()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end
local function load(service)
  local counted = tonumber(redis.call('HGET', KEYS[2], service) or '0') or 0
  local raw = redis.call('HGET', KEYS[1], service)
  local ok, state = pcall(cjson.decode, raw or '')
  local isLost = not ok or type(state) ~= 'table' or type(state.instances) ~= 'table'
  if isLost then state = { sequence = 0, versions = {}, instances = {} } end
  state.sequence = math.max(state.sequence or 0, counted)
  state.versions = state.versions or {}
  return state, isLost and counted > 0
end
local function is_lost(service)
  local _, isLost = load(service)
  return isLost
end
local function list(values)
  if #values == 0 then return '[]' end
  return cjson.encode(values)
end
local function write(service, state)
  redis.call('HSET', KEYS[1], service, '{"sequence":' .. string.format('%.0f', state.sequence)
    .. ',"versions":' .. list(state.versions) .. ',"instances":' .. list(state.instances) .. '}')
  redis.call('HSET', KEYS[2], service, string.format('%.0f', state.sequence))
end
local function save(service, state)
  local known = {}
  for _, version in ipairs(state.versions) do known[version] = true end
  for _, one in ipairs(state.instances) do
    if not known[one.version] then
      known[one.version] = true
      table.insert(state.versions, one.version)
    end
  end
  state.sequence = state.sequence + 1
  write(service, state)
  redis.call('XADD', KEYS[5], 'MAXLEN', '~', ${EVENTS_KEPT}, '*', 'service', service, 'sequence',
    string.format('%.0f', state.sequence))
  return state.sequence
end
local function release(service, id)
  redis.call('ZREM', KEYS[3], service .. '/' .. id)
  if redis.call('HGET', KEYS[4], id) == service then redis.call('HDEL', KEYS[4], id) end
end
local function hold(service, one, leaseMs)
  if one.source ~= 'builtin' then return end
  redis.call('HSET', KEYS[4], one.id, service)
  local member = service .. '/' .. one.id
  local ends = now() + (tonumber(leaseMs) or one.ttlMs)
  local before = tonumber(redis.call('ZSCORE', KEYS[3], member) or '0')
  if ends > before then redis.call('ZADD', KEYS[3], ends, member) end
end
local function drop(service, ids)
  local state, kept = load(service), {}
  for _, one in ipairs(state.instances) do
    if ids[one.id] then release(service, one.id) else table.insert(kept, one) end
  end
  if #kept == #state.instances then return state.sequence end
  state.instances = kept
  return save(service, state)
end
`;

/** One script and its name in errors and logs. */
export interface DiscoveryScript {
  readonly name: string;
  readonly lua: string;
}

function script(name: string, body: string): DiscoveryScript {
  return { name: `discovery-${name}`, lua: SHARED + body };
}

/** Writes one instance. ARGV: service, entry, lease in ms. Returns sequence, or `{service}` that holds the id. */
export const putScript = script(
  'put',
  `
local service, one = ARGV[1], cjson.decode(ARGV[2])
if is_lost(service) then return -2 end
local holder = redis.call('HGET', KEYS[4], one.id)
if holder and holder ~= service then
  local ends = tonumber(redis.call('ZSCORE', KEYS[3], holder .. '/' .. one.id) or '0')
  if ends > now() then return { holder } end
  drop(holder, { [one.id] = true })
end
local state, place = load(service), nil
for at, other in ipairs(state.instances) do if other.id == one.id then place = at end end
state.instances[place or #state.instances + 1] = one
hold(service, one, ARGV[3])
return save(service, state)
`,
);

/** Extends leases. ARGV: member, ms from now, member, … Returns the members that have none. */
export const beatScript = script(
  'beat',
  `
local missing = {}
for at = 1, #ARGV, 2 do
  local before = redis.call('ZSCORE', KEYS[3], ARGV[at])
  if not before then
    table.insert(missing, ARGV[at])
  else
    local ends = now() + tonumber(ARGV[at + 1])
    if ends > tonumber(before) then redis.call('ZADD', KEYS[3], ends, ARGV[at]) end
  end
end
return missing
`,
);

/** Takes instances out. ARGV: service, `all` or `overdue` (only those whose lease is over by now), ids. Returns the sequence. */
export const dropScript = script(
  'drop',
  `
if is_lost(ARGV[1]) then return -2 end
local ids, at = {}, now()
for i = 3, #ARGV do
  local ends = redis.call('ZSCORE', KEYS[3], ARGV[1] .. '/' .. ARGV[i])
  if ARGV[2] == 'all' or (ends and tonumber(ends) <= at) then
    ids[ARGV[i]] = true
    release(ARGV[1], ARGV[i])
  end
end
return drop(ARGV[1], ids)
`,
);

/** Members whose lease is over, oldest first. ARGV: at most so many. */
export const overdueScript = script(
  'overdue',
  `return redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', now(), 'LIMIT', 0, ARGV[1])`,
);

/**
 * Puts a list in the place of all instances of one source. ARGV: service, source, the sequence that the writer has seen,
 * list of entries. Returns the sequence, or -1 when somebody has written since: what the writer knows may be old.
 */
export const replaceScript = script(
  'replace',
  `
if is_lost(ARGV[1]) then return -2 end
local state, kept = load(ARGV[1]), {}
if state.sequence ~= tonumber(ARGV[3]) then return -1 end
for _, one in ipairs(state.instances) do if one.source ~= ARGV[2] then table.insert(kept, one) end end
for _, one in ipairs(cjson.decode(ARGV[4])) do table.insert(kept, one) end
state.instances = kept
return save(ARGV[1], state)
`,
);

/** Notes what a check found. ARGV: service, id, address that was checked, health, detail, at. Returns the sequence. */
export const checkScript = script(
  'check',
  `
if is_lost(ARGV[1]) then return -2 end
local state = load(ARGV[1])
for _, one in ipairs(state.instances) do
  if one.id == ARGV[2] and one.address == ARGV[3] then
    local before = one.checked
    one.checked, one.checkDetail, one.checkedAt = ARGV[4], ARGV[5], tonumber(ARGV[6])
    if before ~= ARGV[4] then return save(ARGV[1], state) end
    write(ARGV[1], state)
  end
end
return state.sequence
`,
);

/**
 * Brings back what a replica knows and Redis has lost. ARGV: service, sequence known, `behind` or `merge`, list of entries.
 * A Redis that is behind, or has no list, is overwritten. Otherwise nothing is done with `behind`, as the replica is the one
 * that is behind; with `merge` (all was lost, and others have begun to bring back theirs) what is missing is added.
 */
export const restoreScript = script(
  'restore',
  `
local service, known, given = ARGV[1], tonumber(ARGV[2]), cjson.decode(ARGV[4])
local state = load(service)
local isAbsent = redis.call('HEXISTS', KEYS[1], service) == 0 or is_lost(service)
local isBehind = state.sequence < known
if not isAbsent and not isBehind and ARGV[3] ~= 'merge' then return state.sequence end
if isBehind then state.sequence, state.instances = known, {} end
local present, isChanged = {}, isAbsent or isBehind
for _, one in ipairs(state.instances) do present[one.id] = true end
for _, one in ipairs(given) do
  local holder = redis.call('HGET', KEYS[4], one.id)
  local isTaken = one.source == 'builtin' and holder and holder ~= service
  if not present[one.id] and not isTaken then
    table.insert(state.instances, one)
    isChanged = true
    hold(service, one, one.ttlMs)
  end
end
if not isChanged then return state.sequence end
return save(service, state)
`,
);

/**
 * Reads services. ARGV: ids. Returns Redis' time, then for each the JSON and a list of id, end of lease, id, … An
 * instance whose lease was lost is given one, or nobody would ever miss it.
 */
export const readScript = script(
  'read',
  `
local at = now()
local answer = { string.format('%.0f', at) }
for _, service in ipairs(ARGV) do
  local leases = {}
  for _, one in ipairs(load(service).instances) do
    if one.source == 'builtin' then
      local member = service .. '/' .. one.id
      local ends = redis.call('ZSCORE', KEYS[3], member)
      if not ends then
        hold(service, one, one.ttlMs)
        ends = at + one.ttlMs
      end
      table.insert(leases, one.id)
      table.insert(leases, string.format('%.0f', tonumber(ends)))
    end
  end
  table.insert(answer, redis.call('HGET', KEYS[1], service))
  table.insert(answer, leases)
end
return answer
`,
);

/** What there is to compare. ARGV: an epoch in case there is none. Returns epoch, number of services, and id, sequence, … */
export const compareScript = script(
  'compare',
  `
redis.call('SET', KEYS[6], ARGV[1], 'NX')
return { redis.call('GET', KEYS[6]), redis.call('HLEN', KEYS[1]), redis.call('HGETALL', KEYS[2]) }
`,
);

/** Forgets versions whose sets are gone, unless somebody has written since. ARGV: service, sequence, versions to keep. */
export const keepVersionsScript = script(
  'keep-versions',
  `
local state = load(ARGV[1])
if state.sequence ~= tonumber(ARGV[2]) then return 0 end
state.versions = {}
for at = 3, #ARGV do table.insert(state.versions, ARGV[at]) end
write(ARGV[1], state)
return 1
`,
);

/** Which services hold which ids. ARGV: ids. */
export const holdersScript = script('holders', `return redis.call('HMGET', KEYS[4], unpack(ARGV))`);

/** Replaces the set of one version (its only key). ARGV: life in seconds, members. */
export const writeSetScript: DiscoveryScript = {
  name: 'discovery-write-set',
  lua: `
redis.call('DEL', KEYS[1])
for at = 2, #ARGV do redis.call('SADD', KEYS[1], ARGV[at]) end
if #ARGV > 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return #ARGV - 1
`,
};
