--- What a scenario expects of a side: which keys there are, and the judgement.
--
-- A value may be a table keyed by TLS version (`{ ["TLSv1.2"] = 40,
-- ["TLSv1.3"] = 116 }`): then the run's version chooses. `false` for an alert
-- or a status means: there was none.
-- @module wsstls.scenario.expectation
local codes = require "wsstls.codes"
local diagnosis = require "wsstls.diagnosis"
local names = require "wsstls.names"
local nearest = require "wsstls.nearest"

local expectation = {}

local VERSIONS = { ["TLSv1"] = true, ["TLSv1.1"] = true, ["TLSv1.2"] = true,
                   ["TLSv1.3"] = true }

-- ------------------------------------------------------------ definition

local function list_of_codes()
  local list = codes.list()
  for _, slug in ipairs(diagnosis.slugs()) do list[#list + 1] = slug end
  return list
end

local function check_code(value)
  if type(value) ~= "string" then return "a code", type(value) end
  if codes.get(value) or diagnosis.entry(value) then return nil end
  local near = nearest(value, list_of_codes())
  return nil, nil, ("no code is called '%s'%s"):format(value,
    near and (", did you mean '" .. near .. "'?") or "")
end

local function of_type(...)
  local allowed = {}
  for _, name in ipairs { ... } do allowed[name] = true end
  local words = table.concat({ ... }, " or ")
  return function(value)
    if allowed[type(value)] then return nil end
    return "a " .. words, type(value)
  end
end

local function one_of(list)
  return function(value)
    for _, item in ipairs(list) do
      if value == item then return nil end
    end
    return "one of " .. table.concat(list, ", "), tostring(value)
  end
end

local function check_x509(value)
  if type(value) == "number" or names.x509(value) then return nil end
  return "an X509 number or name", tostring(value)
end

-- 42 and "bad_certificate" -> 42; nil: no alert is called so.
local function alert_number(value)
  if type(value) == "number" then return names.alert(value) and value end
  return names.alert_number(value)
end

local function check_alert(value)
  if value == false or alert_number(value) then return nil end
  return "an alert's number or name, or false", tostring(value)
end

local number_or_false = function(value)
  if value == false or type(value) == "number" then return nil end
  return "a number or false", type(value)
end

--- Every key of `expect.<side>` -> its check.
local KEYS = {
  ok = of_type("boolean"), code = check_code, slug = check_code,
  phase = one_of(codes.phases), fault = one_of(codes.parties),
  rejected_by = one_of(codes.parties), verify = check_x509,
  depth = of_type("number"), errors = of_type("table"),
  alert_sent = check_alert, alert_received = check_alert,
  openssl = of_type("string", "number", "table"),
  http_status = number_or_false, close_code = number_or_false,
  exit = of_type("number"), output = of_type("string"),
}

--- The keys, in the order in which they are judged.
expectation.keys = { "ok", "code", "slug", "phase", "fault", "rejected_by",
  "verify", "depth", "errors", "alert_sent", "alert_received", "openssl",
  "http_status", "close_code", "exit", "output" }

-- { ["TLSv1.2"] = 40, ... }, or nil.
local function by_version(value)
  if type(value) ~= "table" then return nil end
  local key = next(value)
  return key ~= nil and VERSIONS[key] and value or nil
end

local function check_value(key, value, where)
  local wanted, got, bad = KEYS[key](value)
  if bad then return ("%s.%s: %s"):format(where, key, bad) end
  if wanted then
    return ("%s.%s: expected %s, got %s"):format(where, key, wanted, got)
  end
  return nil
end

--- Checks one side's expectation as a definition.
-- @treturn string|nil what is wrong with it
function expectation.check(expect, where)
  if type(expect) ~= "table" then
    return ("%s: expected a table, got %s"):format(where, type(expect))
  end
  for key, value in pairs(expect) do
    if not KEYS[key] then
      local near = type(key) == "string" and nearest(key, expectation.keys)
      return ("%s: unknown field '%s'%s"):format(where, tostring(key),
        near and (" (did you mean '" .. near .. "'?)") or "")
    end
    for version, one in pairs(by_version(value) or { value }) do
      if by_version(value) and not VERSIONS[version] then
        return ("%s.%s: '%s' is no TLS version"):format(where, key,
          tostring(version))
      end
      local bad = check_value(key, one, where)
      if bad then return bad end
    end
  end
  return nil
end

-- Codes of these phases are known before a connection is open; and these.
local BEFORE_OPEN = { config = true, dns = true, proxy = true, verify = true,
                      upgrade = true }
local EARLY = { ["tcp-refused"] = true, ["tcp-unreachable"] = true,
  ["timeout-connect"] = true, ["timeout-tls"] = true }

local function may_come_later(code)
  if code == nil or code == "ok" then return false end
  local entry = diagnosis.entry(code)
  local row = codes.get(code)
    or codes.get(entry and entry.refines and entry.refines[1])
  return not (row and (BEFORE_OPEN[row.phase] or EARLY[row.code]))
end

--- True when an open connection is expected to end by itself: then the
-- client reads to the end instead of closing.
function expectation.of_an_end(expect)
  if not expect then return false end
  if expect.code or expect.slug then
    return may_come_later(expect.code) or may_come_later(expect.slug)
      or (expect.close_code or 1000) ~= 1000
  end
  return expect.ok == false or (expect.close_code or 1000) ~= 1000
    or (expect.alert_received or false) ~= false
end

local function at(value, version)
  if by_version(value) then return value[version] end
  return value
end

local REJECTS = { verify = 0, alert_sent = false, alert_received = false,
  http_status = 101 }

--- True when a side is expected to get its connection: what a foreign program
-- in its place can be asked. One that is closed well was a connection.
function expectation.accepts(expect, version)
  if not expect then return true end
  local ok = at(expect.ok, version)
  if ok ~= nil then return ok end
  local code = at(expect.code, version) or at(expect.slug, version)
  if code ~= nil then
    local entry = diagnosis.entry(code)
    return code == "ok" or code == "closed"
      or (entry ~= nil and entry.refines ~= nil
          and entry.refines[1] == "closed")
  end
  for key, fine in pairs(REJECTS) do
    local value = at(expect[key], version)
    if value ~= nil and value ~= fine then return false end
  end
  return true
end

-- --------------------------------------------------------------- judgement

local function fatal(o, direction)
  for _, alert in ipairs(o and o.alerts or {}) do
    if alert.direction == direction and alert.number ~= 0 then
      return alert.number
    end
  end
  return false
end

local function fault_text(row)
  return ("%d@%d"):format(row.code, row.depth)
end

-- side -> the value seen; nil: the record does not say.
local SEEN = {
  ok = function(side) return side.ok end,
  code = function(side) return side.code end,
  slug = function(side) return side.code end,
  phase = function(side) return side.err and side.err.phase
    or side.record and side.record.phase end,
  fault = function(side) return side.err and side.err.fault end,
  rejected_by = function(side) return side.err and side.err.rejected_by end,
  verify = function(side)
    local v = side.record and side.record.verify
    return v and v.code
  end,
  depth = function(side)
    local v = side.record and side.record.verify
    return v and v.depth
  end,
  errors = function(side)
    local list = {}
    local v = side.record and side.record.verify
    for i, row in ipairs(v and v.errors or {}) do list[i] = fault_text(row) end
    return list
  end,
  alert_sent = function(side) return fatal(side.record, "sent") end,
  alert_received = function(side) return fatal(side.record, "received") end,
  openssl = function(side)
    local list = {}
    for i, row in ipairs(side.record and side.record.openssl or {}) do
      list[i] = names.openssl_code(row.code)
    end
    return list
  end,
  http_status = function(side)
    local http = side.record and side.record.http
    return http and http.status or false
  end,
  close_code = function(side)
    local close = side.record and side.record.close
    return close and close.code or false
  end,
  exit = function(side) return side.exit end,
  output = function(side) return side.output end,
}

local function same_code(expected, seen, side)
  if expected == seen then return true end
  local x = side.x
  return x ~= nil and side.code ~= "ok" and diagnosis.matches(expected, x)
end

local function same_alert(expected, seen)
  if expected == false then return seen == false end
  return alert_number(expected) == seen
end

-- `18`, "18@0" and "CERT_HAS_EXPIRED" each name a fault.
local function names_fault(item, seen)
  item = tostring(item)
  local name, depth = item:match("^(.-)@(%d+)$")
  local number, seen_depth = seen:match("^(%d+)@(%d+)$")
  if depth and depth ~= seen_depth then return false end
  name = name or item
  local row = names.x509(tonumber(name) or name)
  return name == number or row ~= nil and tostring(row.code) == number
end

--- True when a program's output holds the text, or matches it as a pattern.
function expectation.found(expected, output)
  if output:find(expected, 1, true) then return true end
  local ok, found = pcall(string.find, output, expected)
  return ok and found ~= nil
end

local SAME = {
  code = same_code, slug = same_code,
  alert_sent = same_alert, alert_received = same_alert,
  verify = function(expected, seen)
    local row = names.x509(expected)
    return seen ~= nil and (expected == seen or row ~= nil
      and row.code == seen)
  end,
  errors = function(expected, seen)
    if #expected ~= #seen then return false end
    for i, item in ipairs(expected) do
      if not names_fault(item, seen[i]) then return false end
    end
    return true
  end,
  openssl = function(expected, seen)
    local all = {}
    for _, code in ipairs(seen) do all[code] = true end
    for _, code in ipairs(type(expected) == "table" and expected
        or { expected }) do
      if not all[names.openssl_code(code) or ""] then
        return false
      end
    end
    return true
  end,
  output = function(expected, seen)
    return seen ~= nil and expectation.found(expected, seen)
  end,
}

local function show(value, key)
  if value == nil then return "nothing" end
  if value == false and key ~= "ok" then return "none" end
  if type(value) == "table" then
    local words = {}
    for i, item in ipairs(value) do words[i] = show(item) end
    return #words > 0 and table.concat(words, " ") or "none"
  end
  if type(value) == "number" and key == "verify" then
    local row = names.x509(value)
    return row and ("%d %s"):format(value, row.name) or tostring(value)
  elseif type(value) == "number" and key and key:find("^alert_") then
    return ("%d %s"):format(value, names.alert(value) or "?")
  elseif key == "output" and #value > 200 then
    return "..." .. value:sub(-200)
  end
  return tostring(value)
end

--- One row of `result.mismatches`.
-- @tparam string field "client.alert_sent"
-- @param expected as the scenario says it
-- @param got as it was seen
-- @treturn table `{field, expected, got, text}`
function expectation.mismatch(field, expected, got)
  local key = field:match("%.([%w_]+)$")
  return { field = field, expected = expected, got = got,
    text = ("%s: expected %s, got %s"):format(field, show(expected, key),
      show(got, key)) }
end

--- Judges what a side was seen to do.
-- @tparam table|nil expect of that side; nil: nothing is judged
-- @tparam table side `{ok, code, err, record, exit, output}` as a run
-- collects it
-- @tparam string name "client" | "server"
-- @tparam string version TLS version of the run
-- @tparam table list the mismatches are added to it
function expectation.judge(expect, side, name, version, list)
  for _, key in ipairs(expectation.keys) do
    local expected = expect and expect[key]
    if by_version(expected) then expected = expected[version] end
    if expected ~= nil then
      local seen = SEEN[key](side)
      local same = SAME[key]
      if same then
        same = same(expected, seen, side)
      else
        same = expected == seen
      end
      if not same then
        list[#list + 1] = expectation.mismatch(name .. "." .. key, expected,
          seen)
      end
    end
  end
end

return expectation
