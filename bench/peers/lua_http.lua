-- lua_http.lua CERT KEY: lua-http.   client: lua_http.lua PORT CA COUNT client
local http_server = require("http.server")
local http_tls = require("http.tls")
local websocket = require("http.websocket")
local context = require("openssl.ssl.context")
local pkey = require("openssl.pkey")
local x509 = require("openssl.x509")
local store = require("openssl.x509.store")

local function read(path)
  local file = assert(io.open(path))
  local text = file:read("*a")
  file:close()
  return text
end

local function serve(cert, key)
  local ctx = http_tls.new_server_context()
  ctx:setCertificate(x509.new(read(cert)))
  ctx:setPrivateKey(pkey.new(read(key)))
  local server = assert(http_server.listen {
    host = "127.0.0.1", port = 0, tls = true, ctx = ctx, version = 1.1,
    onstream = function(_, stream)
      local headers = assert(stream:get_headers())
      local ws = websocket.new_from_stream(stream, headers)
      if not ws or not ws:accept() then return end
      local data, kind = ws:receive()
      while data and ws:send(data, kind) do
        data, kind = ws:receive()
      end
      ws:close()
    end,
    onerror = function() end,
  })
  assert(server:listen())
  local _, _, port = server:localname()
  print("ready " .. port)
  io.stdout:flush()
  assert(server:loop())
end

local function rounds(url, ctx, count)
  for _ = 1, count do
    local ws = websocket.new_from_uri(url)
    ws.request.ctx = ctx
    assert(ws:connect(10))
    assert(ws:send(("x"):rep(64), "binary"))
    assert(ws:receive(10))
    ws:close()
  end
end

local function dial(port, ca, count)
  local ctx = http_tls.new_client_context()
  local trust = store.new()
  trust:add(ca)
  ctx:setStore(trust)
  ctx:setVerify(context.VERIFY_PEER)
  local url = "wss://127.0.0.1:" .. port .. "/"
  rounds(url, ctx, math.ceil(count / 10))
  local before = os.clock()
  rounds(url, ctx, count)
  print(("cpu=%.1f"):format((os.clock() - before) / count * 1e6))
end

if arg[4] then
  dial(arg[1], arg[2], tonumber(arg[3]))
else
  serve(arg[1], arg[2])
end
