--- Assertions for busted, whose failures read as stories.
--
--     require "wsstls.busted"
--     it("refuses an expired certificate", function()
--       assert.fails_with("cert-expired", url, { ca_file = "ca.pem" })
--     end)
--
-- Requiring it registers `connects`, `fails_with`, `verify_error`, `alert`
-- and `scenario` with luassert; connections that `connects` left open are
-- closed when the test ends.
-- @module wsstls.busted
local luassert = require "luassert"
local say = require "say"

local codes = require "wsstls.codes"
local core = require "wsstls.core"
local diagnosis = require "wsstls.diagnosis"
local errors = require "wsstls.errors"
local expectation = require "wsstls.scenario.expectation"
local names = require "wsstls.names"
local text = require "wsstls.report.text"
local wss = require "wsstls"

local busted = {}

-- Seconds that a late end is waited for, and a connection to close.
local LATE, CLOSE = 5, 1

local WIDTH = 78

local open = {}

-- luassert prints its arguments into the message: ours is the whole of it.
say:set("assertion.wsstls", "%s")

-- A paragraph is one line; a terminal would break it anywhere.
local function laid_out(story)
  local out = {}
  for line in (story .. "\n"):gmatch "(.-)\n" do
    local indent = line:match "^ *"
    for i, part in ipairs(#line > WIDTH
        and text.wrap(line, WIDTH - #indent - 2) or { line }) do
      out[#out + 1] = i > 1 and indent .. "  " .. part
        or #line > WIDTH and indent .. part or part
    end
  end
  return table.concat(out, "\n")
end

local function register(name, judge)
  luassert:register("assertion", name, function(_, arguments, level)
    local ok, story, result = judge(arguments, (level or 1) + 1)
    arguments[1], arguments.n, arguments.nofmt = laid_out(story), 1, { true }
    return ok, result ~= nil and { result } or nil
  end, "assertion.wsstls", "assertion.wsstls")
end

local function is_conn(x)
  return type(x) == "table" and type(x.observation) == "function"
end

-- An error, an observation, a connection -> the observation.
local function record_of(x)
  if is_conn(x) then return x:observation() end
  if errors.is(x) then return x.observation or {} end
  return x
end

--- `assert.connects(url, opts)` gives the connection.
register("connects", function(arguments)
  local conn, err = wss.connect(arguments[1], arguments[2])
  if not conn then
    return false, ("%s does not connect: %s"):format(arguments[1],
      text.paragraph(err))
  end
  open[#open + 1] = conn
  return true, ("%s connects"):format(arguments[1]), conn
end)

local function check_code(code, level)
  if type(code) == "string" and (codes.get(code) or diagnosis.entry(code)) then
    return
  end
  local bad = expectation.check({ code = code }, "fails_with")
  error((bad:gsub("fails_with%.code", "fails_with")), level + 1)
end

-- Why a connection that opened ends, if it does: TLS 1.3 and broken peers
-- are late.
local function late_end(conn, code, o)
  if not expectation.of_an_end { code = code } then return nil end
  local limit = type(o) == "table" and type(o.timeout) == "number"
    and o.timeout or LATE
  local deadline = core.now() + limit
  repeat
    local data, err, why =
      conn:receive(math.max(0, deadline - core.now()))
    if not data then return why ~= "timeout" and err or nil end
  until false
end

--- `assert.fails_with(code, url, opts)`: a code or a refinement; gives the
-- error.
register("fails_with", function(arguments, level)
  local code, url, o = arguments[1], arguments[2], arguments[3]
  check_code(code, level + 1)
  local conn, err = wss.connect(url, o)
  if conn then
    err = late_end(conn, code, o)
    conn:close(1000, "", CLOSE)
    if not err then
      return false, ("expected %s of %s, and it connected"):format(code, url)
    end
  end
  return errors.matches(code, err), ("expected %s of %s, got %s"):format(code,
    url, text.paragraph(err)), err
end)

local function verdict_of(x)
  if is_conn(x) then return x:verify_result() end
  if type(x) ~= "table" then return nil end
  if errors.is(x) or x.schema then
    local record = record_of(x)
    return record.verify
  end
  return x
end

--- `assert.verify_error(number_or_name, result)`: one of the faults of a
-- verify-result (or of an observation, an error, a connection).
register("verify_error", function(arguments, level)
  local wanted, v = arguments[1], verdict_of(arguments[2])
  local row = names.x509(wanted)
  local number = row and row.code or type(wanted) == "number" and wanted
  if not number then
    error(("verify_error: no X509 error is called '%s'"):format(
      tostring(wanted)), level + 1)
  end
  if type(v) ~= "table" then
    return false, ("expected X509 %s, and nothing was verified"):format(
      tostring(wanted))
  end
  local seen = {}
  for i, fault in ipairs(v.errors or {}) do
    if fault.code == number then
      return true, ("X509 %s is among the faults"):format(tostring(wanted))
    end
    seen[i] = ("%d %s at depth %d"):format(fault.code, fault.name,
      fault.depth)
  end
  return false, ("expected X509 %d %s, got %s"):format(number,
    row and row.name or "", seen[1] and table.concat(seen, ", ")
      .. ". " .. text.paragraph(v) or "no fault")
end)

--- `assert.alert(number_or_name, observation, direction)`: "sent" or
-- "received"; either when it is left out.
register("alert", function(arguments, level)
  local wanted, x, direction = arguments[1], arguments[2], arguments[3]
  local number = type(wanted) == "number" and wanted
    or names.alert_number(wanted)
  if not number then
    error(("alert: no alert is called '%s'"):format(tostring(wanted)),
      level + 1)
  elseif direction ~= nil and direction ~= "sent"
     and direction ~= "received" then
    error("alert: the direction is \"sent\" or \"received\"", level + 1)
  end
  local record, seen = record_of(x), {}
  for _, alert in ipairs(record and record.alerts or {}) do
    if alert.number == number
       and (not direction or alert.direction == direction) then
      return true, ("alert %d was %s"):format(number, alert.direction)
    end
    seen[#seen + 1] = ("%d %s %s"):format(alert.number, alert.name,
      alert.direction)
  end
  local what = record and diagnosis.diagnose(record)[1]
    and ". " .. text.paragraph(record) or ""
  return false, ("expected alert %d %s%s, got %s%s"):format(number,
    names.alert(number) or "", direction and " " .. direction or "",
    seen[1] and table.concat(seen, ", ") or "none", what)
end)

-- Each version it is about, and its twin.
local function run_all(one, o)
  if o then return { one:run(o) } end
  return wss.scenario.matrix { scenarios = { one },
    versions = one.versions or { "TLSv1.2", "TLSv1.3" } }
end

--- `assert.scenario(s, o)`: a scenario, its definition or its path; with `o`
-- one run, without every version it is about, and its fixed twin.
register("scenario", function(arguments, level)
  local one, o = arguments[1], arguments[2]
  if type(one) == "string" then
    local loaded, err = wss.scenario.load(one)
    if not loaded then return false, tostring(err) end
    one = loaded
  elseif not wss.scenario.is(one) then
    local ok
    ok, one = pcall(wss.scenario, one)
    if not ok then error(one, level + 1) end
  end
  local results, failed = run_all(one, o), {}
  for _, result in ipairs(results) do
    if not result.ok then
      failed[#failed + 1] = (result.tls and result.tls .. " " or "")
        .. result:story()
    end
  end
  return not failed[1], failed[1] and table.concat(failed, "\n")
    or one.name .. " is as it should be", results
end)

--- Closes the connections that `connects` has left open.
function busted.close_all()
  for i = #open, 1, -1 do
    local conn = open[i]
    open[i] = nil
    if conn.state ~= "closed" then conn:close(1000, "", CLOSE) end
  end
end

local runner = package.loaded["busted"]
if type(runner) == "table" and runner.subscribe then
  runner.subscribe({ "test", "end" }, function()
    busted.close_all()
    return nil, true -- the other subscribers, too
  end)
end

return busted
