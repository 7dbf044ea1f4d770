-- What the specs and the demo share: places, processes, deadlines, validated
-- observations.
-- Nothing here sleeps: a wait either pumps wsstls's own loop or reads a pipe.
local helper = {}

local here = io.popen("pwd"):read("*l")
local processes, removals = {}, {}

local function core()
  return require("wsstls.core")
end

function helper.quote(s)
  return "'" .. tostring(s):gsub("'", "'\\''") .. "'"
end

--- Runs a shell command to its end; returns its output (both streams, last
-- newline cut) and its exit status.
function helper.shell(command)
  local pipe = assert(io.popen("exec sh -c " ..
    helper.quote("( " .. command .. "\n) 2>&1 </dev/null; printf '\\n%d' $?")))
  local output = pipe:read("*a")
  pipe:close()
  local text, status = output:match("^(.-)\n(%d+)$")
  return (text:gsub("\n$", "")), tonumber(status)
end

--- A `sleep` that is this run's: the suite runs beside itself.
helper.NAP = "sleep 7" .. assert(io.open("/proc/self/stat"):read("*n"))

--- How many of them run.
function helper.napping()
  return tonumber((helper.shell(("pgrep -c -x -f '%s'"):format(helper.NAP))))
end

--- As shell, but a status other than 0 is an error.
function helper.must(command)
  local output, status = helper.shell(command)
  if status ~= 0 then
    error(("%s: status %d\n%s"):format(command, status, output), 2)
  end
  return output
end

function helper.installed(program)
  local _, status = helper.shell("command -v " .. helper.quote(program))
  return status == 0
end

