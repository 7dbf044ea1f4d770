-- The WebSocket handshake of a raw peer: good by itself, wrong as told.
local helper = require("helper")
local wss = require("wsstls")

local ANSWER = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" -- RFC 6455 1.3

-- A raw client at a server of ours.
local function at_server(options)
  local server = assert(wss.listen { tls = false,
    protocols = options and options.protocols })
  local peer = assert(wss.raw.connect { host = "127.0.0.1",
    port = server.port, tls = false })
  return peer, server
end

-- What a raw server saw and our client got.
local function at_client(change, first, options)
  local listener = assert(wss.raw.listen { tls = false })
  local request, conn, err
  wss.run(function()
    wss.spawn(function()
      local peer = assert(listener:accept(5))
      request = peer:upgrade(change, first)
      peer:read("all", 5)
      peer:close()
    end)
    local o = { timeout = 5 }
    for name, value in pairs(options or {}) do o[name] = value end
    conn, err = wss.connect("ws://127.0.0.1:" .. listener.port .. "/chat?a=1",
      o)
    if conn then conn:close(1000, "", 0.01) end
  end)
  listener:close()
  return request, conn, err
end

describe("the handshake of a raw peer", function()
  teardown(helper.cleanup)

  it("as a client is one that our server accepts", function()
    local peer, server = at_server()
    local answer = assert(peer:upgrade())
    assert.same({ 101, "1.1", ANSWER }, { answer.status, answer.version,
      answer.headers["sec-websocket-accept"] })
    peer:write(wss.frame.build { opcode = "close", mask = true })
    assert.equal("\136\0", peer:read(2, 5))
    peer:close()
    server:close()
  end)

  it("as a server is one that our client accepts", function()
    local request, conn = at_client()
    assert.is_truthy(conn)
    assert.same({ "GET", "/chat", "a=1" },
      { request.method, request.path, request.query })
    assert.equal("13", request.headers["sec-websocket-version"])
  end)

  it("changes a header, leaves one out, and adds one", function()
    local peer, server = at_server()
    local answer = peer:upgrade { ["Sec-WebSocket-Version"] = "8" }
    assert.equal(426, answer.status)
    peer:close()
    server:close()
    peer, server = at_server()
    assert.equal(400, peer:upgrade({ ["Sec-WebSocket-Key"] = false }).status)
    peer:close()
    server:close()
    peer, server = at_server { protocols = { "b" } }
    answer = peer:upgrade { ["Sec-WebSocket-Protocol"] = "a, b" }
    assert.equal("b", answer.headers["sec-websocket-protocol"])
    peer:close()
    server:close()
  end)

  it("says the first line and whole lines as they are given", function()
    local request, conn, err = at_client({ "X-Odd : y" },
      "HTTP/1.1 599 Odd")
    assert.is_nil(conn)
    assert.is_truthy(request)
    assert.equal("upgrade", err.phase)
    conn, err = select(2, at_client(nil,
      "HTTP/1.0 101 Switching Protocols"))
    assert.is_nil(conn)
    assert.equal("upgrade-http-version", err.code)
  end)

  it("gives what went wrong with the other's half of it", function()
    local listener = assert(wss.raw.listen { tls = false })
    local client = assert(wss.raw.connect { host = "127.0.0.1",
      port = listener.port, tls = false })
    local peer = assert(listener:accept(5))
    local request, err = peer:upgrade(nil, nil, 0.05)
    assert.is_nil(request)
    assert.equal("timeout", err.code)
    client:write("nonsense\r\n\r\n")
    request, err = peer:upgrade(nil, nil, 5)
    assert.is_nil(request)
    assert.equal("upgrade-bad-request", err.code)
    peer:write("220 mail.test ESMTP\r\n\r\n")
    request, err = client:upgrade()
    assert.is_nil(request)
    assert.equal("upgrade-bad-response", err.code)
    peer:close()
    assert.equal("closed", select(3, client:upgrade()))
    client:close()
    listener:close()
  end)

  it("names what it cannot take", function()
    local peer, server = at_server()
    assert.has_error(function() peer:upgrade("x") end,
      "upgrade: expected a table of headers, got string")
    assert.has_error(function() peer:upgrade({}, 1) end,
      "upgrade: expected the first line as a string, got number")
    assert.has_error(function() peer:upgrade({}, "GET", "1") end,
      "upgrade: timeout must be a number of seconds, got string")
    peer:close()
    server:close()
  end)
end)
