-- The server object over real sockets.
local helper = require "helper"
local loopback = require "core.loopback"
local stress = require "core.stress"

describe("a server", function()
  local wss
  local ca, leaf = stress.identity()
  local listen, dial = loopback.listen, loopback.dial

  setup(function() wss = require "wsstls" end)
  after_each(loopback.close)
  teardown(helper.cleanup)

  -- Sends bytes over plain TCP to a ws:// server, returns its answer.
  local function raw(server, bytes)
    local socket = require "socket"
    local tcp = assert(socket.connect("127.0.0.1", server.port))
    assert(tcp:send((bytes:gsub("\n", "\r\n"))))
    tcp:settimeout(0)
    local answer = ""
    helper.wait(function()
      local all, err, part = tcp:receive("*a")
      answer = answer .. (all or part)
      return all or err == "closed"
    end, 5)
    tcp:close()
    return answer
  end

  it("answers the port in use with listen-in-use", function()
    local server = listen()
    local err = helper.fails("listen-in-use", wss.listen { cert = leaf,
      port = server.port })
    assert.equal("config", err.phase)
  end)

  it("sends two session tickets, or as many as it is told", function()
    for asked, sent in pairs { [-1] = 2, [0] = 0, [1] = 1 } do
      local server = listen { min_version = "TLSv1.3",
        tickets = asked >= 0 and asked or nil }
      local relay = assert(wss.relay {
        upstream = "127.0.0.1:" .. server.port })
      local conn, count = assert(wss.connect(relay.url, { ca = ca })), 0
      for _, record in ipairs(relay:records()) do
        if record.from == "server" and record.type == "application" then
          count = count + 1
        end
      end
      conn:close()
      relay:close()
      assert.equal(sent, count - 5, asked) -- four of the handshake, and 101
    end
  end)

  it("records a failed handshake once, with both sides' view", function()
    local seen = {}
    local server = listen { on_tls_error = function(o) seen[#seen + 1] = o end }
    local _, err, code = wss.connect(server.url, { timeout = 10 })
    assert.equal("cert-untrusted", code)
    assert.equal(48, helper.fatal_alert(err.observation, "sent"))
    helper.wait(function() return seen[1] end, 5)
    assert.equal(48, helper.fatal_alert(seen[1], "received"))
    assert.equal("127.0.0.1", seen[1].peer.ip)
    local failures = server:failures { clear = true }
    assert.equal(1, #failures)
    helper.validated(failures[1])
    assert.equal(0, #server:failures())
    assert.same({}, server:connections())
  end)

  it("has services by path and answers 404 elsewhere", function()
    local function say(word)
      return { on_open = function(c) c:send(word) end }
    end
    local server = listen { paths = { ["/a"] = say "a", ["/b"] = say "b" } }
    assert.equal("a", (assert(dial(server, nil, "/a")):receive(5)))
    assert.equal("b", (assert(dial(server, nil, "/b?x=1")):receive(5)))
    local _, err, code = dial(server, nil, "/c")
    assert.equal("upgrade-rejected", code)
    assert.equal(404, err.observation.http.status)
  end)

  it("decides about upgrades in on_upgrade", function()
    local server = listen { on_upgrade = function(request)
      if request.headers.authorization == "Bearer x" then return true end
      return { status = 401, headers = { ["WWW-Authenticate"] = "Bearer" },
               body = "who?" }
    end }
    local _, err, code = dial(server)
    assert.equal("upgrade-unauthorized", code)
    assert.equal("Bearer", err.observation.http.headers["www-authenticate"])
    assert.is_table(assert(dial(server, {
      headers = { Authorization = "Bearer x" } })))
    assert.equal(1, #server:failures())
  end)

  it("refuses subprotocols it does not have", function()
    local server = listen { protocols = { "chat" } }
    local _, err, code = dial(server, { protocols = { "news" } })
    assert.equal("upgrade-rejected", code)
    assert.equal(400, err.observation.http.status)
    assert.is_nil(assert(dial(server)).protocol)
  end)

  it("answers plain requests and bad upgrades over TCP", function()
    local server = listen { tls = false, on_request = function(request)
      return { status = 200, body = "path " .. request.path }
    end }
    assert.matches("^HTTP/1.1 200 OK\r\n.*path /health",
      raw(server, "GET /health HTTP/1.1\nHost: a\n\n"))
    assert.matches("^HTTP/1.1 426 Upgrade Required\r\n"
      .. "Sec%-WebSocket%-Version: 13",
      raw(server, "GET / HTTP/1.1\nHost: a\nUpgrade: websocket\n"
        .. "Connection: Upgrade\nSec-WebSocket-Version: 8\n"
        .. "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n\n"))
  end)

  it("reloads its certificate without dropping connections", function()
    local server = listen { on_message = function(c, d) c:send(d) end }
    local old = assert(dial(server))
    local other = wss.pki.ca { cn = "Other CA" }
    assert.is_true(server:reload { cert = other:issue { cn = "localhost",
      ip = { "127.0.0.1" } } })
    helper.fails("cert-untrusted", dial(server))
    assert.is_table(assert(dial(server, { ca = other })))
    old:send("still here")
    assert.equal("still here", (old:receive(5)))
    helper.fails("config-file-missing",
      server:reload { cert = "/nonexistent/server.pem" })
    assert.is_table(assert(dial(server, { ca = other })))
  end)

  it("requires client certificates from the reload on that names a CA",
    function()
      local server = listen()
      assert.is_true(server:reload { ca = ca })
      helper.fails("client-cert-missing",
        dial(server, { max_version = "1.2" }))
      assert.is_true(server:reload { client_verify = "none" })
      assert.is_true(server:reload { ca = ca })
      assert.is_true(assert(dial(server)):close())
    end)

  it("knows NaN from a number of seconds", function()
    local server = listen()
    for _, fn in ipairs { server.accept, function(_, t) wss.step(t) end } do
      local ok, err = pcall(fn, server, 0 / 0)
      assert.is_false(ok)
      assert.is_truthy(err:find("number of seconds", 1, true))
    end
  end)

  it("chooses the certificate by server name", function()
    local server = listen { sni = { ["a.test"] = {
      cert = ca:issue { cn = "a.test", dns = { "a.test" } } } } }
    assert.is_table(assert(dial(server, { verify_host = "a.test" })))
    assert.is_table(assert(dial(server)))
    helper.fails("cert-host-mismatch",
      dial(server, { verify_host = "b.test" }))
  end)

  it("requires client certificates when it has a CA", function()
    local server = listen { ca = ca }
    local client, err, code = dial(server)
    -- TLS 1.3 tells the client after its own handshake is over
    if client then client, err, code = client:receive(5) end
    assert.is_nil(client)
    assert.equal("client-cert-missing", code, tostring(err))
    local mine = ca:issue { cn = "me" }
    local conn = assert(dial(server, { cert = mine }))
    local peer = assert(server:accept(5))
    assert.equal("CN=me", peer:verify_result().chain[1].subject)
    conn:close()
  end)

  it("limits what waits for accept", function()
    local server = listen { backlog = 1 }
    local first = assert(dial(server))
    local _, err, code = dial(server)
    assert.equal("upgrade-rejected", code)
    assert.equal(503, err.observation.http.status)
    assert.is_true(err.temporary)
    assert(server:accept(5))
    assert(dial(server))
    first:close()
  end)

  it("closes its connections with 1001", function()
    local server = listen()
    local client = assert(dial(server))
    assert(server:accept(5))
    server:close()
    local _, err, code = client:receive(5)
    assert.equal("closed", code)
    assert.equal(1001, err.observation.close.code)
    helper.fails("tcp-refused", dial(server))
    assert.equal("closed", select(3, server:accept(1)))
  end)
end)
