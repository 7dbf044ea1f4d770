-- Servers and connections on loopback that end with their test.
local stress = require("core.stress")

local loopback = {}

local servers = {}
-- weak: some tests are about what nobody holds any more
local conns = setmetatable({}, { __mode = "k" })

--- A server with the certificate of `stress.identity`, wss unless told else.
function loopback.listen(o)
  local server = stress.server(o)
  servers[#servers + 1] = server
  return server
end

--- What `wss.connect` returns: to a server of ours (with `path`, "/"), whose
-- authority is trusted unless `o.ca` names another.
function loopback.dial(server, o, path)
  local opts = { ca = stress.identity(), timeout = 10 }
  for name, value in pairs(o or {}) do opts[name] = value end
  local conn, err, code = require("wsstls").connect(
    (server.url:gsub("/$", path or "/")), opts)
  if conn then conns[conn] = true end
  return conn, err, code
end

--- Both ends of a connection, and the server.
function loopback.pair(o, dial_options)
  local server = loopback.listen(o)
  local client = assert(loopback.dial(server, dial_options))
  return client, assert(server:accept(5)), server
end

--- For after_each: ends everything. An error of a callback that the test
-- left behind comes out here.
function loopback.close()
  for conn in pairs(conns) do
    conns[conn] = nil
    conn.handle:abort()
  end
  for i = #servers, 1, -1 do table.remove(servers, i):close() end
  require("wsstls").step(0)
end

return loopback
