--- The options of a relay, and its rules.
-- @module wsstls.options_relay

local nearest = require "wsstls.nearest"
local types = require "wsstls.options_types"

local wrong = types.wrong

local relay = {}

local MANY = 2 ^ 53

relay.RECORDS = { "handshake", "application", "alert", "change_cipher_spec",
  "heartbeat", "plain", "any" }
-- RFC 8446 B.3 and RFC 5246 7.4.
relay.MESSAGES = { "hello_request", "client_hello", "server_hello",
  "new_session_ticket", "end_of_early_data", "hello_retry_request",
  "encrypted_extensions", "certificate", "server_key_exchange",
  "certificate_request", "server_hello_done", "certificate_verify",
  "client_key_exchange", "finished", "certificate_url",
  "certificate_status", "key_update" }

-- What an action reads beside the fields that say which records it is for;
-- true: it cannot do without.
local TIMED = { seconds = true, jitter = false }
local ENDING = { to = false, seconds = false, jitter = false }
relay.ACTIONS = {
  flip = { offset = false, mask = false }, drop = {},
  duplicate = { count = false },
  replay = { count = false, seconds = false, jitter = false },
  inject = { bytes = true }, replace = { with = true },
  truncate = { length = false },
  split = { length = false, seconds = false, jitter = false },
  coalesce = { length = false, seconds = false }, delay = TIMED,
  latency = TIMED, throttle = { rate = true }, stall = ENDING,
  close = ENDING, reset = ENDING, half_close = ENDING, slow_close = TIMED,
  limit = { length = true, to = false, seconds = false, jitter = false },
}

local MATCHING = { "from", "record", "handshake", "nth", "byte",
  "probability" }
-- slow_close is about the end of a stream, limit about all of its bytes.
local WITHOUT = {
  slow_close = { "record", "handshake", "nth", "byte", "probability" },
  limit = { "handshake", "nth", "byte", "probability" },
}

