--- The server of a scenario: ours, a raw peer, or a foreign program.
--
-- A driver is `{ port, scheme, host, seen(), wait_seen(deadline),
-- settle(deadline), side() }`: `seen` says whether a client came, `settle`
-- waits until its connections are over, `side` tells what became of it.
-- @module wsstls.scenario.servers
local core = require "wsstls.core"
local definition = require "wsstls.scenario.definition"
local foreign = require "wsstls.scenario.foreign"
local loop = require "wsstls.loop"
local sides = require "wsstls.scenario.sides"
local task = require "wsstls.task"

local servers = {}

local now = core.now
local OWN = definition.OWN.server

-- ---------------------------------------------------------------- wss / ws

local CALLBACKS = { "on_open", "on_message", "on_close", "on_error",
                    "on_tls_error" }

-- What a callback of the scenario's raises is a mismatch of this run, not an
-- error out of whoever pumps the loop.
local function guard(run, o)
  for _, name in ipairs(CALLBACKS) do
    local fn = o[name]
    if fn then
      o[name] = function(conn, ...)
        if not run:ask("server." .. name, fn, conn, ...)
           and type(conn) == "table" and conn.close then
          conn:close(1011)
        end
      end
    end
  end
  for _, name in ipairs { "on_upgrade", "on_request" } do
    local fn = o[name]
    if fn then
      o[name] = function(...)
        local ok, answer = run:ask("server." .. name, fn, ...)
        if ok then return answer end
        return { status = 500 }
      end
    end
  end
end

local function echo(conn, data, kind)
  conn:send(data, kind)
end

local function serve_run(run, conn, fn)
  run:act("server.run", conn, fn, conn, run.ctx)
  -- the client's close must be seen, whatever it still sends before it
  while conn:receive(run:remaining()) do end -- luacheck: ignore 542
end

local function handlers(run, o, opened)
  guard(run, o)
  local on_open, fn = o.on_open, run.def.server.run
  o.on_open = function(conn)
    opened[#opened + 1] = conn
    if on_open then on_open(conn) end
    if fn then run:spawn("server.run", serve_run, run, conn, fn) end
  end
  if not fn and not o.on_message then o.on_message = echo end
end

-- Until every connection it has is over.
local function settle(server, deadline)
  while now() < deadline do
    local one = server:connections()[1]
    if not one then return true end
    local ok, woken = task.pcall(loop.wait, one, deadline)
    if ok and woken == nil then return false end
  end
  return false
end

-- The record to judge, of several: the connection that opened, else the
-- first that failed.
local function told(server, opened)
  local conn = opened[1]
  if conn then return sides.of_conn(conn) end
  return sides.of_record(server:failures()[1])
end

local function listen(run)
  local o, opened = run:options(OWN, "server"), {}
  handlers(run, o, opened)
  local server, err = require("wsstls.server").listen(o)
  if not server then return nil, err end
  run:at_end(function()
    server:close()
    for _, conn in ipairs(server:connections()) do conn.handle:abort() end
    run:turn()
  end)
  run.ctx.server = server
  local driver = { port = server.port, host = o.host or "127.0.0.1",
    scheme = server.url:match("^%w+"), object = server }
  --- Whether anything has come of the client.
  function driver.seen()
    return opened[1] ~= nil or server:connections()[1] ~= nil
      or server:failures()[1] ~= nil
  end
  function driver.settle(deadline) return settle(server, deadline) end
  function driver.wait_seen(deadline)
    while not driver.seen() and now() < deadline do
      local ok, woken = task.pcall(loop.wait, server, deadline)
      if ok and woken == nil then return end
    end
  end
  function driver.side() return told(server, opened) end
  return driver
end

-- --------------------------------------------------------------------- raw

local function listen_raw(run)
  local raw = require "wsstls.raw"
  local listener, err = raw.listen(sides.raw_options(run, OWN, "server"))
  if not listener then return nil, err end
  run:at_end(function() listener:close() end)
  local peer, failure
  local one = run:spawn("server.raw", function()
    peer, failure = listener:accept(run:remaining())
    if peer then
      run:at_end(function() peer:close() end)
      run:act("server.raw", peer, run.def.server.raw, peer, run.ctx)
    end
  end)
  local driver = { port = listener.port, host = run.def.server.host
    or "127.0.0.1", scheme = run.def.server.tls == false and "ws" or "wss" }
  function driver.seen() return peer ~= nil or failure ~= nil end
  function driver.wait_seen() end
  function driver.settle(deadline)
    return run:wait(one, math.max(0, deadline - now()))
  end
  function driver.side() return sides.of_peer(peer, failure, "server") end
  return driver
end

--- Starts the server of a run.
-- @treturn table|nil driver; nil and an error when it could not be started
function servers.start(run)
  local t = run.def.server
  if t.command then return foreign.server(run) end
  if t.raw then return listen_raw(run) end
  return listen(run)
end

return servers
