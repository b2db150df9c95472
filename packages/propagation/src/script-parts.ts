/**
 * Texts by bytes, whatever the server's locale says about `<`.
 * Pieces that the Lua scripts of this package are put together from.
 */
export const isOlderLua = `
local function isOlder(a, b)
  for i = 1, math.min(#a, #b) do
    local x, y = string.byte(a, i), string.byte(b, i)
    if x ~= y then return x < y end
  end
  return #a < #b
end`;

/** Carries out commands from ARGV[from] on: name, number of the key, count of arguments, arguments. */
export const applyOpsLua = `
local function applyOps(from)
  local i = from
  while i <= #ARGV do
    local key, count = KEYS[tonumber(ARGV[i + 1])], tonumber(ARGV[i + 2])
    if count == 0 then redis.call(ARGV[i], key) else redis.call(ARGV[i], key, unpack(ARGV, i + 3, i + 2 + count)) end
    i = i + 3 + count
  end
end`;
