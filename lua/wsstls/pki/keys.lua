--- Private keys: made, reused, or taken from a pool.
-- @module wsstls.pki.keys
local check = require "wsstls.pki.check"
local object = require "wsstls.pki.object"

local keys = {}

local SPEC = { type = "string", bits = "number", curve = "string",
               primes = "number", pool = "boolean|number" }
local TYPES = { "ec", "rsa", "ed25519", "ed448", "rsa-pss" }
local CURVE_OF = { [256] = "P-256", [384] = "P-384", [521] = "P-521" }
local POOL_SIZE = 4
-- Keys of a kind that `keys.reusing` keeps.
local MOST_LENT = 64

-- "ec:P-384" -> { keys..., next = n }; lives as long as the Lua state.
local pools = {}
-- While `keys.reusing` runs: { type = of keys nobody specified, used = {} }.
local lender
-- "ec:P-384:" -> list of the keys lent so far.
local lent = {}

-- "rsa", "rsa:4096", "ec", "P-384", "ed25519"; nil for PEM and paths.
local function from_word(word)
  local low = word:lower()
  for _, known in ipairs(TYPES) do
    if low == known then return { type = known } end
  end
  local bits = low:match("^rsa[:%-]?(%d+)$")
  if bits then return { type = "rsa", bits = tonumber(bits) } end
  local size = low:match("^p%-?(%d+)$") or low:match("^ec[:%-]?p?%-?(%d+)$")
  if size and CURVE_OF[tonumber(size)] then
    return { type = "ec", curve = CURVE_OF[tonumber(size)] }
  end
  return nil
end

--- The core's key spec of an option `key` that asks for a new key.
-- @treturn table|nil {type, bits, primes, curve, pool}; nil and a sentence
function keys.read(o)
  local _, bad = check.options(SPEC, o, "option 'key'")
  if bad then return nil, bad end
  local kind = o.type and o.type:lower() or (o.curve and "ec")
    or (o.bits and not CURVE_OF[o.bits] and "rsa") or "ec"
  local good
  good, bad = check.member(kind, TYPES, "option 'key.type'")
  if not good then return nil, bad end
  local out = { type = kind, pool = o.pool }
  if kind == "ec" then
    if o.bits ~= nil and not CURVE_OF[o.bits] and not o.curve then
      return nil, ("option 'key.bits': an EC key has 256, 384 or 521 bits, "
        .. "not %s; name any other curve"):format(tostring(o.bits))
    end
    out.curve = o.curve or CURVE_OF[o.bits or 256]
  elseif kind:sub(1, 3) == "rsa" then
    out.bits = o.bits or 2048
    if out.bits % 1 ~= 0 or out.bits < 512 or out.bits > 16384 then
      return nil, ("option 'key.bits': an RSA key has 512 to 16384 bits, "
        .. "not %s"):format(tostring(out.bits))
    end
    out.primes = o.primes
    -- OpenSSL: the fewer bits, the fewer; else a factor could be found
    local most = out.bits < 1024 and 2 or out.bits < 4096 and 3
      or out.bits < 8192 and 4 or 5
    if o.primes and (o.primes % 1 ~= 0 or o.primes < 2 or o.primes > most) then
      return nil, ("option 'key.primes': an RSA key of %d bits has 2 to %d "
        .. "primes, not %s"):format(out.bits, most, tostring(o.primes))
    end
  elseif o.bits ~= nil or o.curve ~= nil then
    return nil, ("option 'key': %s has one size; leave bits and curve out")
      :format(kind)
  end
  return out
end

-- The next key of a kind that this call of `reusing` has not had yet.
local function lend(core, o, id)
  local n = (lender.used[id] or 0) + 1
  lender.used[id] = n
  if n > MOST_LENT then return core.pki.key(o) end
  local list = lent[id] or {}
  lent[id] = list
  if not list[n] then
    local made, slug, message, phase = core.pki.key(o)
    if not made then return nil, slug, message, phase end
    list[n] = made
  end
  return list[n]
end

local function given_back(outer, ok, ...)
  lender = outer
  if not ok then error((...), 0) end
  return ...
end

--- Calls fn(...); the keys that are made meanwhile are those that earlier
-- calls have made, each of them once. What is made of them is for tests.
-- @tparam table o `type`: of keys that nobody specified ("ec", "rsa", ...)
-- @return what fn returned
function keys.reusing(o, fn, ...)
  local outer = lender
  lender = { type = o.type, used = {} }
  return given_back(outer, pcall(fn, ...))
end

--- A key material for the option `key`.
-- @param core the C module
-- @param value nil (EC P-256), a word ("rsa:3072", "P-384", "ed25519"), a
-- table {type, bits, curve, pool}, an object with a key, PEM, DER or a path
-- @tparam[opt] string password of an encrypted key
-- @return material | nil, slug, message, phase ("misuse" is to be raised)
function keys.get(core, value, password)
  if type(value) == "table" and value.material then
    if not value.material:key() then
      return nil, "config-key-missing", ("option 'key': this is a %s without "
        .. "a private key"):format(value.material:kind()), "config"
    end
    return value.material
  end
  if type(value) == "string" then
    local word = from_word(value)
    if not word then
      local m, slug, message, phase = core.load(value, password)
      if slug == "config-file-missing" and not value:find("[./]") then
        message = ("%s; nor is '%s' a type of key: %s, or rsa:3072, ec:P-384")
          :format(message, value, table.concat(TYPES, ", "))
      end
      if m and not m:key() then
        return nil, "config-not-a-certificate", ("option 'key': this is a "
          .. "%s, a private key was expected"):format(m:kind()), "config"
      end
      message = object.password_place(slug, message,
        "the option 'key_password'")
      return m, slug, message, phase
    end
    value = word
  end
  if value == nil and lender then value = { type = lender.type } end
  local o, bad = keys.read(value or {})
  if not o then return nil, "misuse", bad, "config" end
  local id = ("%s:%s:%s:%s"):format(o.type, o.curve or "", o.bits or "",
    o.primes or "")
  if lender then return lend(core, o, id) end
  if not o.pool then return core.pki.key(o) end
  local size = type(o.pool) == "number" and o.pool or POOL_SIZE
  local pool = pools[id] or { turn = 0 }
  pools[id] = pool
  pool.turn = pool.turn % math.max(1, math.floor(size)) + 1
  if not pool[pool.turn] then
    local made, slug, message, phase = core.pki.key(o)
    if not made then return nil, slug, message, phase end
    pool[pool.turn] = made
  end
  return pool[pool.turn]
end

return keys
