-- Dialling raw peers and listening for them, and what may go wrong.
local helper = require("helper")
local wss = require("wsstls")
local raw = require("wsstls.raw")

describe("a dial of a raw peer", function()
  it("that is refused says so", function()
    local err = helper.fails("tcp-refused",
      raw.connect { port = helper.free_port() })
    assert.equal("tcp", err.phase)
    assert.equal("client", err.observation.side)
    assert.equal("raw", err.observation.engine)
    assert.equal("ECONNREFUSED", err.observation.os_error.name)
    assert.equal("127.0.0.1", err.observation.peer.ip)
  end)

  it("to a name that does not resolve is dns-not-found", function()
    local err = helper.fails("dns-not-found",
      raw.connect { host = "no.such.host.invalid", port = 1, timeout = 20 })
    assert.equal("dns", err.phase)
    assert.same({ host = "no.such.host.invalid", port = 1 },
      err.observation.peer)
    assert.is_truthy(tostring(err):find("no.such.host.invalid", 1, true))
  end)

  it("finds localhost by name", function()
    local listener = assert(raw.listen { host = "localhost" })
    local c = assert(raw.connect { host = "localhost",
      port = listener.port })
    assert.equal(listener.port, c.peer.port)
    c:close()
    listener:close()
  end)

  it("raises for what cannot be meant", function()
    for _, case in ipairs {
      { {}, "the option 'port' is needed" },
      { { port = 0 }, "option 'port'" },
      { { prot = 1 }, "did you mean 'port'" },
      { { port = 1, tls = 5 }, "a table of TLS options, or false" },
      { { port = 1, tls = { cafile = "x" } }, "did you mean 'ca_file'" },
      { { port = 1, timeout = -1 }, "option 'timeout'" },
    } do
      local ok, err = pcall(function() raw.connect(case[1]) end)
      assert.is_false(ok)
      assert.matches("raw_dial_spec.lua:%d+: raw.connect: ", err)
      assert.matches(case[2], err)
    end
  end)

  it("fails with phase config for files that are not there", function()
    local err = helper.fails("config-file-missing",
      raw.connect { port = 1, tls = { ca_file = "/no/such.pem" } })
    assert.equal("config", err.phase)
    assert.equal("client", err.fault)
  end)
end)

describe("a raw listener", function()
  it("waits no longer than it was told, and says when it is closed",
    function()
      local listener = assert(raw.listen {})
      helper.fails("timeout", listener:accept(0.05))
      local waiter = wss.spawn(function() return listener:accept(5) end)
      wss.step(0)
      listener:close()
      helper.fails("closed", waiter:join(5))
      helper.fails("closed", listener:accept(1))
      assert.is_true(listener:close())
      assert.matches("RawListener %(closed%)", tostring(listener))
    end)

  it("closes those that nobody accepted", function()
    local listener = assert(raw.listen {})
    local c = assert(raw.connect { port = listener.port })
    wss.step(0.01)
    listener:close()
    local bytes, _, code = c:read("all", 5)
    assert.is_nil(bytes)
    assert.is_true(code == "closed" or code == "tcp-reset", code)
    c:close()
  end)

  it("keeps at most its backlog waiting", function()
    local listener = assert(raw.listen { backlog = 2 })
    local peers = {}
    for i = 1, 6 do
      peers[i] = assert(raw.connect { port = listener.port })
    end
    local taken = 0
    while listener:accept(0.05) do taken = taken + 1 end
    assert.is_true(taken >= 2)
    for i = 1, 6 do peers[i]:close() end
    listener:close()
  end)

  it("says that its port is taken", function()
    local listener = assert(raw.listen {})
    local err = helper.fails("listen-in-use",
      raw.listen { port = listener.port })
    assert.equal("config", err.phase)
    assert.equal("server", err.fault)
    listener:close()
  end)

  it("raises for TLS without a certificate", function()
    for _, tls in ipairs { true, {} } do
      local ok, err = pcall(function() raw.listen { tls = tls } end)
      assert.is_false(ok)
      assert.matches("raw_dial_spec.lua:%d+: raw.listen: option 'tls': ", err)
      assert.matches("needs 'cert'", err)
    end
  end)
end)

describe("frame.accept", function()
  it("answers a key as RFC 6455 1.3 does, and any other text", function()
    local frame = require("wsstls.frame")
    assert.equal("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
      frame.accept("dGhlIHNhbXBsZSBub25jZQ=="))
    assert.equal(28, #frame.accept(""))
    assert.equal(28, #frame.accept(("x"):rep(100000)))
    assert.error_matches(function() frame.accept(nil) end, "a string, got nil")
  end)
end)
