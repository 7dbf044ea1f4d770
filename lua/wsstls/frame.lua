--- WebSocket frames, byte for byte: everything RFC 6455 5.2 allows, and
-- everything it forbids.
--
--     frame.build { payload = "hello", mask = true }
--     frame.build { opcode = "ping", fin = false }        -- not allowed
--     frame.build { payload = "x", length = 1000 }        -- a lie
--     frame.build { payload = "x", length_bits = 64 }     -- not minimal
--
-- `build(parse(bytes))` gives the same bytes again.
-- @module wsstls.frame

local core = require "wsstls.core"
local options = require "wsstls.options"
local types = require "wsstls.options_types"

local error, type, random = error, type, math.random
local byte, char, sub = string.byte, string.char, string.sub

local frame = {}

--- The opcodes by name (RFC 6455 5.2).
frame.opcodes = types.opcodes

local TWO32 = 4294967296

-- --------------------------------------------------------------- masking

-- No Lua before 5.3 has an operator for it.
local function xor(a, b)
  local out, bit = 0, 1
  while a > 0 or b > 0 do
    local low_a, low_b = a % 2, b % 2
    if low_a ~= low_b then out = out + bit end
    a, b, bit = (a - low_a) / 2, (b - low_b) / 2, bit * 2
  end
  return out
end

-- One byte of the key: from each character to the masked one.
local maps = {}

local function map_of(key)
  local map = maps[key]
  if map then return map end
  map = { [""] = "" }
  for c = 0, 255 do map[char(c)] = char(xor(c, key)) end
  maps[key] = map
  return map
end

--- Masks a payload, or unmasks it: the same thing (RFC 6455 5.3).
-- @tparam string payload
-- @tparam string key 4 bytes
function frame.mask(payload, key)
  if type(payload) ~= "string" then
    error("frame.mask: expected a string, got " .. type(payload), 2)
  elseif type(key) ~= "string" or #key ~= 4 then
    error("frame.mask: a key has 4 bytes", 2)
  end
  local a, b, c, d = byte(key, 1, 4)
  a, b, c, d = map_of(a), map_of(b), map_of(c), map_of(d)
  return (payload:gsub("(.)(.?)(.?)(.?)", function(p, q, r, s)
    return a[p] .. b[q] .. c[r] .. d[s]
  end))
end

-- -------------------------------------------------------------- building

local function big_endian(n, count)
  local out = {}
  for i = count, 1, -1 do
    local low = n % 256
    out[i] = char(low)
    n = (n - low) / 256
  end
  return table.concat(out)
end

-- Halves first: beyond 2^53 a division would round.
local function eight_bytes(n)
  local low = n % TWO32
  return big_endian((n - low) / TWO32, 4) .. big_endian(low, 4)
end

local function smallest(length)
  if length < 126 then return 7 end
  return length < 65536 and 16 or 64
end

-- The second byte without the mask bit, and what follows it.
local function length_field(length, bits)
  if bits == 7 then return length, "" end
  if bits == 16 then return 126, big_endian(length, 2) end
  return 127, eight_bytes(length)
end

local function flag(set, value)
  return set and value or 0
end

--- The bytes of one frame.
-- @tparam table o `fin` (true), `opcode` (1; a number or a name), `mask`
-- (false; true: a random key; or 4 bytes), `rsv1` `rsv2` `rsv3` (false),
-- `payload` (""), `length` (what the header says, if not the truth),
-- `length_bits` (7, 16 or 64; the smallest that fits)
-- @treturn string
function frame.build(o)
  local f, bad = options.check("frame", o, "frame.build: ")
  if not f then error(bad, 2) end
  local payload = f.payload or ""
  local length = f.length or #payload
  local bits = f.length_bits or smallest(length)
  if bits < smallest(length) then
    error(("frame.build: option 'length_bits': %g does not fit in %d bits")
      :format(length, bits), 2)
  end
  local first = flag(f.fin ~= false, 128) + flag(f.rsv1, 64)
    + flag(f.rsv2, 32) + flag(f.rsv3, 16) + (f.opcode or 1)
  local second, more = length_field(length, bits)
  local key = f.mask
  if key == true then
    key = big_endian(random(0, 65535), 2) .. big_endian(random(0, 65535), 2)
  end
  if not key then return char(first, second) .. more .. payload end
  return char(first, second + 128) .. more .. key .. frame.mask(payload, key)
