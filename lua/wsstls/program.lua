--- Foreign programs: started, watched, and killed with all they started.
--
--     local server = assert(wss.program {
--       command = { "openssl", "s_server", "-port", "{port}", "-cert",
--                   "{cert}", "-key", "{key}", "-quiet" },
--       cert = leaf, ready = "ACCEPT" })
--     wss.connect("wss://localhost:" .. server.port .. "/", ...)
--     server:stop()
--
-- It leads a process group of its own; whatever is left of it dies when it
-- ends, is stopped or collected, or the Lua state closes. A grandchild that
-- leaves the group (setsid) is out of reach.
-- @module wsstls.program
local check = require "wsstls.pki.check"
local core = require "wsstls.core"
local errors = require "wsstls.errors"
local files = require "wsstls.program_files"
local loop = require "wsstls.loop"
local start = require "wsstls.start"

local program = {}

local now = core.now

local OPTIONS = { command = "table|string", ready = "string|function",
  env = "table", cwd = "string", timeout = "number",
  stdin = "string|boolean", host = "string", port = "number", url = "string",
  ca = "string|table", cert = "string|table", key = "string|table",
  pkcs12 = "string|table",
  password = "string" }

local TIMEOUT = 10
-- Of its output in an error's message.
local SHOWN = 2000

local Program = {}
local mt = { __name = "wsstls.Program" }

mt.__index = function(self, name)
  local method = Program[name]
  if method then return method end
  if name == "pid" then return self.handle:pid() end
  return nil
end

mt.__tostring = function(self)
  return ("wsstls.Program (%s)"):format(self.name)
end

local function fail(code, message)
  return errors.fail { code = code, phase = "config", message = message }
end

-- ----------------------------------------------------------------- methods

--- What it wrote so far, both streams: at most 64 KiB, the beginning and the
-- end; what was cut between them is marked.
-- @treturn string
-- @treturn number bytes it wrote, kept or not
function Program:output()
  return self.handle:output()
end

--- How it ended.
-- @treturn table|nil `{exit, signal, output, duration, children, stopped}`;
-- nil while it runs. `exit` is nil when a signal ended it; `children`: it
-- left some, which were killed; `stopped`: we did it
function Program:status()
  local status, duration = self.handle:status()
  if not status then return nil end
  status.output, status.duration = self:output(), duration
  return status
end

--- Seconds it runs, or ran.
function Program:duration()
  local _, duration = self.handle:status()
  return duration
end

-- Waits until look() gives something, it has ended, or the time is over.
local function wait_for(self, timeout, look)
  local deadline, last = timeout and now() + timeout, false
  while true do
    local ended = self.handle:status()
    local found = look()
    if found or ended or last then return found, ended end
    local woken = loop.wait(self, deadline)
    if woken == nil then return nil, nil, true end
    last = not woken
  end
end

local function never() return nil end

--- Waits until it has ended.
-- @tparam[opt] number timeout seconds
-- @treturn table|nil as `status`; `nil, err, code` ("timeout": it still runs)
function Program:wait(timeout)
  loop.check_seconds("wait", timeout)
  local _, ended, cancelled = wait_for(self, timeout, never)
  if ended then return self:status() end
  if cancelled then return errors.fail { code = "cancelled" } end
  return fail("timeout", ("%s did not end within %g s"):format(self.name,
    timeout))
end

local function shown(self)
  local text = self:output()
  if #text > SHOWN then text = "..." .. text:sub(-SHOWN) end
  return text ~= "" and "; it wrote:\n" .. text or "; it wrote nothing"
end

local function how_ended(self)
  local status = self.handle:status()
  if status.signal then
    return ("%s was ended by signal %d"):format(self.name, status.signal)
  end
  return ("%s ended with status %s"):format(self.name,
    tostring(status.exit or "unknown"))
end

--- Waits until its output matches.
-- @tparam string|function ready a Lua pattern, or function(output, program)
-- that gives something true
-- @tparam[opt=10] number timeout seconds
-- @return the captures (the match, when it has none), or what the function
-- gave; `nil, err, code` ("program-not-ready")
function Program:expect(ready, timeout)
  loop.check_seconds("expect", timeout)
  timeout = timeout or TIMEOUT
  local seen, result = -1, nil
  local function look()
    local output, total = self:output()
    if total == seen and type(ready) == "string" then return nil end
    seen = total
    result = type(ready) == "function" and { ready(output, self) }
      or { output:match(ready) }
    return result[1]
  end
  local found, ended, cancelled = wait_for(self, timeout, look)
  if found then return (table.unpack or unpack)(result) end
  if cancelled then return errors.fail { code = "cancelled" } end
  return fail("program-not-ready", (ended and how_ended(self)
    or ("%s was not ready within %.4g s"):format(self.name, timeout))
    .. shown(self))
