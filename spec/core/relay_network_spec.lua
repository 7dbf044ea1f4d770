-- What a network does to a connection: ends, silence, slowness (the
-- catalogue's 75 to 83).
local core = require("wsstls.core")
local endings = require("core.endings")
local helper = require("helper")
local lab = require("core.relay_lab")
local raw = require("wsstls.raw")
local wss = require("wsstls")

local function timed(fn)
  local started = core.now()
  local result = fn()
  return core.now() - started, result
end

describe("#slow through a relay", function()
  teardown(helper.cleanup)

  it("a ws:// client on a wss port is known as such", function()
    local relay, server, seen = lab.open {}
    local url = ("ws://127.0.0.1:%d/"):format(relay.port)
    local _, _, code = wss.connect(url, { timeout = 3 })
    assert.is_truthy(code)
    endings.failure(server, seen, { code = "tls-plain-client" })
    assert.is_truthy(endings.openssl_codes(server:failures()[1])
      :find("0A00009C"))
    assert.equal("plain", relay:records()[1].type)
    assert.equal("client", relay:records()[1].from)
    relay:close()
    server:close()
  end)

  it("a wss:// client on a ws port learns that this is no TLS", function()
    local r = lab.run { settle = false, server = { tls = false } }
    assert.equal("tls-not-tls", r.code)
    assert.is_truthy(endings.openssl_codes(r.client):find("0A00010B"))
    assert.equal("plain", r.rows[2].type)
    assert.equal("server", r.rows[2].from)
  end)

  it("ws:// passes and is logged as plain bytes", function()
    local relay, server = lab.open { server = { tls = false },
      rules = { { from = "client", record = "plain", nth = 2,
                  action = "latency", seconds = 0.01 } } }
    local conn = assert(wss.connect(("ws://127.0.0.1:%d/"):format(relay.port)))
    assert.equal("over the wire", lab.echo(conn))
    for _, row in ipairs(relay:records()) do
      assert.equal("plain", row.type)
      assert.is_nil(row.version)
    end
    assert.equal(1, #lab.touched(relay:records()))
    conn:close()
    relay:close()
    server:close()
  end)

  it("accept-and-never-answer is a timeout of the handshake", function()
    local relay = assert(wss.relay { accept = false })
    local err = helper.fails("timeout-tls", wss.connect(relay.url, {
      ca = endings.certs().ca, timeout = { tls = 0.3 } }))
    assert.equal("tls", err.phase)
    helper.wait(function()
      return relay:connections()[1].ended_by == "client"
    end, 5, "the client's end")
    relay:close()
  end)

  it("a black hole is a timeout of connecting, for everybody", function()
    local relay = assert(wss.relay { accept = "never" })
    for _, scheme in ipairs { "ws", "wss" } do
      local err = helper.fails("timeout-connect", wss.connect(
        ("%s://127.0.0.1:%d/"):format(scheme, relay.port),
        { timeout = { connect = 0.1 } }))
      assert.equal("tcp", err.phase)
    end
    assert.same({}, relay:connections())
    relay:close()
    assert.has_error(function() wss.relay { accept = "maybe" } end,
      "relay: option 'accept': expected true, false or \"never\", "
      .. "got string \"maybe\"")
  end)

  it("nobody upstream is a reset for the client, and in the log", function()
    local relay = assert(wss.relay {
      upstream = "127.0.0.1:" .. helper.free_port() })
    helper.fails("tcp-reset", wss.connect(relay.url, {
      ca = endings.certs().ca, timeout = 3 }))
    local connection, rows = relay:connections()[1], relay:records()
    local row = rows[#rows] -- the ClientHello may be before it
    assert.equal("tcp-refused", row.action)
    assert.equal("upstream", connection.ended_by)
    assert.equal("tcp-refused", connection.code)
    assert.equal(111, connection.errno)
    relay:close()
  end)

  it("an upstream name that does not resolve is told likewise", function()
    local relay = assert(wss.relay { upstream = "nowhere.invalid:443" })
    helper.fails("tcp-reset", wss.connect(relay.url, {
      ca = endings.certs().ca, timeout = 8 }))
    assert.matches("^dns%-", relay:connections()[1].code)
    relay:close()
  end)

  it("refuse_after lets so many in and refuses the rest", function()
    local relay, server = lab.open { relay = { refuse_after = 2 } }
    for _ = 1, 2 do
      local conn = assert(wss.connect(relay.url, {
        ca = endings.certs().ca }))
      assert(conn:close())
    end
    helper.fails("tcp-refused", wss.connect(relay.url, {
      ca = endings.certs().ca }))
    relay:close()
    server:close()
    relay = assert(wss.relay { upstream = "127.0.0.1:1", refuse_after = 0 })
    helper.fails("tcp-refused", wss.connect(relay.url, {
      ca = endings.certs().ca }))
    relay:close()
  end)

  it("down cuts and refuses, up accepts again", function()
    local relay, server = lab.open {}
    local opts = { ca = endings.certs().ca, timeout = 4 }
    local conn = assert(wss.connect(relay.url, opts))
    assert(relay:down())
    helper.fails("closed-abnormally", conn:receive(3))
    helper.fails("tcp-refused", wss.connect(relay.url, opts))
    assert(relay:up())
    conn = assert(wss.connect(relay.url, opts))
    assert.equal("over the wire", lab.echo(conn))
    assert.equal("relay", relay:connections()[1].ended_by)
    conn:close()
    relay:close()
    server:close()
  end)
end)

describe("#slow a relay of two streams that are there already", function()
  teardown(helper.cleanup)

  it("passes first what was read of them, then the rest, by its rules",
    function()
    local listener = assert(raw.listen { tls = false })
    local function pair()
      local near = assert(raw.connect { port = listener.port, tls = false })
      return near, assert(listener:accept(5))
    end
    local client, left = pair()
    local server, right = pair()
    local relay = assert(wss.relay { accept = false, rules = {
      { from = "server", record = "plain", byte = 6, mask = 32,
        action = "flip" } } })
    assert(client:write("line\nrest"))
    assert.equal("line", left:read("line", 5))
    assert.is_true((relay:join(left, right)))
    assert.equal("rest", server:read(4, 5))
    assert(client:write(" and more"))
    assert.equal(" and more", server:read(9, 5))
    assert(server:write("ANSWERS"))
    assert.equal("ANSWERs", client:read(7, 5))
    server:close()
    helper.fails("closed", client:read(1, 5))
    client:close()
    helper.wait(function() return #relay:connections() == 1
      and relay:connections()[1].over end, 5, "its end")
    assert.equal("server", relay:connections()[1].ended_by)
    helper.fails("closed", relay:join(left, right))
    assert.is_false((pcall(relay.join, relay, left)))
    relay:close()
    listener:close()
  end)
end)

describe("#slow a relay that goes quiet", function()
  teardown(helper.cleanup)

  for _, version in ipairs(lab.VERSIONS) do
    for _, from in ipairs { "client", "server" } do
      it(("in the middle of the %s's first record: timeout-tls (%s)")
        :format(from, version), function()
        local r = lab.run { version = version, settle = false,
          client = { timeout = { tls = 0.3 } },
          rules = { { from = from, nth = 1, action = "truncate" },
                    { from = from, nth = 1, action = "stall" } } }
        assert.equal("timeout-tls", r.code)
        assert.is_nil(lab.alert(r.client, "received"))
        assert.equal("truncate+stall", lab.touched(r.rows)[1].action)
      end)
    end

    it(("after the handshake: timeout-upgrade (%s)"):format(version),
      function()
      local r = lab.run { version = version, settle = false,
        client = { timeout = { upgrade = 0.3 } },
        rules = { { from = "client", record = "application",
          nth = lab.DATA[version].client - 1, action = "stall" } } }
      assert.equal("timeout-upgrade", r.code)
    end)
  end

  it("in an open connection leaves it open", function()
    local r = lab.run { version = "TLSv1.3", settle = false,
      talk = function(conn)
        assert(conn:send("into the void"))
        return conn:receive(0.2)
      end, rules = { { from = "client", record = "application", nth = 3,
        action = "stall" } } }
    assert.equal("timeout", r.code)
    assert.is_nil(r.connections[1].ended_by)
  end)

  it("in one direction only lets the other pass", function()
    local relay, server, seen = lab.open { rules = { { from = "client",
      record = "application", nth = 3, action = "stall",
      to = "server" } } }
    local conn = assert(wss.connect(relay.url, { ca = endings.certs().ca,
      max_version = "TLSv1.3", min_version = "TLSv1.3" }))
    helper.wait(function() return seen.conn end, 5, "the server's side")
    assert(conn:send("never arrives"))
    assert(seen.conn:send("arrives"))
    assert.equal("arrives", (conn:receive(3)))
    helper.fails("timeout", conn:receive(0.05))
    relay:close()
    server:close()
  end)

  it("for a time goes on where it was", function()
    local seconds = timed(function()
      local r = lab.run { version = "TLSv1.3", rules = { { from = "client",
        record = "application", nth = 3, action = "stall",
        seconds = 0.2 } } }
      assert.equal("over the wire", r.answer)
    end)
    assert.is_true(seconds >= 0.2, seconds)
  end)

  it("goes on when the rule is taken away", function()
    local relay, server = lab.open {}
    local conn = assert(wss.connect(relay.url, {
      ca = endings.certs().ca }))
    local id = assert(relay:add { from = "client", action = "stall" })
    assert(conn:send("patience"))
    helper.fails("timeout", conn:receive(0.05))
    assert.is_true(relay:remove(id))
    assert.equal("patience", (conn:receive(3)))
    conn:close()
    assert.same({}, select(2, relay:close()))
    server:close()
  end)
end)

-- title, phase, rule, code, phase of the error
local ENDS = {
  { "the handshake", { from = "server", nth = 1 }, "tls" },
  { "the upgrade", { from = "server", record = "application" }, "upgrade" },
}

describe("#slow a relay that ends a connection", function()
  teardown(helper.cleanup)

  for _, version in ipairs(lab.VERSIONS) do
    for _, case in ipairs(ENDS) do
      local rule = lab.with(case[2])
      if case[3] == "upgrade" then
        rule.nth = lab.DATA[version].server - 1 -- the answer
      end

      it(("with a RST in %s: tcp-reset (%s)"):format(case[1], version),
        function()
        local r = lab.run { version = version,
          rules = { lab.with(rule, { action = "reset" }) } }
        assert.equal("tcp-reset", r.code, tostring(r.err))
        assert.equal(case[3], r.err.phase)
        assert.equal("ECONNRESET", r.client.os_error.name)
        assert.equal("rule", r.connections[1].ended_by)
      end)

      it(("with a FIN in %s (%s)"):format(case[1], version), function()
        local r = lab.run { version = version,
          rules = { lab.with(rule, { action = "close" }) } }
        assert.equal(case[3] == "tls" and "tls-eof" or "upgrade-no-response",
          r.code, tostring(r.err))
        if case[3] == "tls" then
          assert.is_truthy(endings.openssl_codes(r.client):find("0A000126"))
        end
        assert.is_nil(lab.alert(r.client, "received"))
      end)
    end

    for action, os_error in pairs { reset = "ECONNRESET", close = false } do
      for _, from in ipairs { "client", "server" } do
        it(("by %s in an open one, at the %s's data: 1006 on both sides (%s)")
          :format(action, from, version), function()
          local r = lab.run { version = version, rules = { { from = from,
            record = "application", nth = lab.DATA[version][from],
            action = action } } }
          assert.equal("closed-abnormally", r.code)
          assert.equal(1006, r.client.close.code)
          assert.equal(1006, r.server.close.code)
          if os_error then
            assert.equal(os_error, r.client.os_error.name)
            assert.equal(os_error, r.server.os_error.name)
          else
            assert.is_nil(r.client.os_error)
            assert.is_nil(r.server.os_error)
          end
        end)
      end
    end
  end

  for _, action in ipairs { "close", "reset" } do
    it(("lets nothing pass and ends it later with %s and seconds")
      :format(action), function()
      local r
      local seconds = timed(function()
        r = lab.run { version = "TLSv1.3", rules = { { from = "client",
          record = "application", nth = 3, action = action,
          seconds = 0.2 } } }
      end)
      assert.equal("closed-abnormally", r.code)
      assert.is_true(seconds >= 0.2, seconds)
    end)
  end

  it("may end it for the client alone", function()
    local relay, server, seen = lab.open { rules = { { from = "client",
      record = "application", nth = 3, action = "reset",
      to = "client" } } }
    local conn = assert(wss.connect(relay.url, { ca = endings.certs().ca }))
    conn:send("the last words")
    helper.fails("closed-abnormally", conn:receive(3))
    wss.step(0.05)
    assert.equal("open", seen.conn.state)
    seen.conn:close(1000, "", 0.1)
    helper.wait(function() return relay:connections()[1].ended_by end, 5,
      "the end")
    relay:close()
    server:close()
  end)

  it("half closes: the server hears an end, its words still arrive",
    function()
    local listener = assert(raw.listen { tls = false })
    local relay = assert(wss.relay { upstream = "127.0.0.1:" .. listener.port,
      rules = { { from = "client", nth = 2, action = "half_close" } } })
    local client = assert(raw.connect { port = relay.port, tls = false })
    local server = assert(listener:accept(5))
    assert(client:write("first"))
    assert.equal("first", server:read(5, 5))
    assert(client:write("lost"))
    helper.fails("closed", server:read(1, 5))
    assert(server:write("still here"))
    assert.equal("still here", client:read(10, 5))
    assert.equal(1, relay:connections()[1].lost_records.client)
    assert.equal(4, relay:connections()[1].lost_bytes.client)
    client:close()
    server:close()
    relay:close()
    listener:close()
  end)

  it("tells of the end later with slow_close", function()
    local relay, server, seen = lab.open { rules = {
      { from = "client", action = "slow_close", seconds = 0.3 } } }
    local conn = assert(wss.connect(relay.url, { ca = endings.certs().ca }))
    helper.wait(function() return seen.conn end, 5, "the server's side")
    conn.handle:abort()
    local seconds = timed(function()
      helper.wait(function() return seen.closes[1] end, 5, "the end")
    end)
    assert.is_true(seconds >= 0.29, seconds)
    local _, unfired = relay:close()
    assert.same({}, unfired)
    server:close()
  end)

  it("after so many bytes with limit, and not one more", function()
    local relay, server = lab.open { server = { tls = false }, rules = {
      { from = "server", action = "limit", length = 1000 } } }
    local conn = assert(wss.connect(("ws://127.0.0.1:%d/"):format(relay.port)))
    local err
    for _ = 1, 10 do
      conn:send(("x"):rep(200))
      local answer, failed = conn:receive(3)
      if not answer then
        err = failed
        break
      end
    end
    assert.equal("closed-abnormally", err.code)
    helper.wait(function() return relay:connections()[1].ended_by end, 5)
    local c = relay:connections()[1]
    assert.equal(1000, c.bytes.server - c.lost_bytes.server)
    relay:close()
    server:close()
  end)
end)
