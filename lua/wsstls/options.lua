--- Options: read once, checked, and put into the one form the core reads.
--
-- `options.read(kind, opts)` never touches the caller's table. Misuse (an
-- unknown name, a wrong type, a bad value) comes back as a sentence, so that
-- the public function can raise it at its caller's level.
-- @module wsstls.options

local nearest = require "wsstls.nearest"
local specs = require "wsstls.options_specs"
local types = require "wsstls.options_types"

local options = {}

local MIB = 1024 * 1024

--- What holds when an option is left out.
options.defaults = {
  verify = true, policy = "openssl", cn_fallback = false,
  min_version = "TLSv1.2", max_message = 64 * MIB, compress = false,
  ping_interval = 20, ping_timeout = 20, timeout = { total = 30, close = 5 },
  host = "127.0.0.1", port = 0, backlog = 128, handshake_timeout = 10,
}

local SERVER_DEFAULTS = { "host", "port", "backlog", "handshake_timeout" }

local function handlers(value, name)
  local out, bad = options.check("handlers", value, name .. ": ")
  if not out then return nil, bad end
  return out
end

local function paths(value, name)
  if type(value) ~= "table" then
    return types.wrong(name, "a table of paths", value)
  end
  local out = {}
  for path, service in pairs(value) do
    if type(path) ~= "string" or path:sub(1, 1) ~= "/"
       or path:find("[?#%s]") then
      return types.wrong(name, "paths that begin with '/', without a query",
        path)
    end
    local one, bad = handlers(service, ("option '%s'['%s']"):format(name, path))
    if not one then return nil, bad end
    out[path] = one
  end
  return out
end

local function server_names(value, name)
  if type(value) ~= "table" then
    return types.wrong(name, "a table from server name to certificate", value)
  end
  local out = {}
  for host, identity in pairs(value) do
    local bare, bad = types.host(type(host) == "string"
      and host:gsub("^%*%.", "") or host, name)
    if not bare then return nil, bad end
    out[host:lower()], bad = options.read("sni", identity,
      ("option '%s'['%s']: "):format(name, host))
    if not out[host:lower()] then return nil, bad end
  end
  return out
end

-- Another set of options inside: true stands for an empty one.
local function nested(kind)
  return function(value, name)
    if value == false then return false end
    if value == true then value = {} end
    if type(value) ~= "table" then
      return types.wrong(name, "a table of TLS options, or false", value)
    end
    return options.read(kind, value, ("option '%s': "):format(name))
  end
end

local KINDS = {
  connect = { "identity", "trust", "wire", "name", "session", "client" },
  listen = { "identity", "trust", "wire", "answer", "name", "session",
             "server" },
  reload = { "identity", "trust", "wire", "answer" },
  sni = { "identity", "wire", "answer" },
  tls = { "identity", "trust", "wire", "answer", "name" },
  tls_server = { "identity", "trust", "wire", "answer", "name" },
  verify = { "trust", "name", "offline" },
  handlers = { "handlers" }, relay = { "relay" },
  frame = { "frame" },
  raw_connect = { "raw_connect" },
  raw_listen = { "raw_listen" },
}

local EXTRA = {
  listen = { sni = server_names, paths = paths },
  reload = { sni = server_names, dh_file = specs.server.dh_file,
             client_verify = specs.server.client_verify },
  tls = { sni = specs.client.sni, verify = specs.client.verify,
          client_verify = specs.server.client_verify,
          dh_file = specs.server.dh_file },
  tls_server = { sni = server_names, verify = specs.server.verify,
                 client_verify = specs.server.client_verify,
                 dh_file = specs.server.dh_file },
  raw_connect = { tls = nested("tls") },
  raw_listen = { tls = nested("tls_server") },
}

local tables = {}