local function sorted(set)
  local list = {}
  for name in pairs(set) do list[#list + 1] = name end
  table.sort(list)
  return list
end

local function at_least_zero(value, name)
  if type(value) == "number" and value >= 0 and value < math.huge then
    return value
  end
  return wrong(name, "a number of seconds", value)
end

local function probability(value, name)
  if type(value) == "number" and value >= 0 and value <= 1 then
    return value
  end
  return wrong(name, "a number from 0 to 1", value)
end

local function rate(value, name)
  if type(value) == "number" and value > 0 and value < math.huge then
    return value
  end
  return wrong(name, "bytes per second", value)
end

-- limit counts bytes, and may be told so in that word.
local function filled(value, name)
  if type(value) == "string" and value ~= "" then return value end
  if type(value) == "number" then
    return types.integer(0, MANY)(value, name)
  end
  return wrong(name, "a string that is not empty", value)
end

-- Bytes, or a certificate: an object of wsstls.pki, or PEM text.
local function with(value, name)
  if type(value) == "string" then return value end
  local material = types.material(value, name)
  if material then return material end
  return wrong(name, "bytes, PEM text or a pki object", value)
end

--- Whether the value of `with` is a certificate, not bytes.
function relay.is_certificate(value)
  return type(value) == "userdata" or type(value) == "string"
    and value:find("-----BEGIN", 1, true) ~= nil
end

local ENDS = { "client", "server", "both" }

local FIELDS = {
  from = types.choice { "client", "server" },
  record = types.choice(relay.RECORDS),
  handshake = types.choice(relay.MESSAGES),
  nth = types.integer(1, 4294967295), byte = types.integer(0, MANY),
  probability = probability,
  action = types.choice(sorted(relay.ACTIONS)),
  offset = types.integer(-65535, 65535), mask = types.integer(1, 255),
  bytes = filled, with = with, length = types.integer(0, MANY),
  seconds = at_least_zero, jitter = at_least_zero, rate = rate,
  count = types.integer(1, 1000), to = types.choice(ENDS),
}

local ALIASES = { direction = "from", type = "record", message = "handshake",
  n = "nth", toxicity = "probability", chance = "probability",
  data = "bytes", delay = "seconds", latency = "seconds", xor = "mask",
  bandwidth = "rate", kind = "action", toxic = "action", index = "nth",
  position = "offset", size = "length", times = "count" }

local function unknown(name)
  if type(name) ~= "string" then
    return ("a rule's fields have names, got a %s"):format(type(name))
  end
  local near = nearest(name, sorted(FIELDS), ALIASES)
  return ("unknown field '%s'%s"):format(name,
    near and (" (did you mean '" .. near .. "'?)") or "")
end

local function readers_of(field)
  local list = {}
  for action, fields in pairs(relay.ACTIONS) do
    if fields[field] ~= nil then list[#list + 1] = action end
  end
  table.sort(list)
  return table.concat(list, ", ")
end

local function check_bytes(rule)
  if type(rule.bytes) ~= "number" then return nil end
  if rule.action ~= "limit" then
    return "option 'bytes': expected a string that is not empty, got a number"
  end
  rule.length, rule.bytes = rule.length or rule.bytes, nil
  return nil
end

-- Fields that contradict the action, or that it needs.
local function check_fields(rule)
  local action, matching = rule.action, {}
  for _, name in ipairs(MATCHING) do matching[name] = true end
  local reads = relay.ACTIONS[action]
  for name in pairs(rule) do
    if name ~= "action" and not matching[name] and reads[name] == nil then
      return ("option '%s': action '%s' has no use for it (%s)"):format(
        name, action, readers_of(name))
    end
  end
  for _, name in ipairs(sorted(reads)) do
    if reads[name] and rule[name] == nil then
      return ("action '%s' needs '%s'"):format(action, name)
    end
  end
  for _, name in ipairs(WITHOUT[action] or {}) do
    if rule[name] ~= nil then
      return ("option '%s': action '%s' is not about single records")
        :format(name, action)
    end
  end
  return nil
end

local function check_length(rule)
  if rule.length ~= 0 then return nil end
  if rule.action == "split" then
    return "option 'length': chunks have at least one byte"
  end
  return nil
end

local function check_match(rule)
  if rule.handshake and rule.record and rule.record ~= "handshake"
     and rule.record ~= "any" then
    return ("option 'handshake': there are no handshake messages in "
      .. "records of type '%s'"):format(rule.record)
  end
  if rule.handshake and rule.byte then
    return "options 'handshake' and 'byte': give one of them"
  end
  if relay.is_certificate(rule.with)
     and ((rule.handshake or "certificate") ~= "certificate"
       or ((rule.record or "any") ~= "any" and rule.record ~= "handshake")) then
    return "option 'with': a certificate replaces a certificate message"
  end
  return nil
end

--- Checks one rule.
-- @treturn table|nil a copy in the core's form; nil and a sentence
function relay.rule(value)
  if type(value) ~= "table" then
    return nil, "a rule is a table, got a " .. type(value)
  end
  local rule, bad = {}
  for name, field in pairs(value) do
    local check = FIELDS[name]
    if not check then return nil, unknown(name) end
    rule[name], bad = check(field, name)
    if rule[name] == nil then return nil, bad end
  end
  if not rule.action then
    return nil, "a rule needs an 'action': "
      .. table.concat(sorted(relay.ACTIONS), ", ")
  end
  bad = check_bytes(rule) or check_fields(rule) or check_length(rule)
    or check_match(rule)
  if bad then return nil, bad end
  if relay.is_certificate(rule.with) then rule.handshake = "certificate" end
  return rule
end

local function rules(value, name)
  if type(value) ~= "table" then
    return wrong(name, "a list of rules", value)
  end
  local list = {}
  for key in pairs(value) do
    if type(key) ~= "number" then
      return wrong(name, "a list of rules", value)
    end
  end
  for i, one in ipairs(value) do
    local rule, bad = relay.rule(one)
    if not rule then return nil, ("%s[%d]: %s"):format(name, i, bad) end
    list[i] = rule
  end
  return list
end

-- "host:port", or the URL of what is behind it.
local function upstream(value, name)
  local scheme, rest
  if type(value) == "string" then
    scheme, rest = value:match("^(wss?)://([^/?#]*)")
  end
  local address, bad = types.address(rest or value, name)
  if not address then return nil, bad end
  address.scheme = scheme or "wss"
  address.port = address.port or (scheme == "ws" and 80)
    or (scheme == "wss" and 443)
  if not address.port then return wrong(name, "'host:port'", value) end
  return address
end

local function accept(value, name)
  if value == "never" or type(value) == "boolean" then return value end
  return wrong(name, "true, false or \"never\"", value)
end

--- The rows of `options_specs` for wss.relay.
relay.options = {
  upstream = upstream, host = types.host, port = types.integer(0, 65535),
  rules = rules, accept = accept,
  refuse_after = types.integer(0, MANY), seed = types.integer(0, MANY),
  timeout = types.seconds, on_record = types["function"],
}

return relay
