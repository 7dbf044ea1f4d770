--- Scenarios: two sides, what is between them, and what each must observe.
--
--     local result = wss.scenario {
--       name = "cert-expired",
--       pki = function(pki)
--         local ca = pki.ca { cn = "Test CA" }
--         return { ca = ca, server = ca:issue { dns = "localhost",
--           not_after = "2020-01-01" } }
--       end,
--       server = { cert = "$server" },
--       client = { host = "localhost", ca = "$ca" },
--       expect = { client = { code = "cert-expired", alert_sent = 45 } },
--     }:run()
--     print(result.ok, tostring(result))
-- @module wsstls.scenario
local check = require "wsstls.pki.check"
local core = require "wsstls.core"
local definition = require "wsstls.scenario.definition"
local errors = require "wsstls.errors"
local spec = require "wsstls.scenario.spec"
local watchdog = require "wsstls.scenario.watchdog"
local workers = require "wsstls.workers"

local scenario = {}

local LOAD = 10

local methods = {}
local mt = { __name = "wsstls.Scenario" }

-- A scenario's fields are those of its definition.
mt.__index = function(self, name)
  local method = methods[name]
  if method ~= nil then return method end
  return self.definition[name]
end

mt.__tostring = function(self)
  return ("wsstls.Scenario (%s)"):format(self.definition.name)
end

--- True for what `wss.scenario{...}` gives.
function scenario.is(x)
  return type(x) == "table" and getmetatable(x) == mt
end

local function new(t)
  local bad, one = definition.check(t), nil
  if not bad then one, bad = definition.read(t) end
  if bad then return nil, bad end
  return setmetatable({ definition = one }, mt)
end

-- ---------------------------------------------------------------- running

local result_methods = {}

local function tell(how)
  return function(result)
    return require("wsstls.scenario.story")[how](result)
  end
end

--- What tostring(result) gives (one line, and one for each mismatch), and a
-- paragraph for each side.
-- @function result:story
result_methods.story = tell "tell"

local result_mt = { __index = result_methods, __name = "wsstls.Result",
  __tostring = tell "text" }

local RUN = { tls = "string", key = "string", seed = "number",
  fixed = "boolean", pki = "table", on_event = "function" }

local KEYS = { "ec", "rsa", "ed25519", "ed448" }

local found = {}

-- Whether the command succeeds that asks for a foreign program; once each.
local function has(command)
  if found[command] == nil then
    -- true or 0: Lua 5.1 gives the status
    local status = os.execute("{ " .. command .. "; } >/dev/null 2>&1")
    found[command] = status == true or status == 0
  end
  return found[command]
end

local function skipped(self, o)
  local versions = self.versions
  if self.needs and not has(self.needs) then
    return "it needs what is not here: " .. self.needs
  end
  if not o.tls or not versions then return nil end
  for _, version in ipairs(versions) do
    if version == o.tls then return nil end
  end
  return ("it is about %s only"):format(table.concat(versions, ", "))
end

local function read_run(self, o)
  local _, bad = check.options(RUN, o, "run")
  if bad then error(bad, 3) end
  o = o or {}
  if o.tls then
    local types = require "wsstls.options_types"
    local version
    version, bad = types.version(o.tls, "tls")
    if not version then error("run: " .. bad, 3) end
    o = setmetatable({ tls = version }, { __index = o })
  end
  if o.key then
    _, bad = check.member(o.key, KEYS, "run: option 'key'")
    if bad then error(bad, 3) end
  end
  if o.fixed and not self.fixed then
    error(("run: scenario '%s' has no fixed twin"):format(self.name), 3)
  end
  return o
end

--- Runs it once.
-- @tparam[opt] table o `tls` (both sides speak this version; a side that
-- names its own keeps it), `key` (type of the keys that `pki` makes without
-- saying which), `seed`, `fixed` (run the fixed twin), `pki` (instead of
-- wsstls.pki), `on_event` (function(event): `{type="start", name, title,
-- tags, fixed, tls, key}`, `{type="result", result}`)
-- @treturn table `{ok, name, title, text, tags, fault, expect, tls, key,
-- duration, client, server, records, mismatches, skipped}`; it never raises
-- for what the run did
function methods:run(o)
  o = read_run(self, o)
  local effective = definition.effective(self.definition, o.fixed)
  local emit = o.on_event or function() end
  emit { type = "start", name = effective.name, title = effective.title,
         tags = effective.tags, fixed = o.fixed == true, tls = o.tls,
         key = o.key }
  local why = skipped(effective, o)
  local result
  if why then
    result = { ok = true, skipped = why, name = effective.name,
      title = effective.title, tags = effective.tags, tls = o.tls,
      key = o.key, mismatches = {}, duration = 0 }
  else
    result = require("wsstls.scenario.run").play(effective, o)
  end
  result.fixed = o.fixed == true
  setmetatable(result, result_mt)
  emit { type = "result", name = result.name, result = result }
  return result
