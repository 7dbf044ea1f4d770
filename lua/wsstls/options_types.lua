--- Normalisers of option values.
--
-- Each is `function(value, name) -> value | nil, sentence`. What they return
-- is what the core reads. They judge types and words only; what a file or a
-- byte string holds is the core's to say, as a run-time failure.
-- @module wsstls.options_types

local http = require "wsstls.http"
local nearest = require "wsstls.nearest"
local url = require "wsstls.url"

local types = {}

-- A value is shown only where it is short and no secret can stand there.
local function shown(value)
  local kind = type(value)
  if kind == "string" then
    if #value > 60 then return "a string of " .. #value .. " bytes" end
    return "string " .. ("%q"):format(value):gsub("\\\n", "\\n")
  elseif kind == "number" or kind == "boolean" then
    return kind .. " " .. tostring(value)
  end
  return kind
end

local function wrong(name, expected, value)
  local got = shown(value)
  return nil, ("option '%s': expected %s, got %s"):format(name, expected, got)
end

types.wrong = wrong


function types.text(value, name)
  if type(value) == "string" and value ~= "" and not value:find("%z") then
    return value
  end
  return wrong(name, "a string that is not empty", value)
end

function types.bytes(value, name)
  if type(value) == "string" then return value end
  return nil, ("option '%s': expected a string, got %s"):format(name,
    type(value))
end

--- Its value is never shown.
function types.password(value, name)
  local text, bad = types.bytes(value, name)
  if text and text:find("%z") then
    return nil, ("option '%s': a password holds no zero byte"):format(name)
  end
  return text, bad
end

function types.boolean(value, name)
  if type(value) == "boolean" then return value end
  return wrong(name, "true or false", value)
end

types["function"] = function(value, name)
  if type(value) == "function" then return value end
  return wrong(name, "a function", value)
end

local function is_number(value)
  return type(value) == "number" and value == value
end

--- A whole number from `low` to `high`.
function types.integer(low, high)
  return function(value, name)
    if is_number(value) and value % 1 == 0 and value >= low
       and value <= high then
      return value
    end
    return wrong(name, ("a whole number from %d to %d"):format(low, high),
      value)
  end
end

--- Seconds >= 0; false means off and becomes 0.
function types.seconds_or_off(value, name)
  if value == false then return 0 end
  if is_number(value) and value >= 0 then return value end
  return wrong(name, "a number of seconds or false", value)
end

function types.seconds(value, name)
  if is_number(value) and value > 0 then return value end
  return wrong(name, "a number of seconds", value)
end

--- One of the words of `list`.
function types.choice(list)
  local set = {}
  for _, word in ipairs(list) do set[word] = true end
  return function(value, name)
    if set[value] then return value end
    local near = type(value) == "string" and nearest(value, list)
    local _, sentence = wrong(name, "one of " .. table.concat(list, ", "),
      value)
    if near then sentence = sentence .. "; did you mean '" .. near .. "'?" end
    return nil, sentence
  end
end

local function is_material(value)
  if type(value) ~= "userdata" then return false end
  local mt = getmetatable(value)
  return type(mt) == "table" and mt.__name == "wsstls.material"
end

