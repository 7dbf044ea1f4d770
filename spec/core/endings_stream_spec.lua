-- How a stream can end before anybody said a word of WebSocket: names,
-- addresses, silence, resets and ends, in each phase.
local endings = require("core.endings")
local helper = require("helper")
local stress = require("core.stress")
local wss = require("wsstls")

local fails = endings.fails
local unpack = table.unpack or unpack

describe("#slow a connection that never comes to be", function()
  it("is refused where nobody listens", function()
    for _, scheme in ipairs { "ws", "wss" } do
      local port = helper.free_port()
      local err, o = fails(("%s://127.0.0.1:%d/"):format(scheme, port), {}, {
        code = "tcp-refused", phase = "tcp", fault = "server" })
      assert.is_true(err.temporary)
      assert.equal("ECONNREFUSED", o.os_error.name)
      assert.equal("tcp", o.phase)
      assert.is_nil(o.tls)
      assert.same({ ip = "127.0.0.1", port = port }, o.peer)
    end
  end)

  it("ends at an address nobody can connect to", function()
    -- TCP to a group of hosts: the kernel says so at once
    local err = fails("wss://224.0.0.1/", { timeout = 8 }, { phase = "tcp",
      code = "tcp-unreachable" })
    assert.is_true(err.temporary)
    -- link-local, and not said on which link
    local other = fails("wss://[fe80::1]/", { timeout = 8 },
      { phase = "tcp" })
    assert.is_true(other.code == "tcp-failed"
      or other.code == "tcp-unreachable", other.code)
  end)

  it("ends at a name that does not exist", function()
    local conn, err, code = wss.connect("wss://nowhere.invalid/",
      { timeout = 8 })
    assert.is_nil(conn)
    assert.is_true(code == "dns-not-found" or code == "dns-failed", code)
    endings.judge(err, { code = code, phase = "dns" })
    assert.equal(code == "dns-failed", err.temporary)
    assert.is_truthy(tostring(err):find("nowhere.invalid", 1, true))
    assert.equal("dns", err.observation.phase)
  end)

  it("cannot be listened for on an address that is not ours", function()
    local server, err, code = wss.listen { host = "192.0.2.1", tls = false }
    assert.is_nil(server)
    assert.equal("listen-failed", code)
    assert.equal("config", err.phase)
    assert.is_truthy(err:story())
  end)
end)

