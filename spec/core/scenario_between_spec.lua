-- Scenarios with something between the two sides, and with raw peers.
local helper = require("helper")
local wss = require("wsstls")

local scenario = wss.scenario

local function made(pki)
  local ca = pki.ca { cn = "Test CA" }
  return { ca = ca, good = ca:issue { dns = "localhost" } }
end

local function run(t, o)
  t.name, t.pki = t.name or "x", made
  local result = scenario(t):run(o)
  return result, tostring(result)
end

describe("a scenario with a relay", function()
  local function damaged()
    return { name = "damaged", pki = made, server = { cert = "$good" },
      relay = { rules = { { from = "client", record = "handshake",
        handshake = "client_hello", action = "flip" } } },
      client = { ca = "$ca" },
      expect = { client = { code = "tls-damaged-client-hello" },
                 server = { code = "tls-damaged-client-hello" } },
      fixed = { relay = { rules = {} } } }
  end

  for _, version in ipairs { "TLSv1.2", "TLSv1.3" } do
    it("shows the relay's records as well, over " .. version, function()
      local one = scenario(damaged())
      local result = one:run { tls = version }
      assert.equal("ok damaged", tostring(result))
      helper.validated(result.client)
      helper.validated(result.server)
      assert.equal("flip", result.records[1].action)
      assert.equal("client", result.records[1].from)
      assert.same({}, result.unfired)
      assert.equal("string", type(wss.json(result)))
      assert.equal("ok damaged/fixed",
        tostring(one:run { tls = version, fixed = true }))
    end)
  end

  it("says which rule never had its turn", function()
    local result = run { server = { cert = "$good" }, client = { ca = "$ca" },
      relay = { rules = { { from = "server", record = "any", nth = 5000,
                            action = "drop" } } } }
    assert.equal("ok x", tostring(result))
    assert.equal("drop", result.unfired[1].action)
  end)

  it("does not wait for what a relay holds back for good", function()
    local result, text = helper.within(3, run, { server = { cert = "$good" },
      relay = { rules = { { from = "server", record = "any",
                            action = "stall" } } },
      client = { ca = "$ca", timeout = { tls = 0.2 } },
      expect = { client = { code = "timeout-tls" },
                 server = { ok = false } } })
    assert.equal("ok x", text)
    assert.is_true(result.duration < 2)
  end)

  it("says what is wrong with its options", function()
    local _, text = run { server = { cert = "$good" },
      relay = { rulez = {} }, client = { ca = "$ca" } }
    assert.matches("relay: expected no error, got .*rulez", text)
  end)
end)

describe("a scenario with a proxy", function()
  it("dials through it", function()
    local seen
    local result, text = run { server = { cert = "$good" }, proxy = {},
      client = { ca = "$ca", run = function(_, ctx)
        seen = ctx.proxy:requests()
      end } }
    assert.equal("ok x", text)
    assert.equal(1, #seen)
    assert.equal(1000, result.client.close.code)
  end)

  it("shows why it could not", function()
    local _, text = run { server = { cert = "$good" },
      proxy = { answer = 403 }, client = { ca = "$ca" },
      expect = { client = { code = "proxy-forbidden", fault = "proxy" } } }
    assert.equal("ok x", text)
  end)

  it("fills in its address where the client names it", function()
    local _, text = run { server = { cert = "$good" },
      proxy = { auth = "user:right" },
      client = { ca = "$ca", proxy = "http://user:wrong@{proxy}" },
      expect = { client = { code = "proxy-auth-rejected" } } }
    assert.equal("ok x", text)
    _, text = run { server = { cert = "$good" },
      client = { ca = "$ca", proxy = "http://127.0.0.1:{free_port}" },
      expect = { client = { code = "proxy-refused" } } }
    assert.equal("ok x", text)
  end)
end)

describe("a scenario with a raw peer", function()
  it("as its server is judged by what our client observed", function()
    local result, text = run { server = { cert = "$good",
      raw = function(peer, ctx)
        assert(ctx.port > 0)
        while assert(peer:read("line", 5)) ~= "" do end -- luacheck: ignore
        peer:write("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n")
      end }, client = { ca = "$ca" },
      expect = { client = { code = "upgrade-unauthorized",
                            http_status = 401 }, server = { ok = true } } }
    assert.equal("ok x", text)
    assert.equal("raw", result.server.engine)
  end)

  it("as its client is judged by what our server observed", function()
    local result, text = run { server = { cert = "$good" },
      client = { ca = "$ca", raw = function(peer)
        peer:write("POST / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        peer:read("all", 5)
      end }, expect = { server = { ok = false, phase = "upgrade" } } }
    assert.equal("ok x", text)
    assert.equal("raw", result.client.engine)
  end)

  it("that fails its handshake is judged as any other", function()
    local _, text = run { server = { cert = "$good" },
      client = { host = "other.test", ca = "$ca", raw = function() end },
      expect = { client = { code = "cert-host-mismatch", alert_sent = 42 },
                 server = { alert_received = 42 } } }
    assert.equal("ok x", text)
    _, text = run { server = { cert = "$good", raw = function() end },
      client = { host = "other.test", ca = "$ca" },
      expect = { client = { code = "cert-host-mismatch" },
                 server = { code = "cert-rejected", alert_received = 42 } } }
    assert.equal("ok x", text)
  end)

  it("without TLS speaks plain TCP", function()
    local _, text = run { server = { tls = false, raw = function(peer)
      peer:write("SSH-2.0-OpenSSH_9.2\r\n")
      peer:read("all", 5)
    end }, client = { scheme = "wss", ca = "$ca" },
      expect = { client = { code = "tls-not-tls" } } }
    assert.equal("ok x", text)
  end)

  it("that raises ends the run at once", function()
    local result, text = helper.within(5, run, { server = { cert = "$good",
      raw = function() error("lost the thread") end },
      client = { ca = "$ca" } })
    assert.matches("server.raw: expected no error, got .*lost the thread",
      text)
    assert.is_true(result.duration < 2)
    result, text = helper.within(5, run, { server = { cert = "$good" },
      client = { ca = "$ca", raw = function() error("me too") end },
      expect = {} })
    assert.matches("client.raw: expected no error, got .*me too", text)
    assert.is_true(result.duration < 2)
  end)
end)