--- An empty directory, removed by cleanup.
function helper.dir()
  local path = helper.must("mktemp -d")
  removals[#removals + 1] = path
  return path
end

function helper.write(path, text)
  local file = assert(io.open(path, "wb"))
  assert(file:write(text))
  assert(file:close())
  return path
end

function helper.read(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local text = file:read("*a")
  file:close()
  return text
end

--- The absolute path of a file of the repository.
function helper.path(relative)
  return here .. "/" .. relative
end

--- A port nobody listens on now: for programs that cannot choose their own.
function helper.free_port()
  local wss = require("wsstls")
  local server = assert(wss.listen { port = 0, tls = false })
  local port = server.port
  server:close()
  return port
end

--- Pumps the loop until predicate() gives something true, and returns that.
-- Raises when `seconds` (10) pass first.
function helper.wait(predicate, seconds, what)
  local wss, now = require("wsstls"), core().now
  local deadline = now() + (seconds or 10)
  while true do
    local result = predicate()
    if result then return result end
    if now() >= deadline then
      error(("%s: not within %g s"):format(what or "wait", seconds or 10), 2)
    end
    wss.step(0.02)
  end
end

--- Calls fn and fails when it takes longer: at once where fn runs Lua code,
-- after it where it is stuck in a single call.
function helper.within(seconds, fn, ...)
  local now = core().now
  local deadline = now() + seconds
  local function check()
    if now() > deadline then
      error(("not done within %g s"):format(seconds), 2)
    end
  end
  debug.sethook(check, "", 10000)
  local results = { pcall(fn, ...) }
  debug.sethook()
  if not results[1] then error(results[2], 0) end
  check()
  return (table.unpack or unpack)(results, 2)
end

-- Foreign programs -----------------------------------------------------------

local process = {}
process.__index = process

-- The wrapper leads a process group of its own. It reads a pipe that nobody
-- writes to: when we close our end, or die, it kills the whole group.
local WRAPPER = [[
exec 3<&0
{ { %s; } >>%s/out 2>&1; echo "@exit $?" >>%s/out; } &
cat <&3 >/dev/null
kill -KILL 0
]]

local function environment(env)
  local words = { "NODE_PATH=" .. helper.quote(os.getenv("NODE_PATH") or
    here .. "/build/node/node_modules:/usr/share/nodejs") }
  for name, value in pairs(env or {}) do
    words[#words + 1] = name .. "=" .. helper.quote(value)
  end
  return "env " .. table.concat(words, " ") .. " "
end

--- Starts a foreign program: `command` is a list of words, `env` a table,
-- `ready` an extended regular expression: spawn returns when a line of the
-- output matches it, and raises with the output when the program ends or
-- `timeout` (10) seconds pass first. `stdin`, a string, is fed
-- to it and then left open: most programs take its end as a wish to leave.
function helper.spawn(o)
  local words = {}
  for i, word in ipairs(o.command) do words[i] = helper.quote(word) end
  local dir = helper.dir()
  local command = environment(o.env) .. table.concat(words, " ") .. " 3<&-"
  if o.stdin then
    helper.write(dir .. "/in", o.stdin)
    command = ("mkfifo %s/fifo; " ..
      "{ cat %s/in; exec cat <&3; } 2>/dev/null >%s/fifo & " ..
      "%s <%s/fifo"):format(dir, dir, dir, command, dir)
  else
    command = command .. " </dev/null"
  end
  helper.write(dir .. "/out", "")
  local self = setmetatable({
    dir = dir, name = o.command[1],
    pipe = assert(io.popen("exec setsid sh -c " ..
      helper.quote(WRAPPER:format(command, dir, dir)), "w")),
  }, process)
  processes[#processes + 1] = self
  if o.ready then self:ready(o.ready, o.timeout) end
  return self
end

--- Waits for a line of output that matches the extended regular expression
-- and returns it. Does not pump the loop.
function process:ready(pattern, timeout)
  local command = ("timeout %g tail -n +1 -f %s/out 2>/dev/null | " ..
    "grep -a -m 1 -E -e %s -e '^@exit '"):format(timeout or 10, self.dir,
    helper.quote(pattern))
  local pipe = io.popen("exec sh -c " .. helper.quote(command))
  local line = pipe:read("*l")
  pipe:close()
  if not line or line:find("^@exit ") then
    error(("%s is not ready: %s\n%s"):format(self.name,
      line and "it ended" or "nothing matched in time", self:output()), 3)
  end
  return line
end

function process:output()
  local text = helper.read(self.dir .. "/out") or ""
  return (text:gsub("@exit %d+\n", ""))
end

--- Its exit status, or nil while it runs; and its output so far.
function process:status()
  local text = helper.read(self.dir .. "/out") or ""
  return tonumber(text:match("@exit (%d+)\n")), self:output()
end

--- Pumps the loop until the program has ended; returns its exit status and
-- its output, or raises after `timeout` (10) seconds.
function process:wait(timeout)
  local ok = pcall(helper.wait, function() return self:status() end, timeout)
  if not ok then
    error(("%s has not ended\n%s"):format(self.name, self:output()), 2)
  end
  return self:status()
end

--- Pumps the loop until the output matches the Lua pattern; its captures.
function process:expect(pattern, timeout)
  local ok = pcall(helper.wait, function()
    return self:output():find(pattern)
  end, timeout)
  if not ok then
    error(("%s never said %q\n%s"):format(self.name, pattern,
      self:output()), 2)
  end
  return self:output():match(pattern)
end

--- Kills the whole process group; safe to call again.
function process:stop()
  if self.pipe then
    self.pipe:close()
    self.pipe = nil
  end
end

--- Ends every program and removes every directory of this spec: for
-- after_each or teardown.
function helper.cleanup()
  for i = #processes, 1, -1 do
    processes[i]:stop()
    processes[i] = nil
  end
  if #removals == 0 then return end
  local words = {}
  for i, path in ipairs(removals) do words[i] = helper.quote(path) end
  removals = {}
  helper.must("rm -rf " .. table.concat(words, " "))
end

-- Observations ---------------------------------------------------------------

--- Returns the observation when it keeps to its schema, raises otherwise.
-- Every spec sends every observation it sees through here.
function helper.validated(observation)
  local ok, problems = require("wsstls.observation").validate(observation)
  if not ok then
    if type(problems) == "table" then
      problems = table.concat(problems, "\n")
    end
    error("the observation breaks its schema: " .. tostring(problems), 2)
  end
  return observation
end

--- Asserts that a call failed with `code` and returns the error object;
-- what it observed is validated on the way.
function helper.fails(code, result, err, got)
  if result ~= nil then
    error(("expected %s, and it worked"):format(code), 2)
  end
  if got ~= code then
    error(("expected %s, got %s: %s"):format(code, tostring(got),
      tostring(err)), 2)
  end
  if err.observation then helper.validated(err.observation) end
  return err
end

--- The number of the fatal alert an observation has in that direction
-- ("sent" or "received"), or nil.
function helper.fatal_alert(observation, direction)
  for _, alert in ipairs(observation.alerts) do
    if alert.direction == direction and alert.level == "fatal" then
      return alert.number
    end
  end
end

return helper