--- Certificate, key, CA, CRL: PEM, DER, a path, or an object of wsstls.pki
-- (a table around the core's userdata).
function types.material(value, name)
  local kind = type(value)
  if kind == "table" then
    local material = value.material
    if is_material(material) then return material end
  elseif kind == "string" and value ~= "" or is_material(value) then
    return value
  end
  return wrong(name, "PEM, DER or PKCS#12 text, a path, or a pki object",
    value)
end

-- Without names or holes: behind either something would be overlooked.
local function is_list(value)
  local count = 0
  for _ in pairs(value) do count = count + 1 end
  return count == #value
end

types.is_list = is_list

--- Several of them; a single one stands for a list of one, to the core too.
function types.materials(value, name)
  local kind = type(value)
  local inner = kind == "table" and value.material or nil
  if type(inner) == "userdata" then return inner end
  if kind ~= "table" or inner ~= nil then return types.material(value, name) end
  if not is_list(value) then
    return wrong(name, "a list or one value", value)
  end
  local list = {}
  for i, item in ipairs(value) do
    local one, bad = types.material(item, name)
    if one == nil then return nil, bad end
    list[i] = one
  end
  return list
end

local function split(text)
  local list = {}
  for item in text:gmatch("[^:]+") do list[#list + 1] = item end
  return list
end

--- A list of strings from a list or a string with colons.
function types.strings(value, name)
  if type(value) == "string" then return split(value) end
  if type(value) ~= "table" or not is_list(value) then
    return wrong(name, "a list or a string with colons", value)
  end
  local list = {}
  for i, item in ipairs(value) do
    if type(item) ~= "string" or item == "" then
      return wrong(name, "a list of strings", item)
    end
    list[i] = item
  end
  return list
end

--- The same, as one string with colons.
function types.colons(value, name)
  local list, bad = types.strings(value, name)
  if not list then return nil, bad end
  if #list == 0 then return wrong(name, "at least one name", value) end
  local text = table.concat(list, ":")
  if text:find("%z") then return wrong(name, "names", value) end
  return text
end

function types.alpn(value, name)
  local list, bad = types.strings(value, name)
  if not list then return nil, bad end
  for _, item in ipairs(list) do
    if #item > 255 then
      return wrong(name, "names of at most 255 bytes", item)
    end
  end
  return list
end

function types.protocols(value, name)
  local list, bad = types.strings(value, name)
  if not list then return nil, bad end
  local seen = {}
  for _, item in ipairs(list) do
    if not http.is_token(item) then
      return wrong(name, "subprotocol names without spaces or separators",
        item)
    elseif seen[item] then
      return wrong(name, "each subprotocol once", item)
    end
    seen[item] = true
  end
  return list
end

local VERSIONS = { ["1"] = "TLSv1", ["1.0"] = "TLSv1", ["1.1"] = "TLSv1.1",
                   ["1.2"] = "TLSv1.2", ["1.3"] = "TLSv1.3" }

--- "TLSv1.2", "TLSv1_2", "1.2" or 1.2.
function types.version(value, name)
  local text = value
  if type(value) == "number" then text = ("%.1f"):format(value) end
  if type(text) == "string" then
    local bare = text:lower():gsub("^tls%s*v?", ""):gsub("_", ".")
    if VERSIONS[bare] then return VERSIONS[bare] end
  end
  return wrong(name, "TLSv1, TLSv1.1, TLSv1.2 or TLSv1.3", value)
end

-- Names that were good before: a program asks for few, and often.
local good_hosts, dns_names, good_count = {}, {}, 0

local function remember(value, bare)
  if good_count >= 256 then good_hosts, dns_names, good_count = {}, {}, 0 end
  good_hosts[value], good_count = bare, good_count + 1
  return bare
end

--- A host name, or an IP address without brackets.
function types.host(value, name)
  if good_hosts[value] then return good_hosts[value] end
  if type(value) ~= "string" then
    return wrong(name, "a host name or IP address", value)
  end
  local bare = value:match("^%[(.*)%]$") or value
  if url.ip_version(bare) then return remember(value, bare) end
  local host, port = url.authority(value, ("option '%s'"):format(name))
  if not host then return nil, port end
  if port then
    return wrong(name, "a host name without a port", value)
  end
  return remember(value, host)
end

--- What a certificate calls a host that `types.host` found good: without the
-- root's dot. False for an IP address.
function types.dns_name(host)
  local name = dns_names[host]
  if name == nil then
    name = not url.ip_version(host) and host:gsub("%.$", "")
    dns_names[host] = name
  end
  return name
end

function types.ip(value, name)
  local bare = type(value) == "string" and (value:match("^%[(.*)%]$") or value)
  if bare and url.ip_version(bare) then return bare end
  return wrong(name, "an IP address", value)
end

--- A value of `inner`, or false.
function types.or_false(inner)
  return function(value, name)
    if value == false then return false end
    return inner(value, name)
  end
end

--- "host:port", for the address only.
function types.address(value, name)
  if type(value) ~= "string" then return wrong(name, "'host:port'", value) end
  local host, port = url.authority(value, ("option '%s'"):format(name))
  if not host then return nil, port end
  return { host = host, port = port }
end

--- "env", or an HTTP proxy's address; read as `url.proxy` does.
function types.proxy(value, name)
  if value == "env" then return value end
  if type(value) ~= "string" or value == "" then
    return wrong(name, "'http://HOST:PORT' or 'env'", value)
  end
  return url.proxy(value, ("option '%s'"):format(name))
end

local PHASES = { "total", "connect", "proxy", "tls", "upgrade", "close" }
-- What a phase may take when a table of phases leaves it out.
local PHASE_DEFAULTS = { connect = 10, proxy = 10, tls = 10, upgrade = 10,
                         close = 5 }

--- A number is the deadline of the whole, a table sets phases.
function types.timeout(value, name)
  if is_number(value) and value > 0 then
    if value == math.huge then return { close = PHASE_DEFAULTS.close } end
    return { total = value, close = PHASE_DEFAULTS.close }
  end
  if type(value) ~= "table" then
    return wrong(name, "a number of seconds or a table of phases", value)
  end
  local phases = {}
  for phase, seconds in pairs(PHASE_DEFAULTS) do phases[phase] = seconds end
  for phase, seconds in pairs(value) do
    local known = types.choice(PHASES)(phase, name .. " phase")
    if not known then
      local near = type(phase) == "string" and nearest(phase, PHASES)
      return nil, ("option '%s': no phase '%s'%s"):format(name,
        tostring(phase), near and (", did you mean '" .. near .. "'?")
          or ", there are " .. table.concat(PHASES, ", "))
    end
    local ok, bad = types.seconds(seconds, name .. "." .. phase)
    if not ok then return nil, bad end
    phases[phase] = seconds ~= math.huge and seconds or nil
  end
  return phases
end

-- Headers of the opening handshake that only we may write.
local OURS = { host = true, upgrade = true, connection = true,
  ["sec-websocket-key"] = true, ["sec-websocket-version"] = true,
  ["sec-websocket-extensions"] = true, ["content-length"] = true,
  ["transfer-encoding"] = true, ["sec-websocket-accept"] = true }
local INSTEAD = { ["sec-websocket-protocol"] = "protocols" }

function types.headers(value, name)
  if type(value) ~= "table" then
    return wrong(name, "a table of headers", value)
  end
  local list, bad = http.header_list(value)
  if not list then return nil, ("option '%s': %s"):format(name, bad) end
  for _, pair in ipairs(list) do
    local low = pair[1]:lower()
    if INSTEAD[low] then
      return nil, ("option '%s': use the option '%s' for '%s'")
        :format(name, INSTEAD[low], pair[1])
    elseif OURS[low] then
      return nil, ("option '%s': '%s' is written by the handshake itself")
        :format(name, pair[1])
    end
  end
  return list
end

function types.header_value(value, name)
  if type(value) == "string" and http.is_value(value) then return value end
  return wrong(name, "one line of text", value)
end

function types.pins(value, name)
  if type(value) == "string" then value = { value } end
  local list, bad = types.strings(value, name)
  if not list then return nil, bad end
  if #list == 0 then return wrong(name, "at least one pin", value) end
  for _, pin in ipairs(list) do
    local bare = pin:gsub("^sha256//", "")
    local hex = bare:gsub(":", "")
    if not (bare:match("^[%w+/]+=$") and #bare == 44)
       and not (#hex == 64 and hex:match("^%x+$")) then
      return wrong(name, "a SHA-256 in base64 or hex", pin)
    end
  end
  return list
end

types.opcodes = { continuation = 0, text = 1, binary = 2, close = 8,
                  ping = 9, pong = 10 }

--- 0 to 15, or a name of RFC 6455 5.2.
function types.opcode(value, name)
  if types.opcodes[value] then return types.opcodes[value] end
  if is_number(value) and value % 1 == 0 and value >= 0 and value <= 15 then
    return value
  end
  return wrong(name, "a number from 0 to 15, or continuation, text, binary, "
    .. "close, ping, pong", value)
end

function types.mask(value, name)
  if type(value) == "boolean" then return value end
  if type(value) == "string" and #value == 4 then return value end
  return wrong(name, "true, false or 4 bytes", value)
end

--- What 8 bytes can say.
function types.length(value, name)
  if is_number(value) and value >= 0 and value < 2 ^ 64 and value % 1 == 0 then
    return value
  end
  return wrong(name, "a whole number of bytes below 2^64", value)
end

return types
