--- wsstls: WebSocket over TLS, and why it failed.
--
--     local wss = require "wsstls"
--     local conn = assert(wss.connect("wss://localhost:8443/", {
--       ca_file = "ca.pem" }))
--     conn:send("hello")
--     print(conn:receive(5))
--
-- Run-time failures return `nil, err, code`; misuse raises at the caller.
-- @module wsstls

local core = require "wsstls.core"
local connect = require "wsstls.connect"
local json = require "wsstls.json"
local log = require "wsstls.log"
local loop = require "wsstls.loop"
local options = require "wsstls.options"
local server = require "wsstls.server"
local start = require "wsstls.start"
local task = require "wsstls.task"
local errors = require "wsstls.errors"

local wss = {
  connect = connect.connect,
  listen = server.listen,
  run = task.run,
  spawn = task.spawn,
  sleep = task.sleep,
  stop = task.stop,
  pcall = task.pcall,
  assert = errors.assert,
  configure = start.configure,
}

-- Modules that are loaded when they are asked for: wss.pki, wss.relay, ...
local LAZY = {
  pki = "wsstls.pki", relay = "wsstls.relay", proxy = "wsstls.proxy",
  raw = "wsstls.raw", frame = "wsstls.frame", check = "wsstls.check",
  scenario = "wsstls.scenario", program = "wsstls.program",
  errors = "wsstls.errors",
}

local function config_fail(code, message, phase)
  return errors.fail { code = code, message = message,
    phase = phase or "config" }
end

--- One turn of the loop: waits at most `timeout` seconds for something to
-- happen (nil: as long as it takes), and handles it.
-- @treturn boolean true
function wss.step(timeout)
  loop.check_seconds("step", timeout)
  return loop.step(timeout)
end

--- A descriptor that becomes readable when `step` has something to do; for
-- another library's loop, together with `events` and `timeout`.
function wss.pollfd()
  start.must()
  return core.pollfd()
end

--- What to poll the descriptor for: always "r".
function wss.events()
  return "r"
end

--- Seconds after which `step(0)` is due even if nothing happens, or nil.
function wss.timeout()
  return loop.timeout()
end

--- Judges a certificate chain without a network.
-- @tparam table opts `chain` or `cert`, trust options as for connect, `host`
-- or `ip`, `time`, `purpose`
-- @treturn table|nil a verify-result (docs/api.md), or `nil, err, code` when
-- something could not be loaded
function wss.verify(opts)
  local o, bad = opts
  if not options.are_plain(opts) then
    o, bad = options.read("verify", opts, "verify: ")
  end
  if not o then error(bad, 2) end
  local result, code, message, phase = core.verify(o)
  if not result then return config_fail(code, message, phase) end
  return result
end

--- JSON text of a record, a verify-result, a report or an error.
function wss.json(x)
  local ok, text = pcall(json.encode, x)
  if not ok then error(text, 2) end
  return text
end

--- Explains an error, a record, a code, a number or pasted text.
function wss.explain(x, ...)
  return require("wsstls.explain").explain(x, ...)
end

--- Where libwebsockets' lines and ours go; silent by default.
-- @tparam string level "silent" "error" "warning" "notice" "info" "debug"
-- @param[opt] sink function(text, level), a path to append to, or an open
-- file; nil is standard error
-- @treturn boolean|nil true, or `nil, err, code`
function wss.log(level, sink)
  local called, ok, bad = pcall(log.set, level, sink)
  if not called then error(ok, 2) end
  if not ok then return config_fail("config-file-unreadable", bad) end
  return true
end

--- `{wsstls, openssl, libwebsockets, lua, event_loop}`.
function wss.versions()
  local versions = core.versions()
  versions.lua = type(jit) == "table" and jit.version or _VERSION
  versions.event_loop = versions.event_loop or start.event_loop
  return versions
end

-- A module that is not part of this build is simply absent; one that fails to
-- load says so.
local function load_lazily(name)
  local ok, module = pcall(require, name)
  if ok then return module end
  if type(module) == "string"
     and module:find("module '" .. name .. "' not found", 1, true) then
    return nil
  end
  error(module, 0)
end

return setmetatable(wss, {
  __index = function(self, key)
    local name = LAZY[key]
    local module = name and load_lazily(name)
    if module ~= nil then rawset(self, key, module) end
    return module
  end,
})
