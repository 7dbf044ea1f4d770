--- A foreign client led through the zoo: what it accepted and rejected,
-- against what it should have.
-- @module wsstls.zoo.run
local scenario = require "wsstls.scenario"

local run = {}

local TIMEOUT = 15
-- A client that hangs so often in a row is not asked any more.
local PATIENCE = 3

-- What an HTTPS client is answered.
local function page()
  return { status = 200, body = "wsstls zoo\n" }
end

local function side_of(animal, client, t)
  local command = client.command
  if type(command) == "function" then command = command(animal) end
  return { command = command, env = client.env, stdin = client.stdin,
           ca = t.client.ca, host = t.client.host, path = t.client.path }
end

local function copy(t)
  local out = {}
  for name, value in pairs(t) do out[name] = value end
  return out
end

-- What it complains with: its first line about an error, else its last one.
local function complaint(output)
  local last
  for line in (output or ""):gmatch "[^\r\n]+" do
    line = line:gsub("^%s+", ""):sub(1, 200)
    if line:find "[Ee]rror" or line:find "^curl:" then return line end
    if line:find "%a" then last = line end
  end
  return last
end

local function verdict(record, timed_out)
  if record.exit == 0 then return "accept" end
  if record.exit == 126 or record.exit == 127 then return "broken" end
  if record.exit then return "reject" end
  if timed_out then return "hung" end
  return record.signal and "crashed" or "broken" -- it never started
end

-- What the server saw of it, in a few words.
local function seen(record)
  if not record then return "nothing" end
  for _, alert in ipairs(record.alerts or {}) do
    if alert.direction == "received" and alert.level == "fatal" then
      return ("alert %d %s"):format(alert.number, alert.name)
    end
  end
  local err = record.error
  if err then return err.code end
  local close = record.close
  return close and close.code and "close " .. ("%d"):format(close.code)
    or record.phase
end

--- Why this client cannot meet this animal, or nil.
function run.unmet(client, animal)
  if client.level == "tls" and animal.level ~= "tls" then
    return "it ends before the upgrade"
  elseif client.level == "tls" and animal.broken.server.raw then
    return "the server answers bytes of its own"
  elseif client.resolves and animal.host ~= "localhost"
         and not require("wsstls.url").ip_version(animal.host) then
    return ("it would have to resolve %s"):format(animal.host)
  end
  return nil
end

local function judge(row, result)
  local record, timed_out = result.client or {}, false
  for _, one in ipairs(result.mismatches) do
    timed_out = timed_out or one.field == "timeout"
  end
  row.did = verdict(record, timed_out)
  row.ok = row.did == row.should
  row.exit, row.signal, row.output = record.exit, record.signal, record.output
  row.complaint, row.seen = complaint(record.output), seen(result.server)
  row.duration = result.duration
  return row
end

--- One client before one animal.
-- @tparam table client of `wsstls.zoo.clients`
-- @tparam table animal of `zoo.animals`
-- @tparam[opt] boolean fixed the fixed twin, which is to be accepted
-- @treturn table `{name, client, should, did ("accept" "reject" "hung"
-- "crashed" "broken"), ok, exit, signal, complaint, output, seen, duration}`,
-- or with `skipped`, a reason
function run.meet(client, animal, fixed)
  local t = fixed and animal.fixed or animal.broken
  local row = { name = t.name, client = client.name,
    should = fixed and "accept" or animal.should }
  row.skipped = run.unmet(client, animal)
  if row.skipped then return row end
  local server = copy(t.server)
  if not server.raw and not server.on_request then server.on_request = page end
  return judge(row, scenario {
    name = t.name, pki = t.pki, server = server, relay = t.relay,
    client = side_of(animal, client, t), versions = t.versions,
    timeout = client.timeout or TIMEOUT,
    expect = { client = {}, server = {} } }:run {
      tls = t.versions and t.versions[1] })
end

-- meet, for a client who may turn out to hang at everything.
local function patient_meet(hung, client, animal, fixed)
  if (hung[client] or 0) >= PATIENCE then
    local t = fixed and animal.fixed or animal.broken
    return { name = t.name, client = client.name,
      should = fixed and "accept" or animal.should,
      skipped = ("it hung %d times in a row"):format(PATIENCE) }
  end
  local row = run.meet(client, animal, fixed)
  if not row.skipped then
    hung[client] = row.did == "hung" and (hung[client] or 0) + 1 or 0
  end
  return row
end

--- Every client before every animal, and its fixed twin.
-- @tparam table o `clients`, `animals`, `fixed` (false: without the twins),
-- `on_row` (function(row), as they come)
-- @treturn table list of rows
function run.all(o)
  local rows, hung = {}, {}
  local function meet_all(animal, fixed)
    for _, client in ipairs(o.clients) do
      local row = patient_meet(hung, client, animal, fixed)
      rows[#rows + 1] = row
      if o.on_row then o.on_row(row) end
    end
  end
  for _, animal in ipairs(o.animals) do
    meet_all(animal, false)
    if o.fixed ~= false and animal.fixed then meet_all(animal, true) end
  end
  return rows
end

return run