end

--- Kills it and everything in its process group, and removes its directory.
-- Safe to call again; `status` and `output` still answer.
-- @treturn boolean true
function Program:stop()
  self.handle:stop()
  if self.files then self.files:remove() end
  loop.fire(self)
  return true
end

Program.close = Program.stop
mt.__close = Program.stop

-- ---------------------------------------------------------------- starting

local function free_port()
  local server, err = require("wsstls.server").listen { tls = false }
  if not server then return nil, err end
  local port = server.port
  server:close()
  return port
end

-- The words of the command, filled in. A string is the shell's.
local function words_of(o, fill)
  if type(o.command) == "string" then
    return { "sh", "-c", (fill(o.command, true)) }
  end
  local words = {}
  for i, word in ipairs(o.command) do words[i] = fill(tostring(word)) end
  return words
end

local function environment(o, fill)
  local list = {}
  for name, value in pairs(o.env or {}) do
    list[#list + 1] = value == false and name
      or ("%s=%s"):format(name, fill(tostring(value)))
  end
  table.sort(list)
  return list
end

local function misuse_of(o)
  local _, bad = check.options(OPTIONS, o, "program")
  if bad then return bad end
  if o == nil or o.command == nil or #o.command == 0 then
    return "program: option 'command' is missing: { \"name\", \"argument\", "
      .. "... } or a line for the shell"
  end
  if type(o.command) == "string" then return nil end
  for i, word in ipairs(o.command) do
    if type(word) ~= "string" and type(word) ~= "number" then
      return ("program: option 'command': word %d is a %s"):format(i,
        type(word))
    end
  end
  return nil
end

local function wait_ready(self, o)
  if not o.ready then return true end
  local found, err, code = self:expect(o.ready, o.timeout)
  if not found then
    self:stop()
    return nil, err, code
  end
  -- a program that chose its port says so: ready = "port (%d+)"
  self.port = self.port or tonumber(found)
  return true
end

local function launch(o)
  local ok, code, message, phase = start.core()
  if not ok then
    return errors.fail { code = code, message = message, phase = phase }
  end
  local own = files.new(o, free_port)
  local called, argv, env = pcall(function()
    return words_of(o, own.fill), environment(o, own.fill)
  end)
  if not called then
    own:remove()
    if errors.is(argv) then return nil, argv, argv.code end
    error(argv, 0)
  end
  local input = o.stdin
  if input == true then input = "" elseif input == false then input = nil end
  local self = setmetatable({ name = argv[1], files = own, _waiter = false,
    _busy = false, port = own.port, dir = own.path }, mt)
  self.handle, code, message = core.program({ argv = argv, env = env,
    cwd = o.cwd, input = input }, self)
  if not self.handle then
    own:remove()
    return fail(code, message)
  end
  local ready, err, why = wait_ready(self, o)
  if not ready then return nil, err, why end
  return self
end

--- Starts a program.
-- @tparam table o `command` (list of words, or a line for the shell),
-- `ready` (a Lua pattern its output must match first, or a function),
-- `timeout` (10, for `ready`), `env` (name -> text, false unsets), `cwd`,
-- `stdin` (text that it is fed, its input stays open; true: open and empty;
-- absent: /dev/null), and what is filled in for `{port} {host} {url} {ca}
-- {cert} {key} {p12} {password} {dir}` in command and env: `port` (a free one
-- when it is asked for), `host`, `url`, `ca`, `cert`, `key`, `pkcs12`
-- (pki objects, PEM or paths; files of mode 0600 in `{dir}`), `password`
-- @treturn table|nil program with `.port .pid .dir`; `nil, err, code`
-- ("program-not-started", "program-not-ready")
function program.start(o)
  local bad = misuse_of(o)
  if bad then error(bad, 2) end
  return launch(o)
end

return setmetatable(program, {
  __call = function(_, o)
    local bad = misuse_of(o)
    if bad then error(bad, 2) end
    return launch(o)
  end,
})
