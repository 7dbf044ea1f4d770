--- The client of a scenario: ours, a raw peer, or a foreign program.
-- @module wsstls.scenario.clients
local definition = require "wsstls.scenario.definition"
local expectation = require "wsstls.scenario.expectation"
local foreign = require "wsstls.scenario.foreign"
local sides = require "wsstls.scenario.sides"
local url = require "wsstls.url"

local clients = {}

local OWN = definition.OWN.client

-- A port that nobody listens on: one that was free a moment ago.
local function free_port()
  local server = assert(require("wsstls.server").listen { tls = false })
  local port = server.port
  server:close()
  return port
end

-- `{port} {host} {proxy} {free_port}` in a text of the scenario's.
local function filled(run, text)
  return (text:gsub("{([%w_]+)}", function(name)
    if name == "port" then
      return tostring(run.place.port or free_port())
    elseif name == "host" then
      return run.def.client.host or "localhost"
    elseif name == "proxy" and run.proxy then
      return "127.0.0.1:" .. run.proxy.port
    elseif name == "free_port" then
      return tostring(free_port())
    end
    return nil
  end))
end

--- Where the client dials: the relay, if there is one, else the server.
-- @treturn string url
-- @treturn string|nil "host:port" of the socket, when the URL's name is only
-- a name
local function target(run)
  local t, place = run.def.client, run.place
  if t.url then return filled(run, t.url) end
  local scheme, port = t.scheme or place.scheme or "wss", t.port
  if type(port) == "string" then port = tonumber(filled(run, port)) end
  port = port or place.port or free_port()
  local text = ("%s://%s%s"):format(scheme,
    url.format_authority(t.host or "localhost", port, scheme), t.path or "/")
  return text, url.format_authority(place.host or "127.0.0.1", port)
end

-- ---------------------------------------------------------------- wss / ws

local function list_of(value)
  if value == nil then return {} end
  return type(value) == "table" and value or { value }
end

local function send_all(run, conn, list)
  for _, item in ipairs(list) do
    local data, kind = item, nil
    if type(item) == "table" then data, kind = item[1], item[2] end
    local ok, err = conn:send(data, kind)
    if not ok then return run:mismatch("client.send", "sent", err.message) end
  end
end

local function receive_all(run, conn, list)
  for _, wanted in ipairs(list) do
    local data, err = conn:receive(run:remaining())
    if data ~= wanted then
      run:mismatch("client.receive", wanted, data or err.message)
      if not data then return end
    end
  end
end

local function read_to_end(run, conn)
  repeat
    local data, _, code = conn:receive(run:remaining())
  until not data or code == "timeout"
end

local function talk(run, conn)
  local t = run.def.client
  send_all(run, conn, list_of(t.send))
  receive_all(run, conn, list_of(t.receive))
  if t.run then run:act("client.run", conn, t.run, conn, run.ctx) end
  if expectation.of_an_end(run.def.expect.client) then
    read_to_end(run, conn)
  end
  conn:close(1000, "", run:remaining())
end

local CALLBACKS = { "on_open", "on_message", "on_close", "on_error" }

local function guard(run, o)
  for _, name in ipairs(CALLBACKS) do
    local fn = o[name]
    if fn then
      o[name] = function(...) run:ask("client." .. name, fn, ...) end
    end
  end
end

local function connect(run, driver)
  local o = run:options(OWN, "client")
  local text, address = target(run)
  if o.connect_to == nil then o.connect_to = address end
  if o.timeout == nil then o.timeout = math.max(0.001, run:remaining()) end
  if o.proxy then
    o.proxy = filled(run, o.proxy)
  elseif run.proxy then
    o.proxy = "http://127.0.0.1:" .. run.proxy.port
  end
  guard(run, o)
  run.ctx.url = text
  local conn, err = require("wsstls.connect").connect(text, o)
  if not conn then
    driver.result = sides.of_error(err, "client")
    return
  end
  driver.conn = conn
  run:at_end(function() conn.handle:abort() end)
  talk(run, conn)
end

-- --------------------------------------------------------------------- raw

local function connect_raw(run, driver)
  local o = sides.raw_options(run, OWN, "client")
  o.host, o.port = run.place.host or "127.0.0.1", run.place.port
  if o.tls and o.tls.verify_host == nil and o.tls.verify_ip == nil then
    o.tls.verify_host = run.def.client.host or "localhost"
  end
  run.ctx.url = target(run)
  local peer, err = require("wsstls.raw").connect(o)
  if not peer then
    driver.result = sides.of_error(err, "client")
    return
  end
  driver.peer = peer
  run:at_end(function() peer:close() end)
  run:ask("client.raw", run.def.client.raw, peer, run.ctx)
  peer:close()
end

--- Starts the client of a run.
-- @treturn table driver `{ task, side() }`
function clients.start(run)
  local t, driver = run.def.client, {}
  if t.command then return foreign.client(run, target) end
  driver.task = run:spawn("client", t.raw and connect_raw or connect, run,
    driver)
  function driver.side()
    if driver.result then return driver.result end
    if driver.conn then return sides.of_conn(driver.conn) end
    if driver.peer then return sides.of_peer(driver.peer, nil, "client") end
    return {}
  end
  return driver
end

return clients