describe("#slow a peer that says nothing", function()
  local lab

  setup(function() lab = endings.lab() end)
  teardown(function()
    lab:stop()
    helper.cleanup()
  end)

  it("is timeout-connect while TCP waits", function()
    local full = helper.spawn { stdin = "",
      command = { "/usr/bin/python3", "-I",
        helper.path("spec/core/peers/full.py") }, ready = "^port" }
    local port = full:output():match("port (%d+)")
    local err, o = fails("ws://127.0.0.1:" .. port, {
      timeout = { connect = 0.2 } },
      { code = "timeout-connect", phase = "tcp" })
    assert.is_true(err.temporary)
    assert.equal("tcp", o.phase)
  end)

  it("is timeout-tls while TLS waits, and no alert was seen", function()
    local port = lab:listen("skip")
    local err, o = fails("wss://127.0.0.1:" .. port, {
      timeout = { tls = 0.2 } }, { code = "timeout-tls", phase = "tls" })
    assert.is_true(err.temporary)
    assert.same({}, o.alerts)
    assert.equal("tls", o.phase)
  end)

  it("is timeout-tls in the middle of the server's flight", function()
    local port = lab:listen("read 5", "send \22\3\3\0\122\2\0", "skip")
    fails("wss://127.0.0.1:" .. port, { timeout = { tls = 0.2 } },
      { code = "timeout-tls", phase = "tls" })
  end)

  it("is timeout-upgrade while the answer waits", function()
    local ca = endings.certs().ca
    local port = lab:listen(lab:tls(), "skip")
    local _, o = fails("wss://127.0.0.1:" .. port, {
      ca = ca, timeout = { upgrade = 0.2 } },
      { code = "timeout-upgrade", phase = "upgrade" })
    assert.is_true(o.verify.ok)
    assert.equal("TLSv1.3", o.tls.version)
    assert.is_nil(o.http and o.http.status)
    fails("ws://127.0.0.1:" .. lab:listen("skip"), {
      timeout = { upgrade = 0.2 } },
      { code = "timeout-upgrade", phase = "upgrade" })
  end)

  it("is timeout-upgrade in the middle of the head", function()
    local port = lab:listen("head", "send HTTP/1.1 101 Swi", "skip")
    fails("ws://127.0.0.1:" .. port, { timeout = { upgrade = 0.2 } },
      { code = "timeout-upgrade", phase = "upgrade" })
  end)

  it("names the phase when the deadline is one number", function()
    local ca = endings.certs().ca
    fails("wss://127.0.0.1:" .. lab:listen("skip"), { timeout = 0.2 },
      { code = "timeout-tls", phase = "tls" })
    fails("wss://127.0.0.1:" .. lab:listen(lab:tls(), "skip"), {
      ca = ca, timeout = 0.6 }, -- time enough for TLS where others are busy
      { code = "timeout-upgrade", phase = "upgrade" })
  end)

  it("does not outlive one number by starting a new phase", function()
    -- each phase alone is shorter than the deadline, both together are not
    local began = os.time()
    fails("wss://127.0.0.1:" .. lab:listen(lab:tls(), "skip"), {
      ca = endings.certs().ca, timeout = stress.seconds(0.6) },
      { code = "timeout-upgrade", phase = "upgrade" })
    assert.is_true(os.time() - began <= stress.seconds(2))
  end)

  it("is timeout-tls at our server, and one for the upgrade", function()
    local server, seen = endings.serve { handshake_timeout = 0.2 }
    lab:connect(server.port, "skip")
    local record = endings.failure(server, seen,
      { code = "timeout-tls", phase = "tls" })
    assert.same({}, record.alerts)
    assert.equal(1, #seen.tls_errors)
    server:close()

    server, seen = endings.serve { handshake_timeout = stress.seconds(0.6) }
    lab:connect(server.port, "tls", "send GET / HTTP/1.1\r\nHost:", "skip")
    endings.failure(server, seen,
      { code = "timeout-upgrade", phase = "upgrade", fault = "client" })
    assert.equal(0, #seen.tls_errors)
    server:close()
  end)
end)

describe("#slow a stream that ends", function()
  local lab, ca

  setup(function()
    lab, ca = endings.lab(), endings.certs().ca
  end)
  teardown(function()
    lab:stop()
    helper.cleanup()
  end)

  local function against(scheme, expect, ...)
    local port = lab:listen(...)
    return fails(("%s://127.0.0.1:%d/"):format(scheme, port), { ca = ca },
      expect)
  end

  it("with a reset while TLS begins is tcp-reset", function()
    local err, o = against("wss", { code = "tcp-reset", phase = "tls",
      fault = "network" }, "read 5", "rst")
    assert.equal("ECONNRESET", o.os_error.name)
    assert.is_true(err.temporary)
  end)

  it("with an end while TLS begins is tls-eof", function()
    local _, o = against("wss", { code = "tls-eof", phase = "tls" },
      "read 5", "half", "skip")
    assert.is_nil(o.os_error)
  end)

  it("at once after accepting is in the phase of TLS, or before", function()
    -- what the kernel tells first is a race: each round may be another one
    local fin, rst = lab:listen("fin"), lab:listen("rst")
    for _ = 1, 20 do
      local conn, err, code = wss.connect("wss://127.0.0.1:" .. fin)
      assert.is_nil(conn)
      assert.is_true(code == "tls-eof" or code == "tcp-reset", code)
      endings.judge(err, { phase = "tls" })
      conn, err, code = wss.connect("wss://127.0.0.1:" .. rst)
      assert.is_nil(conn)
      assert.equal("tcp-reset", code)
      endings.judge(err, { fault = "network" })
      assert.is_true(err.phase == "tls" or err.phase == "tcp", err.phase)
    end
  end)

  it("in the middle of the server's flight is tls-eof", function()
    against("wss", { code = "tls-eof", phase = "tls" },
      "read 5", "send \22\3\3\0\122\2\0", "half", "skip")
  end)

  it("before any answer is upgrade-no-response", function()
    for _, scheme in ipairs { "ws", "wss" } do
      local tls = scheme == "wss" and lab:tls() or nil
      local steps = { "head", "fin" }
      if tls then table.insert(steps, 1, tls) end
      local err, o = against(scheme, { code = "upgrade-no-response",
        phase = "upgrade", fault = "server" },
        unpack(steps))
      assert.is_true(err.temporary)
      assert.equal("upgrade", o.phase)
    end
  end)

  it("with close_notify before any answer is the same", function()
    local port = lab:listen(lab:tls(), "head", "notify")
    local _, err = wss.connect("wss://127.0.0.1:" .. port, { ca = ca })
    endings.judge(err, { code = "upgrade-no-response", phase = "upgrade" })
  end)

  it("with a reset before any answer is tcp-reset there", function()
    against("ws", { code = "tcp-reset", phase = "upgrade" }, "head", "rst")
    local _, o = against("wss", { code = "tcp-reset", phase = "upgrade" },
      lab:tls(), "head", "rst")
    assert.equal("ECONNRESET", o.os_error.name)
  end)

  it("inside the head is upgrade-truncated", function()
    local half = "send HTTP/1.1 101 Switching Protocols\r\nUpgr"
    against("ws", { code = "upgrade-truncated", phase = "upgrade" },
      "head", half, "fin")
    against("wss", { code = "upgrade-truncated", phase = "upgrade" },
      lab:tls(), "head", half, "fin")
  end)

  it("inside the head with a reset is tcp-reset", function()
    against("wss", { code = "tcp-reset", phase = "upgrade" }, lab:tls(),
      "head", "send HTTP/1.1 101 Swi", "rst")
  end)

  -- after the 101 the connection is open: its loss is told by receive
  local function lost(scheme, ...)
    local port = lab:listen(...)
    local told = {}
    local conn = assert(wss.connect(("%s://127.0.0.1:%d/"):format(scheme,
      port), { ca = ca, on_error = function(_, e) told[#told + 1] = e end }))
    assert(conn:send("hello"))
    local data, err, code = conn:receive(5)
    assert.is_nil(data)
    assert.equal("closed-abnormally", code)
    assert.equal(1, #told)
    assert.equal(err, conn:error())
    local _, again = conn:receive(0)
    assert.equal(err, again)
    assert.equal("closed", conn.state)
    return endings.judge(err, { code = "closed-abnormally", phase = "open" })
  end

  for _, ending in ipairs { "fin", "rst" } do
    it("after the 101 with " .. ending .. " is closed-abnormally", function()
      local answer = "send " .. endings.answer()
      for _, scheme in ipairs { "ws", "wss" } do
        local _, o
        if scheme == "ws" then
          _, o = lost("ws", "head", answer, "read 11", ending)
        else
          _, o = lost("wss", lab:tls(), "head", answer, "read 11", ending)
        end
        assert.equal(1006, o.close.code)
        assert.is_false(o.close.clean)
        assert.equal("network", o.close.initiated_by)
        if ending == "rst" then
          assert.equal("ECONNRESET", o.os_error.name)
        end
      end
    end)
  end

  it("is the same at our server when it is open", function()
    for _, ending in ipairs { "fin", "rst" } do
      local server, seen = endings.serve()
      lab:connect(server.port, "tls", "send " .. endings.request(), "head",
        ending)
      helper.wait(function() return seen.closes[1] end, 5, "on_close")
      assert.equal(1006, seen.closes[1].close.code)
      assert.equal(1, #seen.errors)
      endings.judge(seen.errors[1],
        { code = "closed-abnormally", phase = "open" })
      assert.same({ dropped = 0 }, server:failures())
      server:close()
    end
  end)

  it("during TLS is told at our server, too", function()
    for _, case in ipairs {
      { "fin", "tls-eof" }, { "rst", "tcp-reset" },
    } do
      local server, seen = endings.serve()
      lab:connect(server.port, "send \22\3\1\0\200\1\0", case[1])
      endings.failure(server, seen, { code = case[2], phase = "tls" })
      assert.equal(1, #seen.tls_errors)
      server:close()
    end
  end)

  it("after TLS and before the request is told at our server", function()
    for _, case in ipairs {
      { "fin", nil }, { "notify", nil }, { "rst", "tcp-reset" },
    } do
      local server, seen = endings.serve()
      lab:connect(server.port, "tls max=1.2", case[1])
      endings.failure(server, seen, { code = case[2], phase = "upgrade" })
      server:close()
    end
  end)

  it("inside the request is upgrade-truncated at our server", function()
    local server, seen = endings.serve()
    lab:connect(server.port, "tls max=1.2",
      "send GET / HTTP/1.1\r\nHost: a", "fin")
    local record = endings.failure(server, seen,
      { code = "upgrade-truncated", phase = "upgrade" })
    assert.equal("TLSv1.2", record.tls.version)
    server:close()
  end)
end)

describe("#slow a peer that speaks another protocol", function()
  local lab

  setup(function() lab = endings.lab() end)
  teardown(function()
    lab:stop()
    helper.cleanup()
  end)

  it("is tls-not-tls when HTTP answers on the port", function()
    local port = lab:listen("read 5", "send HTTP/1.1 400 Bad Request\r\n\r\n",
      "skip")
    local _, o = fails("wss://127.0.0.1:" .. port, {},
      { code = "tls-not-tls", phase = "tls", fault = "server" })
    assert.is_truthy(o.first_bytes:find("HTTP", 1, true))
  end)

  it("is tls-not-tls when SSH greets first", function()
    local port = lab:listen("send SSH-2.0-OpenSSH_9.2p1\r\n", "skip")
    local conn, err = wss.connect("wss://127.0.0.1:" .. port)
    assert.is_nil(conn)
    assert.equal("tls-not-tls", err.code)
    helper.validated(err.observation)
    assert.is_truthy(err:story():find("SSH", 1, true))
  end)

  it("is tls-not-tls at our own ws:// server, told on both sides", function()
    local server, seen = endings.serve { tls = false }
    local _, err, code = wss.connect("wss://127.0.0.1:" .. server.port)
    assert.equal("tls-not-tls", code)
    helper.validated(err.observation)
    endings.failure(server, seen,
      { code = "upgrade-bad-request", phase = "upgrade" })
    server:close()
  end)

  it("is tls-plain-client at our server, and no answer at ours", function()
    local server, seen = endings.serve()
    local conn, err = wss.connect("ws://127.0.0.1:" .. server.port)
    assert.is_nil(conn)
    helper.validated(err.observation)
    assert.equal("upgrade", err.phase)
    local record = endings.failure(server, seen,
      { code = "tls-plain-client", phase = "tls", fault = "client" })
    assert.is_truthy(record.first_bytes:find("GET ", 1, true))
    assert.equal(1, #seen.tls_errors)
    server:close()
  end)

  it("is told when it talks garbage after TLS", function()
    local server, seen = endings.serve()
    lab:connect(server.port, "tls",
      "send \1\2\3 nonsense\r\n\r\n", "skip")
    endings.failure(server, seen, { code = "upgrade-bad-request",
      phase = "upgrade", fault = "client", rejected_by = "server" })
    server:close()
  end)

  it("is told when it sends garbage instead of a ClientHello", function()
    local server, seen = endings.serve()
    lab:connect(server.port, "send \0\1\2\3\4\5\6\7\8\9\10\11", "skip")
    endings.failure(server, seen, { code = "tls-plain-client",
      phase = "tls", fault = "client" })
    server:close()
  end)
end)
