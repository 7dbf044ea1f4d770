--- The record of one connection, schema 1: its shape as data, and a validator.
--
-- Plain data: no userdata, no functions, no cycles, nothing that JSON cannot
-- say. A field's type is written as text: `string`, `integer`, `seconds` (a
-- number >= 0), `one:a,b`, `list:T`, `map:T` (any name to T), or the name of
-- another record; `!` marks a field that must be there. `cut` marks by name
-- what was too long and was cut; so does a name that ends in `_cut`.
-- @module wsstls.observation
local codes = require "wsstls.codes"
local names = require "wsstls.names"

local observation = {}

-- LuaJIT 2.1.0-beta3 (Debian 12) compiles the recursion below wrongly: a side
-- trace keeps half of its frame's address, and the process dies.
if jit then jit.off(true, true) end

local MAX_PROBLEMS = 100

local PHASES = "one:" .. table.concat(codes.phases, ",")
local PARTIES = "one:" .. table.concat(codes.parties, ",")

--- The records of schema 1, by name. Read only.
observation.records = {
  observation = {
    schema = "integer!", side = "one:client,server!", engine = "one:lws,raw!",
    url = "string", peer = "peer", phase = PHASES .. "!",
    started = "number!", tls = "tls", verify = "verify",
    alerts = "list:alert!", openssl = "list:openssl!", os_error = "os_error",
    hello = "hello", http = "http", close = "close",
    timeline = "list:event!", lws = "list:string", error = "outcome",
    proxy = "proxy", first_bytes = "string", cut = "map:boolean",
    -- verify = false: nobody looked at the server's certificate
    verify_disabled = "boolean",
    client_certificate_requested = "boolean",
    client_certificate_sent = "boolean",
  },
  outcome = { code = "string!", phase = PHASES, fault = PARTIES,
              rejected_by = PARTIES, message = "string",
              detail = "string", temporary = "boolean" },
  -- host: the name that was looked up, if one was
  peer = { host = "string", ip = "string", port = "integer" },
  proxy = { host = "string", port = "integer", status = "integer",
            reason = "string", headers = "map:string" },
  tls = { version = "string", cipher = "string", group = "string",
          sigalg = "string", alpn = "string", sni = "string",
          resumed = "boolean" },
  alert = { direction = "one:sent,received!", level = "one:warning,fatal!",
            number = "integer!", name = "string!", at = "seconds!" },
  openssl = { code = "packed!", library = "string", reason = "string",
              text = "string", data = "string" },
  os_error = { errno = "integer", name = "string", text = "string" },
  hello = { versions = "list:string", ciphers = "list:string",
            groups = "list:string", sigalgs = "list:string",
            alpn = "list:string", sni = "string",
            truncated = "boolean" },
  http = { status = "integer", reason = "string", version = "string",
           method = "string", target = "string", headers = "map:string",
           body = "string" },
  close = { code = "integer", reason = "string", clean = "boolean",
            initiated_by = "one:local,peer,network" },
  event = { at = "seconds!", event = "string!", detail = "scalar" },
  verify = {
    ok = "boolean!", code = "integer!", name = "string!", text = "string",
    depth = "integer!", slug = "string", errors = "list:fault!",
    accepted = "list:fault!", expected = "expected", presented = "names",
    compared = "list:compared", chain = "list:cert", sent = "list:cert",
    anchor = "cert", policy = "policy", unchecked = "boolean",
    reason = "string", openssl = "verify",
  },
  fault = { code = "integer!", name = "string!", text = "string",
            depth = "integer!", subject = "string", implied = "boolean",
            slug = "string" },
  expected = { kind = "one:ip,dns!", value = "string!" },
  names = { cn = "string", dns = "list:string!", ip = "list:string!",
            email = "list:string", uri = "list:string" },
  compared = { kind = "one:ip,dns!", expected = "string!",
               presented = "string", source = "one:san,cn!",
               match = "boolean!", why = "string" },
  cert = {
    subject = "string!", issuer = "string!", cn = "string",
    serial = "string", version = "integer", not_before = "number",
    not_after = "number", key = "key", signature_algorithm = "string",
    san = "san", is_ca = "boolean", basic_constraints = "boolean",
    path_length = "integer", key_usage = "list:string",
    extended_key_usage = "list:string", subject_key_id = "string",
    authority_key_id = "string", sha256 = "string", spki_sha256 = "string",
    self_signed = "boolean", pem = "string", warnings = "list:string",
  },
  key = { type = "string", bits = "integer", curve = "string" },
  san = { dns = "list:string", ip = "list:string", email = "list:string",
          uri = "list:string", dirname = "list:string",
          othername = "list:string", rid = "list:string" },
  policy = { purpose = "string", depth = "integer", time = "number",
             security_level = "integer", flags = "list:string",
             trust = "trust", rules = "string" },
  trust = { file = "string", path = "string", system = "boolean",
            count = "integer", namesake = "cert" },
}