-- name -> normaliser, and the sorted names, of one kind.
local function table_of(kind)
  local known = tables[kind]
  if known then return known end
  known = { types = {}, names = {} }
  for _, group in ipairs(KINDS[kind]) do
    for name, check in pairs(specs[group]) do known.types[name] = check end
  end
  for name, check in pairs(EXTRA[kind] or {}) do known.types[name] = check end
  for name in pairs(known.types) do known.names[#known.names + 1] = name end
  table.sort(known.names)
  tables[kind] = known
  return known
end

--- The names a kind knows, sorted.
function options.names(kind)
  return table_of(kind).names
end

-- An alias in any spelling: cafile, CAfile, ca-file.
local function alias_of(name)
  if specs.aliases[name] then return specs.aliases[name] end
  local low = name:lower():gsub("[^%w]", "")
  for alias, ours in pairs(specs.aliases) do
    if alias:lower():gsub("[^%w]", "") == low then return ours end
  end
  return nil
end

local function unknown(kind, name, where)
  if type(name) ~= "string" then
    return ("%soptions have names, got a %s as the key %s"):format(where,
      type(name), tostring(name))
  end
  local known = table_of(kind)
  local alias = alias_of(name)
  local best = alias and known.types[alias] and alias
    or nearest(name, known.names, specs.aliases)
  if best then
    return ("%sunknown option '%s' (did you mean '%s'?)"):format(where, name,
      best)
  end
  for _, other in ipairs { "connect", "listen", "verify" } do
    if other ~= kind and table_of(other).types[name] then
      return ("%sunknown option '%s': it belongs to wss.%s"):format(where,
        name, other)
    end
  end
  return ("%sunknown option '%s'"):format(where, name)
end

-- Checks names and types into `out`.
local function check_into(out, kind, opts, where)
  if type(opts) ~= "table" then
    return nil, ("%soptions: expected a table, got %s"):format(where,
      type(opts))
  end
  local known = (tables[kind] or table_of(kind)).types
  for name, value in next, opts do
    local check = known[name]
    if not check then return nil, unknown(kind, name, where) end
    local checked, bad = check(value, name)
    if checked == nil then return nil, where .. bad end
    out[name] = checked
  end
  return out
end

--- Checks names and types; no defaults, nothing moved.
-- @treturn table|nil a new table; nil and a sentence
function options.check(kind, opts, where)
  return check_into({}, kind, opts, where or "")
end

-- Defaults that nothing else depends on are there from the start: a table
-- that is made whole costs a fifth of one that grows.
local function tls_defaults()
  local d = options.defaults
  return { verify = d.verify, policy = d.policy, cn_fallback = d.cn_fallback,
    ca = nil, min_version = nil, verify_host = nil, verify_ip = nil,
    verify_time = nil }
end

local function session_defaults()
  local d = options.defaults
  return { verify = d.verify, policy = d.policy, cn_fallback = d.cn_fallback,
    max_message = d.max_message, compress = d.compress,
    ping_interval = d.ping_interval, ping_timeout = d.ping_timeout,
    timeout = d.timeout, ca = nil, min_version = nil, verify_host = nil,
    verify_ip = nil, sni = nil }
end

-- The core's own defaults are these; a verdict is not to wait for a table.
local function verify_defaults()
  return { chain = nil, ca = nil, host = nil, verify_host = nil }
end

local STARTERS = { connect = session_defaults, listen = session_defaults,
  tls_server = tls_defaults, tls = tls_defaults, verify = verify_defaults }

local function fill(o, names)
  for _, name in ipairs(names) do
    if o[name] == nil then o[name] = options.defaults[name] end
  end
end

local function and_file(value, file)
  if value == nil then return file end
  local list = type(value) == "table" and value or { value }
  list[#list + 1] = file
  return list
end

-- ca_file is a `ca`, crl_file a `crl`: the core knows one name for each.
local function move_files(o)
  if o.ca_file then o.ca, o.ca_file = and_file(o.ca, o.ca_file), nil end
  if o.crl_file then o.crl, o.crl_file = and_file(o.crl, o.crl_file), nil end
  if o.crl and o.crl_check == nil then o.crl_check = "leaf" end
end

local ORDER = { TLSv1 = 1, ["TLSv1.1"] = 2, ["TLSv1.2"] = 3, ["TLSv1.3"] = 4 }

-- Kinds that are laid over others, or know no versions.
local NO_VERSION = { sni = true, reload = true, raw_connect = true,
                     raw_listen = true, relay = true, verify = true }

-- Nothing below 1.2 unless somebody says so; a maximum below it says so.
local function default_version(o)
  if o.min_version then return end
  local floor = options.defaults.min_version
  if o.max_version and ORDER[o.max_version] < ORDER[floor] then
    floor = o.max_version
  end
  o.min_version = floor
end

-- Functions stay in Lua: the core only learns that somebody listens.
local function split_callbacks(o)
  if o.verify and type(o.verify) == "function" then
    o.verify_function, o.verify = o.verify, true
  end
  if o.keylog and type(o.keylog) == "function" then
    o.keylog_function, o.keylog = o.keylog, nil
  end
end

-- An IP literal is an IP, whichever option it came in.
local function settle_names(o)
  if not o.verify_host then return nil end
  if o.verify_ip then
    return "options 'verify_host' and 'verify_ip': give one of them"
  end
  local name = types.dns_name(o.verify_host)
  if not name then o.verify_ip = o.verify_host end
  o.verify_host = name or nil
  return nil
end

-- What would be overlooked beside another option.
local function check_identity(o, kind)
  if o.cert and o.pkcs12 then
    return "options 'cert' and 'pkcs12': give one of them"
  elseif o.chain and not (o.cert or o.pkcs12) and kind ~= "verify"
     and kind ~= "reload" then
    return "option 'chain': it goes with a certificate, give 'cert', too"
  end
  return nil
end

local finishers = {}

local function has_identity(o)
  return (o.cert or o.pkcs12 or o.sni) ~= nil
end

--- A server that trusts somebody wants to see certificates, unless it says
-- otherwise. Again after each change of `o`.
function options.default_client_verify(o)
  if o.client_verify and not o.client_verify_implied then return end
  local trusts = o.ca or o.ca_path or o.system_ca
  o.client_verify = trusts and "required" or "none"
  o.client_verify_implied = true
end

local default_client_verify = options.default_client_verify

function finishers.listen(o)
  fill(o, SERVER_DEFAULTS)
  if o.tls == nil then o.tls = has_identity(o) end
  if o.tls and not has_identity(o) then
    return "option 'tls': a TLS server needs 'cert' (or 'pkcs12', or 'sni')"
  end
  default_client_verify(o)
end

function finishers.tls_server(o)
  if not has_identity(o) then
    return "a TLS server needs 'cert' (or 'pkcs12', or 'sni')"
  end
  default_client_verify(o)
end

function finishers.raw_connect(o)
  fill(o, { "host", "timeout" })
  if not o.port then return "the option 'port' is needed" end
end

function finishers.raw_listen(o)
  fill(o, SERVER_DEFAULTS)
end

function finishers.relay(o)
  fill(o, { "host", "port" })
  if o.accept == nil then o.accept = true end
  if o.accept == true and not o.upstream then
    return "option 'upstream': a relay needs to know where to ('host:port')"
  end
end

function finishers.verify(o)
  if o.host and o.ip then return "options 'host' and 'ip': give one of them" end
  if o.host then o.verify_host, o.host = o.host, nil end
  if o.ip then o.verify_ip, o.ip = o.ip, nil end
  if o.time then o.verify_time, o.time = o.time, nil end
  if o.pkcs12 then o.cert, o.pkcs12 = o.cert or o.pkcs12, nil end
end

--- True for options of wss.verify that the core reads as they stand: pki
-- objects and a plain name, as in a loop over many chains, where reading
-- would cost more than all else that is not cryptography.
function options.are_plain(opts)
  if type(opts) ~= "table" then return false end
  for name, value in next, opts do
    if name == "host" then
      if types.host(value, name) ~= value then return false end
    elseif name ~= "chain" and name ~= "ca" or type(value) ~= "table"
           or type(value.material) ~= "userdata" then
      return false
    end
  end
  return true
end

--- Reads the options of a public function.
-- @tparam string kind "connect" "listen" "reload" "sni" "tls" "verify"
-- @tparam table|nil opts the caller's table
-- @tparam[opt] string where a prefix for messages
-- @treturn table|nil the core's form of them with defaults filled in; nil
-- and a sentence on misuse
function options.read(kind, opts, where)
  local starter = STARTERS[kind]
  where = where or ""
  local o, bad = check_into(starter and starter() or {}, kind,
    opts == nil and {} or opts, where)
  if not o then return nil, bad end
  bad = settle_names(o) or check_identity(o, kind)
  if bad then return nil, where .. bad end
  move_files(o)
  split_callbacks(o)
  if not NO_VERSION[kind] then default_version(o) end
  local finish = finishers[kind]
  bad = finish and finish(o)
  if bad then return nil, where .. bad end
  return o
end

return options