end

-- --------------------------------------------------------------- parsing

local function number_of(bytes, first, last)
  local n = 0
  for i = first, last do n = n * 256 + byte(bytes, i) end
  return n
end

-- A float when it must be: 64 bits overflow an integer.
local function eight_number(bytes, first)
  local high = number_of(bytes, first, first + 3)
  local low = number_of(bytes, first + 4, first + 7)
  if high < 2097152 then return high * TWO32 + low end
  return high * 4294967296.0 + low
end

local SIZE = { [7] = 0, [16] = 2, [64] = 8 }

-- The length, how it is written, and the first byte after it; nil: more.
local function read_length(bytes, second)
  local short = second % 128
  local bits = short < 126 and 7 or short == 126 and 16 or 64
  local after = 3 + SIZE[bits]
  if #bytes < after - 1 then return nil end
  if bits == 7 then return short, bits, after end
  if bits == 16 then return number_of(bytes, 3, 4), bits, after end
  return eight_number(bytes, 3), bits, after
end

local function bit_of(n, value)
  return n % (value * 2) >= value
end

--- Reads one frame.
-- @tparam string bytes
-- @treturn table|nil `{ fin, rsv1, rsv2, rsv3, opcode (a number), mask (false
-- or the 4 bytes), length, length_bits, payload (unmasked) }`; nil when the
-- frame is not complete
-- @treturn string|nil what follows it
function frame.parse(bytes)
  if type(bytes) ~= "string" then
    error("frame.parse: expected a string, got " .. type(bytes), 2)
  end
  local first, second = byte(bytes, 1, 2)
  if not second then return nil end
  local length, bits, at = read_length(bytes, second)
  if not length then return nil end
  local key = second >= 128 and sub(bytes, at, at + 3)
  if key then at = at + 4 end
  if #bytes - at + 1 < length then return nil end
  local payload = sub(bytes, at, at + length - 1)
  return {
    fin = bit_of(first, 128), rsv1 = bit_of(first, 64),
    rsv2 = bit_of(first, 32), rsv3 = bit_of(first, 16), opcode = first % 16,
    mask = key, length = length, length_bits = bits,
    payload = key and frame.mask(payload, key) or payload,
  }, sub(bytes, at + length)
end

-- ----------------------------------------------------------- close frames

--- The payload of a close frame (RFC 6455 5.5.1); any code from 0 to 65535.
-- @tparam number code
-- @tparam[opt=""] string reason
function frame.close_payload(code, reason)
  if type(code) ~= "number" or code % 1 ~= 0 or code < 0 or code > 65535 then
    error("frame.close_payload: a code is a whole number from 0 to 65535, "
      .. "got " .. tostring(code), 2)
  elseif reason ~= nil and type(reason) ~= "string" then
    error("frame.close_payload: expected a reason as a string, got "
      .. type(reason), 2)
  end
  return big_endian(code, 2) .. (reason or "")
end

--- What the payload of a close frame says.
-- @treturn number|nil code; nil when there is none
-- @treturn string|nil reason
function frame.close_reason(payload)
  if type(payload) ~= "string" then
    error("frame.close_reason: expected a string, got " .. type(payload), 2)
  end
  if #payload < 2 then return nil end
  return number_of(payload, 1, 2), sub(payload, 3)
end

-- ---------------------------------------------------------- the handshake

--- The Sec-WebSocket-Accept that answers a Sec-WebSocket-Key (RFC 6455
-- 4.2.2).
-- @tparam string key any text
-- @treturn string
function frame.accept(key)
  if type(key) ~= "string" then
    error("frame.accept: expected a string, got " .. type(key), 2)
  end
  return core.accept_key(key)
end

return frame