local function finite(x)
  return type(x) == "number" and x - x == 0
end

local SCALAR = {
  string = function(x) return type(x) == "string" end,
  boolean = function(x) return type(x) == "boolean" end,
  number = finite,
  seconds = function(x) return finite(x) and x >= 0 end,
  integer = function(x) return finite(x) and x % 1 == 0 end,
  scalar = function(x)
    return type(x) == "string" or type(x) == "boolean" or finite(x)
  end,
  packed = function(x)
    return (type(x) == "string" or finite(x))
      and names.openssl_code(x) ~= nil
  end,
}

local function problem(list, path, text, ...)
  if #list < MAX_PROBLEMS then
    list[#list + 1] = ("%s: %s"):format(path, text:format(...))
  end
end

local types = {} -- what their text says, read once

local function type_of(text)
  local t = types[text]
  if t then return t end
  local name = text:gsub("!$", "")
  t = { name = name, must = name ~= text, scalar = SCALAR[name],
        choice = name:match("^one:(.*)$"), item = name:match("^list:(.*)$"),
        value = name:match("^map:(.*)$") }
  if t.choice then
    t.words = {}
    for word in t.choice:gmatch("[^,]+") do t.words[word] = true end
  end
  types[text] = t
  return t
end

-- A walk has the `list` of problems, the `open` tables and the names on the
-- way to where it is, [1] to [n]: text is made of them where there is a
-- problem, at `key` or (nil) right here.
local function wrong(walk, key, text, ...)
  local path = {}
  for i = 1, walk.n + 1 do
    local word = walk[i]
    if i > walk.n then word = key end
    path[i] = type(word) == "number" and ("[%d]"):format(word)
      or word and (i > 1 and "." or "") .. word
  end
  problem(walk.list, table.concat(path), text, ...)
end

local check

local function check_list(walk, x, item)
  local count = 0
  for key in pairs(x) do
    if type(key) ~= "number" then
      return wrong(walk, nil, "a list has the name %q", tostring(key))
    end
    count = count + 1
  end
  if count ~= #x then return wrong(walk, nil, "a list has holes") end
  for i = 1, count do check(walk, i, x[i], item) end
end

local function check_record(walk, x, name)
  local fields = observation.records[name]
  for key, value in pairs(x) do
    local kind = fields[key]
    if not kind and type(key) == "string" and key:find("_cut$") then
      kind = "boolean"
    end
    if kind then
      check(walk, key, value, kind)
    else
      wrong(walk, tostring(key), "not a field of schema 1 (%s)", name)
    end
  end
  for key, kind in pairs(fields) do
    if x[key] == nil and type_of(kind).must then
      wrong(walk, key, "is missing")
    end
  end
end

local function check_table(walk, x, kind)
  if kind.item then
    check_list(walk, x, kind.item)
  elseif kind.value then
    for key, value in pairs(x) do
      check(walk, nil, key, "string")
      check(walk, tostring(key), value, kind.value)
    end
  else
    check_record(walk, x, kind.name)
  end
end

function check(walk, key, x, text)
  local kind = type_of(text)
  if kind.scalar then
    if not kind.scalar(x) then
      wrong(walk, key, "expected %s, got %s", kind.name,
        type(x) == "number" and tostring(x) or "a " .. type(x))
    end
  elseif kind.choice then
    if not kind.words[x] then
      wrong(walk, key, "expected one of %s, got %s", kind.choice, tostring(x))
    end
  elseif type(x) ~= "table" then
    wrong(walk, key, "expected a table (%s), got a %s", kind.name, type(x))
  elseif walk.open[x] then
    wrong(walk, key, "contains itself")
  else
    local n = walk.n + 1
    walk.n, walk[n], walk.open[x] = n, key, true
    check_table(walk, x, kind)
    walk.n, walk.open[x] = n - 1, nil
  end
end

-- The problems of a table, a record of that name, as part of `place`.
local function problems_of(x, name, place)
  local walk = { list = {}, open = { [x] = true }, n = place and 1 or 0, place }
  check_record(walk, x, name)
  return walk.list
end

local function each(list)
  return ipairs(type(list) == "table" and list or {})
end

-- What types cannot say. Only looks at fields that have the right type.
local function judge_verdict(v, list, path)
  if type(v) ~= "table" or v.unchecked then return end
  local first = type(v.errors) == "table" and v.errors[1]
  if v.ok == true and (v.code ~= 0 or v.name ~= "OK") then
    problem(list, path, "ok with code %s %s", tostring(v.code),
      tostring(v.name))
  elseif v.ok == false and v.code == 0 then
    problem(list, path .. ".code", "0 in a rejection")
  elseif v.ok == false and type(first) == "table"
     and (first.code ~= v.code or first.depth ~= v.depth) then
    problem(list, path .. ".errors[1]", "is not the deciding fault")
  elseif v.ok == false and not first then
    problem(list, path .. ".errors", "a rejection without a fault")
  end
  local seen = {}
  for i, row in each(v.errors) do
    if type(row) == "table" then
      -- rules of the web PKI share X509 50 and differ by name
      local key = ("%s@%s %s"):format(tostring(row.code),
        tostring(row.depth), tostring(row.name))
      if seen[key] then
        problem(list, ("%s.errors[%d]"):format(path, i), "%s twice", key)
      end
      seen[key] = true
    end
  end
end

local function judge_certs(v, list, path)
  for _, name in ipairs { "chain", "sent" } do
    for i, cert in each(v[name]) do
      local at = ("%s.%s[%d]"):format(path, name, i)
      local sha = type(cert) == "table" and cert.sha256
      if type(sha) == "string" and not (#sha == 64 and sha:find("^[%l%d]+$"))
      then
        problem(list, at .. ".sha256", "is not 64 digits of lower-case hex")
      end
    end
  end
end

local function judge_order(rows, list, path)
  local last = 0
  for i, row in each(rows) do
    local at = type(row) == "table" and row.at
    if finite(at) then
      if at < last then
        problem(list, ("%s[%d].at"):format(path, i), "goes back in time")
      end
      last = at
    end
  end
end

local function judge_alerts(o, list)
  for i, alert in each(o.alerts) do
    local name = type(alert) == "table" and names.alert(alert.number)
    if name and alert.name ~= name then
      problem(list, ("alerts[%d].name"):format(i), "%s is %s, not %s",
        tostring(alert.number), name, tostring(alert.name))
    end
  end
end

local function judge_http(http, list)
  if type(http) ~= "table" then return end
  for name in pairs(type(http.headers) == "table" and http.headers or {}) do
    if type(name) == "string" and name ~= name:lower() then
      problem(list, "http.headers", "%s is not in lower case", name)
    end
  end
  if http.status ~= nil and finite(http.status)
     and (http.status < 100 or http.status > 999) then
    problem(list, "http.status", "%s is no status", tostring(http.status))
  end
end

--- Checks a record against schema 1.
-- @param o anything
-- @treturn boolean|nil true, or nil
-- @treturn table|nil the problems, each a sentence with the field's path;
-- at most 100
function observation.validate(o)
  if type(o) ~= "table" then
    return nil, { "an observation is a table, not a " .. type(o) }
  end
  local list = problems_of(o, "observation")
  if o.schema ~= 1 then problem(list, "schema", "is not 1") end
  if type(o.error) == "table" and not codes.get(o.error.code) then
    problem(list, "error.code", "%s is no code", tostring(o.error.code))
  end
  judge_verdict(o.verify, list, "verify")
  if type(o.verify) == "table" then judge_certs(o.verify, list, "verify") end
  judge_order(o.timeline, list, "timeline")
  judge_order(o.alerts, list, "alerts")
  judge_alerts(o, list)
  judge_http(o.http, list)
  table.sort(list)
  if #list > 0 then return nil, list end
  return true
end

--- Checks a verify-result alone (that of `wss.verify`), as `validate` does.
function observation.validate_verdict(v)
  if type(v) ~= "table" then
    return nil, { "a verify-result is a table, not a " .. type(v) }
  end
  local list = problems_of(v, "verify", "verify")
  judge_verdict(v, list, "verify")
  judge_certs(v, list, "verify")
  table.sort(list)
  if #list > 0 then return nil, list end
  return true
end

--- Gives a table the parts that every record has, where they are missing.
-- @tparam table o changed in place
-- @tparam[opt] table outcome `{code, phase, fault, rejected_by, message}`;
-- becomes `o.error` (the message is `detail` there), so that a record in a
-- file still says how it ended
-- @treturn table o
function observation.shape(o, outcome)
  o.schema, o.engine = 1, o.engine or "raw"
  o.side, o.phase = o.side or "client", o.phase or "config"
  o.started = o.started or 0
  for _, name in ipairs { "alerts", "openssl", "timeline" } do
    o[name] = o[name] or {}
  end
  if outcome and codes.get(outcome.code) and outcome.code ~= "ok" then
    local function known(x) return x ~= "none" and x or nil end
    o.error = { code = outcome.code, phase = known(outcome.phase),
                fault = outcome.fault, rejected_by = outcome.rejected_by,
                detail = outcome.message }
  end
  return o
end

return observation
