--- A side that is a foreign program, judged by its exit status and by what
-- the other side observed.
-- @module wsstls.scenario.foreign
local core = require "wsstls.core"
local definition = require "wsstls.scenario.definition"
local errors = require "wsstls.errors"
local expectation = require "wsstls.scenario.expectation"
local sides = require "wsstls.scenario.sides"

local foreign = {}

local now = core.now

-- What `wss.program` fills in its words, of a side's options.
local WORDS = { "cert", "key", "ca", "pkcs12", "password" }
local OURS = { "command", "ready", "env", "cwd", "stdin" }

local function options(run, side)
  local t, o = run.def[side], { timeout = run:remaining() }
  local filled = run:options(definition.OWN[side], side)
  for _, name in ipairs(WORDS) do o[name] = filled[name] end
  for _, name in ipairs(OURS) do o[name] = run:fill(t[name]) end
  o.password = filled.pkcs12_password or filled.key_password
  return o
end

-- `exit signal output duration`, as far as it has come; `stopped`: it has not
-- ended by itself, `children`: it left some behind.
local function record_of(program)
  local status = program:status() or { output = program:output(),
    duration = program:duration(), stopped = true }
  return { exit = status.exit, signal = status.signal,
    output = status.output, duration = status.duration,
    stopped = status.stopped or nil, children = status.children or nil }
end

local function side_of(program)
  if not program then return {} end
  local record = record_of(program)
  return { ok = record.exit == 0, code = record.exit == 0 and "ok" or nil,
    exit = record.exit, output = record.output, record = record }
end

--- Starts a server that is a program.
-- @treturn table|nil driver; nil, err
function foreign.server(run)
  local o = options(run, "server")
  o.host = run.def.server.host
  local program, err = require("wsstls.program").start(o)
  if not program then
    return errors.fail { code = err.code, message = err.detail,
                         side = "server" }
  end
  run:at_end(function() program:stop() end)
  run.ctx.server = program
  local driver = { port = program.port, host = o.host or "127.0.0.1",
                   scheme = run.def.server.tls == false and "ws" or "wss" }
  function driver.seen() return true end
  function driver.wait_seen() end
  -- it writes and ends in its own time: what is expected is waited for
  function driver.settle(deadline)
    local expect = run.def.expect.server or {}
    local rest = math.max(0, deadline - now())
    if expect.exit then return program:wait(rest) ~= nil end
    return not expect.output or program:expect(function(output)
      return expectation.found(expect.output, output)
    end, rest) ~= nil or program:status() ~= nil
  end
  -- it serves until it is told to stop: that is no failure of its own
  function driver.side()
    local ended = program:status() ~= nil
    program:stop()
    local side = side_of(program)
    if not ended then side.ok, side.code = true, "ok" end
    return side
  end
  return driver
end

--- Starts a client that is a program.
-- @tparam function target gives the URL to dial
-- @treturn table driver
function foreign.client(run, target)
  local driver = {}
  driver.task = run:spawn("client", function()
    local o = options(run, "client")
    o.url = target(run)
    o.host = run.def.client.host or "localhost"
    o.port = run.place.port
    run.ctx.url = o.url
    local program, err = require("wsstls.program").start(o)
    if not program then
      driver.failure = err
      return
    end
    driver.program = program
    run:at_end(function() program:stop() end)
    program:wait() -- the deadline ends this task
  end)
  function driver.side()
    if driver.failure then return sides.of_error(driver.failure, "client") end
    return side_of(driver.program)
  end
  return driver
end

return foreign
