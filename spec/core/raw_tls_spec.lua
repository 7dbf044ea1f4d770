-- Raw peers over TLS: both sides see the same handshake, and the same end.
local endings = require("core.endings")
local helper = require("helper")
local raw = require("wsstls.raw")
local wss = require("wsstls")

local VERSIONS = { "TLSv1.2", "TLSv1.3" }

local certs

local function merged(...)
  local out = {}
  for i = 1, select("#", ...) do
    for name, value in pairs((select(i, ...)) or {}) do out[name] = value end
  end
  return out
end

local function listen(tls)
  return assert(raw.listen { tls = merged({ cert = certs.leaf }, tls) })
end

local function dial(listener, tls, more)
  return raw.connect(merged({ port = listener.port, timeout = 10,
    tls = merged({ ca = certs.ca }, tls) }, more))
end

-- A client and a server that are connected.
local function pair(version, client, server)
  local listener = listen(server)
  local c = assert(dial(listener, merged({ max_version = version }, client)))
  local s = assert(listener:accept(5))
  listener:close()
  return c, s
end

-- Both sides of a handshake that must fail: their errors.
local function both_fail(version, client, server, expect)
  local listener = listen(server)
  local o = merged({ max_version = version }, client)
  local _, err, code = dial(listener, o)
  if not err then error("it connected", 2) end
  assert.equal(expect.client.code, code, tostring(err))
  endings.judge(err, expect.client)
  local result, theirs, slug = listener:accept(5)
  assert.is_nil(result)
  assert.equal(expect.server.code, slug, tostring(theirs))
  endings.judge(theirs, expect.server)
  for _, e in ipairs { err, theirs } do
    assert.equal("raw", e.observation.engine)
    assert.equal("127.0.0.1", e.observation.peer.ip)
  end
  listener:close()
  return err, theirs
end