end

-- ---------------------------------------------------------------- finding

local function unusable(path, why)
  return errors.fail { code = "config-scenario-unusable", phase = "config",
    message = ("%s: %s"):format(path, why) }
end

-- What a file returns; whatever it does, no longer than that.
local function value_of(chunk, seconds)
  local deadline = core.now() + seconds
  local guard = watchdog.new(function() return deadline end)
  -- called from C: what the file raises is said of no line of ours
  local ended, ok, one = pcall(guard.run, pcall, chunk)
  guard.done()
  if not ended then ok, one = false, ok end
  -- Ctrl-C is no fault of the file
  if not ok and workers.is_interrupt(one) then error(one, 0) end
  return ok, one
end

--- The scenario of a file.
-- @tparam string path
-- @tparam[opt=10] number seconds that the file may take to be loaded
-- @treturn table|nil scenario; nil, err, code: the file is missing, is no
-- Lua, raises, or returns something else
function scenario.load(path, seconds)
  if type(path) ~= "string" then
    error("load: expected a path, got " .. type(path), 2)
  end
  local file, missing = io.open(path, "rb")
  if not file then
    return errors.fail { code = "config-file-missing", phase = "config",
      message = missing }
  end
  file:close()
  local chunk, bad = loadfile(path)
  if not chunk then return unusable(path, bad) end
  local ok, one = value_of(chunk, seconds or LOAD)
  if not ok then return unusable(path, tostring(one)) end
  if not scenario.is(one) then
    return unusable(path, "it returns no scenario: return wss.scenario{...}")
  end
  return one
end

local ALL = { tags = "table|string", group = "string" }

local function tags_of(o)
  local tags = o.tags
  return type(tags) == "string" and { tags } or tags
end

--- The installed scenarios, in the order of the catalogue.
-- @tparam[opt] table o `group`, `tags` (all of them)
-- @treturn table list
function scenario.all(o)
  local _, bad = check.options(ALL, o, "all")
  if bad then error(bad, 2) end
  o = o or {}
  return require("wsstls.scenario.catalogue").all { group = o.group,
    tags = tags_of(o) }
end

local MATRIX = { scenarios = "table", tags = "table|string", group = "string",
  versions = "table", keys = "table", client = "table", server = "table",
  fixed = "boolean", seed = "number", on_event = "function" }

--- Crosses scenarios with TLS versions, key types and foreign sides.
-- @tparam table o `scenarios` (or `tags`, `group` of installed ones),
-- `versions`, `keys`, `client`, `server` (a foreign side: `{command=}`),
-- `fixed` (false: without the twins), `seed`, `on_event`
-- @treturn table list of results
function scenario.matrix(o)
  local _, bad = check.options(MATRIX, o, "matrix")
  if bad then error(bad, 2) end
  o = o or {}
  local versions
  versions, bad = definition.versions(o.versions, "matrix: versions")
  if bad then error(bad, 2) end
  for i, key in ipairs(o.keys or {}) do
    _, bad = check.member(key, KEYS, ("matrix: keys[%d]"):format(i))
    if bad then error(bad, 2) end
  end
  o = setmetatable({ versions = versions }, { __index = o })
  for i, one in ipairs(o.scenarios or {}) do
    if not scenario.is(one) then
      error(("matrix: scenarios[%d] is no scenario"):format(i), 2)
    end
  end
  local list = o.scenarios or require("wsstls.scenario.catalogue").all {
    group = o.group, tags = tags_of(o) }
  return require("wsstls.scenario.matrix").run(list, o, function(t)
    return assert(new(t))
  end)
end

return setmetatable(scenario, {
  __call = function(_, t)
    local one, bad = new(t)
    if not one then error(bad, 2) end
    spec.register(one)
    return one
  end,
})