describe("a raw peer over TLS", function()
  setup(function() certs = endings.certs() end)
  teardown(helper.cleanup)

  for _, version in ipairs(VERSIONS) do
    it("speaks " .. version .. ", and both records say so", function()
      local c, s = pair(version)
      local bytes = ("0123456789"):rep(100000)
      wss.spawn(function() c:write(bytes .. "\r\n") end)
      assert.equal(bytes, s:read("line", 10))
      s:write("answer")
      assert.equal("answer", c:read(6, 5))
      for _, peer in ipairs { c, s } do
        local o = helper.validated(peer:observation())
        assert.equal("raw", o.engine)
        assert.equal("open", o.phase)
        assert.equal(version, o.tls.version)
        assert.equal(peer == c and "client" or "server", o.side)
        assert.equal(version, peer:tls().version)
        assert.equal(c:tls().cipher, peer:tls().cipher)
        assert.is_true(#o.hello.ciphers > 0)
        assert.is_nil(o.error)
      end
      assert.is_true(c:verify_result().ok)
      assert.equal(0, c:observation().verify.code)
      c:close()
      assert.equal("closed", (select(3, s:read("all", 5))))
      -- a close_notify, then a FIN
      local o = helper.validated(s:observation())
      assert.equal("close_notify", o.alerts[#o.alerts].name)
      assert.equal("received", o.alerts[#o.alerts].direction)
      s:close()
    end)

    it("that ends without close_notify is tls-eof, " .. version, function()
      local c, s = pair(version)
      c:write("before")
      c:close("abrupt")
      assert.equal("before", s:read("all", 5))
      local err = helper.fails("tls-eof", s:read("all", 5))
      assert.equal("open", err.phase)
      assert.matches("without a close_notify", tostring(err))
      assert.matches("0A000126", endings.openssl_codes(err.observation))
      s:close()
    end)

    it("that is reset is tcp-reset, " .. version, function()
      local c, s = pair(version)
      c:write("x")
      assert.equal("x", s:read(1, 5))
      c:close("reset")
      local err = helper.fails("tcp-reset", s:read("all", 5))
      assert.equal("network", err.fault)
      s:close()
    end)

    it("may end one direction alone, " .. version, function()
      local c, s = pair(version)
      c:write("question")
      assert.is_true(c:shutdown("notify"))
      assert.equal("question", s:read("all", 5))
      helper.fails("closed", s:read("all", 5))
      s:write("answer")
      s:close()
      assert.equal("answer", c:read("all", 5))
      c:close()
    end)

    it("tells damage written beneath TLS, " .. version, function()
      local c, s = pair(version)
      c:write("good")
      assert.equal("good", s:read(4, 5))
      -- an application record whose bytes nobody encrypted
      c:write_raw("\23\3\3\0\32" .. ("x"):rep(32))
      local err = helper.fails("tls-bad-record-mac", s:read("all", 5))
      endings.judge(err, { code = "tls-bad-record-mac", phase = "open",
        fault = "network", rejected_by = "server", sent = 20 })
      local theirs = helper.fails("tls-bad-record-mac", c:read("all", 5))
      endings.judge(theirs, { code = "tls-bad-record-mac",
        rejected_by = "server", received = 20 })
      c:close()
      s:close()
    end)

    it("verifies its server, and both know why not, " .. version, function()
      both_fail(version, { ca = certs.other }, nil, {
        client = { code = "cert-untrusted", phase = "verify",
          fault = "server", rejected_by = "client", sent = 48, verify = 20,
          depth = 0 },
        server = { code = "cert-rejected", phase = "tls", fault = "server",
          rejected_by = "client", received = 48 } })
      both_fail(version, { verify_host = "other.test" }, nil, {
        client = { code = "cert-host-mismatch", phase = "verify",
          fault = "server", sent = 42, verify = 62 },
        server = { code = "cert-rejected", received = 42 } })
    end)

    it("demands a client certificate, " .. version, function()
      local server = { ca = certs.ca }
      local c, s = pair(version, { cert = certs.client }, server)
      assert.equal("CN=client", s:verify_result().chain[1].subject)
      c:close()
      s:close()
      if version == "TLSv1.2" then
        both_fail(version, nil, server, {
          client = { code = "client-cert-missing", phase = "tls",
            fault = "client", rejected_by = "server", received = 40 },
          server = { code = "client-cert-missing", phase = "verify",
            fault = "client", rejected_by = "server", sent = 40 } })
        both_fail(version, { cert = certs.stranger }, server, {
          client = { code = "client-cert-rejected", phase = "tls",
            fault = "client", rejected_by = "server", received = 48 },
          server = { code = "client-cert-untrusted", phase = "verify",
            fault = "client", sent = 48, verify = 20 } })
      end
    end)

    it("without ciphers in common fails on both sides, " .. version,
      function()
        local suites = version == "TLSv1.3" and "ciphersuites" or "ciphers"
        local one = version == "TLSv1.3" and "TLS_AES_128_GCM_SHA256"
          or "ECDHE-ECDSA-AES128-GCM-SHA256"
        local other = version == "TLSv1.3" and "TLS_AES_256_GCM_SHA384"
          or "ECDHE-ECDSA-AES256-GCM-SHA384"
        both_fail(version, { [suites] = one },
          { [suites] = other, max_version = version }, {
            client = { code = "tls-handshake-failure", phase = "tls",
              rejected_by = "server", received = 40 },
            server = { code = "tls-no-shared-cipher", phase = "tls",
              rejected_by = "server", sent = 40 } })
      end)

    it("asks a verify function on both sides, " .. version, function()
      local asked = {}
      local c, s = pair(version, { cert = certs.client,
        verify = function(result) asked[#asked + 1] = result.ok end },
        { ca = certs.ca,
          verify = function(result) asked[#asked + 1] = result.ok end })
      assert.same({ true, true }, asked)
      c:close()
      s:close()
      both_fail(version, { verify = function() return false, "no" end },
        nil, {
          client = { code = "cert-verify-callback", phase = "verify",
            fault = "server", rejected_by = "client", sent = 40 },
          server = { code = "tls-handshake-failure", received = 40 } })
      -- a server is asked after the handshake: the client is let in first
      local listener = listen { ca = certs.ca,
        verify = function() return false, "not you" end }
      c = assert(dial(listener, { cert = certs.client,
        max_version = version }))
      local err = helper.fails("client-cert-verify-callback",
        listener:accept(5))
      assert.matches("not you", tostring(err))
      assert.equal("client", err.fault)
      helper.fails("closed", c:read("all", 5))
      c:close()
      listener:close()
    end)

    it("logs its keys to a function and to a file, " .. version, function()
      local lines, path = {}, helper.dir() .. "/keys"
      local c, s = pair(version, { keylog = function(line)
        lines[#lines + 1] = line
      end }, { keylog = path })
      c:write("x")
      s:read(1, 5)
      helper.wait(function() return #lines > 0 end)
      local text = helper.read(path)
      for _, line in ipairs(lines) do
        assert.is_true(text:find(line, 1, true) ~= nil, line)
      end
      c:close()
      s:close()
    end)

    it("begins on an open stream, on either side of the dial, " .. version,
      function()
        for _, swapped in ipairs { false, true } do
          local listener = assert(raw.listen {})
          local c = assert(raw.connect { port = listener.port })
          local s = assert(listener:accept(5))
          listener:close()
          c:write("STARTTLS\r\n")
          assert.equal("STARTTLS", s:read("line", 5))
          s:write("go\r\n")
          assert.equal("go", c:read("line", 5))
          local client, server = c, s
          if swapped then client, server = s, c end
          local task = wss.spawn(function()
            return server:start_tls({ cert = certs.leaf }, "server")
          end)
          assert(client:start_tls({ ca = certs.ca, max_version = version,
            verify_host = "localhost" }, "client"))
          assert.is_true((task:join(5)))
          client:write("secret")
          assert.equal("secret", server:read(6, 5))
          assert.equal("client", client:observation().side)
          assert.equal(version, server:tls().version)
          client:close()
          helper.fails("closed", server:read("all", 5))
          server:close()
        end
      end)
  end

  it("tells a TLS 1.3 client of its certificate on the first read",
    function()
      for _, case in ipairs {
        { nil, "client-cert-missing", 116, "client-cert-missing" },
        { certs.stranger, "client-cert-rejected", 48,
          "client-cert-untrusted" },
      } do
        local listener = listen { ca = certs.ca }
        local c = assert(dial(listener, { cert = case[1],
          min_version = "1.3" }))
        local err = helper.fails(case[2], c:read("all", 5))
        endings.judge(err, { code = case[2], phase = "tls",
          fault = "client", rejected_by = "server", received = case[3] })
        local theirs = helper.fails(case[4], listener:accept(5))
        endings.judge(theirs, { code = case[4], phase = "verify",
          fault = "client", rejected_by = "server", sent = case[3] })
        c:close()
        listener:close()
      end
    end)

  it("takes what came early for the beginning of TLS", function()
    local listener = assert(raw.listen {})
    local c = assert(raw.connect { port = listener.port })
    local s = assert(listener:accept(5))
    listener:close()
    c:write("hello\n")
    local task = wss.spawn(function()
      return c:start_tls { ca = certs.ca, verify_host = "localhost" }
    end)
    assert.equal("hello", s:read("line", 5))
    -- the ClientHello is read ahead as if it were plain
    helper.wait(function() return #s:observation().timeline > 0
      and c.state == "connecting" end)
    for _ = 1, 5 do wss.step(0.01) end
    assert(s:start_tls { cert = certs.leaf })
    assert.is_true((task:join(5)))
    s:write("x")
    assert.equal("x", c:read(1, 5))
    c:close()
    s:close()
  end)

  it("has a server for each name", function()
    local b = assert(certs.ca:issue { cn = "b", dns = { "b.test" } })
    local listener = listen { sni = { ["b.test"] = { cert = b } } }
    local c = assert(dial(listener, { verify_host = "b.test" }))
    local s = assert(listener:accept(5))
    assert.equal("b.test", s:tls().sni)
    assert.equal("CN=b", c:verify_result().chain[1].subject)
    c:close()
    s:close()
    listener:close()
  end)

  it("that speaks no TLS is told from one that does", function()
    local listener = listen()
    local c = assert(raw.connect { port = listener.port })
    c:write("GET / HTTP/1.1\r\n\r\n")
    endings.judge(helper.fails("tls-plain-client", listener:accept(5)),
      { code = "tls-plain-client", phase = "tls", fault = "client" })
    c:close()
    listener:close()
    listener = assert(raw.listen {})
    local task = wss.spawn(function()
      local s = assert(listener:accept(5))
      s:write("SSH-2.0-OpenSSH_9.2\r\n")
      s:read("all", 5)
      s:close()
    end)
    local err = helper.fails("tls-not-tls", dial(listener))
    assert.equal("server", err.fault)
    assert.matches("0A00010B", endings.openssl_codes(err.observation))
    task:join(5)
    listener:close()
  end)

  it("that falls silent is timeout-tls on the side that waits", function()
    local listener = assert(raw.listen {})
    local err = helper.fails("timeout-tls", dial(listener, nil,
      { timeout = { tls = 0.1 } }))
    assert.equal("tls", err.phase)
    assert.is_true(err.temporary)
    err = helper.fails("timeout-tls", dial(listener, nil,
      { timeout = 0.15 }))
    assert.equal("tls", err.phase)
    listener:close()
    listener = assert(raw.listen { tls = { cert = certs.leaf },
      handshake_timeout = 0.1 })
    local c = assert(raw.connect { port = listener.port })
    err = helper.fails("timeout-tls", listener:accept(5))
    assert.equal("server", err.observation.side)
    c:close()
    listener:close()
  end)

  it("that leaves during the handshake is tls-eof or tcp-reset", function()
    for how, code in pairs { abrupt = "tls-eof", reset = "tcp-reset" } do
      local listener = listen()
      local c = assert(raw.connect { port = listener.port })
      c:write("\22\3\1\1\0") -- the header of a record, and no more
      for _ = 1, 3 do wss.step(0.01) end
      c:close(how)
      local err = helper.fails(code, listener:accept(5))
      assert.equal("tls", err.phase)
      listener:close()
    end
  end)

  it("raises when nobody says whom to expect", function()
    local listener = assert(raw.listen {})
    local c = assert(raw.connect { port = listener.port })
    local s = assert(listener:accept(5))
    local ok, err = pcall(function()
      s:start_tls({ ca = certs.ca }, "client")
    end)
    assert.is_false(ok)
    assert.matches("raw_tls_spec.lua:%d+: start_tls: .*verify_host", err)
    ok, err = pcall(function() s:start_tls({}, "both") end)
    assert.is_false(ok)
    assert.matches("the side is", err)
    c:close()
    s:close()
    listener:close()
  end)
end)
