local fake = require "unit.fake_core"
local fake_server = require "unit.fake_server"

local head, arrive = fake_server.head, fake_server.arrive
local answer_of, accepted = fake_server.answer_of, fake_server.accepted

describe("a server", function()
  local wss, core
  fake.each(function(...) wss, core = ... end)

  local function listen(o)
    return assert(wss.listen(o)), core.listener
  end

  it("has a port and a URL", function()
    local server = listen { cert = "c.pem" }
    assert.equal(8443, server.port)
    assert.equal("wss://127.0.0.1:8443/", server.url)
    assert.equal("ws://[::1]:8443/", listen { host = "::" }.url)
    assert.equal("wsstls.Server (wss://127.0.0.1:8443/)", tostring(server))
  end)

  it("returns errors of phase config, and raises for misuse", function()
    local server, err, code = wss.listen { cert = "missing.pem" }
    assert.is_nil(server)
    assert.equal("config-file-missing", code)
    assert.equal("config", err.phase)
    core.listen = function()
      return nil, "listen-in-use", "port 1 is taken", "config"
    end
    assert.equal("listen-in-use", select(3, wss.listen {}))
    local ok, message = pcall(wss.listen, { certificate = "c" })
    assert.is_false(ok)
    assert.matches("did you mean 'cert'", message)
  end)

  it("hands connections to accept in their order", function()
    local server, listener = listen()
    arrive(listener, head { target = "/a" })
    arrive(listener, head { target = "/b?c" })
    local first, second = server:accept(1), server:accept(1)
    assert.equal("ws://a.test:8443/a", first.url)
    assert.equal("ws://a.test:8443/b?c", second.url)
    assert.equal("open", first.state)
    assert.equal("a.test:8443", first.headers.host)
    assert.equal("timeout", select(3, server:accept(1)))
    assert.equal(101, core.clock)
    assert.equal(2, #server:connections())
  end)

  it("hands connections to callbacks", function()
    local seen = {}
    local _, listener = listen {
      on_open = function(c) seen[#seen + 1] = "open " .. c.state end,
      on_message = function(c, data, kind)
        seen[#seen + 1] = data .. kind
        c:send(data, kind)
      end,
      on_close = function(_, close) seen[#seen + 1] = close.code end }
    local h = arrive(listener, head())
    wss.step(0)
    wss.step(0)
    h:push("message", "x", "binary")
    h:push("closed")
    wss.step(0)
    assert.same({ "open open", "xbinary", 1000 }, seen)
  end)

  it("keeps its connections alive", function()
    local _, listener = listen { on_message = function() end }
    local h = arrive(listener, head())
    wss.step(0)
    wss.step(0)
    collectgarbage()
    assert.is_table(h.owner[1])
  end)

  it("answers 503 when too many wait for accept", function()
    local server, listener = listen { backlog = 2 }
    local handles = {}
    for i = 1, 3 do handles[i] = arrive(listener, head()) end
    wss.step(0)
    wss.step(0)
    assert.is_true((accepted(handles[2])))
    local status, _, slug = answer_of(handles[3])
    assert.equal(503, status)
    assert.equal("limit-connections", slug)
    assert(server:accept(1))
    local again = arrive(listener, head())
    wss.step(0)
    assert.is_true((accepted(again)))
  end)

  it("gives the place back of one that died before it was open", function()
    local _, listener = listen { backlog = 1 }
    local h = arrive(listener, head())
    h.answers.accept = function()
      h.outcome_now = { code = "tcp-reset", phase = "upgrade" }
      h:push("closed")
    end
    wss.step(0)
    wss.step(0)
    local other = arrive(listener, head())
    wss.step(0)
    assert.is_true((accepted(other)))
  end)

  it("remembers the last 256 failures", function()
    local server, listener = listen()
    for i = 1, 260 do
      local h = arrive(listener)
      h.outcome_now = { code = "tls-eof", phase = "tls" }
      h.record.number = i
      h:push("closed")
    end
    wss.step(0)
    local list = server:failures()
    assert.equal(256, #list)
    assert.equal(4, list.dropped)
    assert.equal(5, list[1].number)
    assert.equal(260, list[256].number)
    assert.equal(256, #server:failures { clear = true })
    assert.same({ dropped = 0 }, server:failures())
  end)

  it("tells on_tls_error of handshakes that failed, and of those only",
    function()
      local seen = {}
      local _, listener = listen { cert = "c.pem",
        on_tls_error = function(o) seen[#seen + 1] = o end }
      local h = arrive(listener)
      h.outcome_now = { code = "cert-rejected", phase = "tls" }
      h:push("closed")
      arrive(listener, "garbage\r\n\r\n")
      wss.step(0)
      wss.step(0)
      assert.same({ h.record }, seen)
    end)

  it("is not stopped by an error in on_tls_error", function()
    local _, listener = listen { cert = "c.pem",
      on_tls_error = function() error("boom", 0) end,
      on_message = function() end }
    local h = arrive(listener)
    h.outcome_now = { code = "tls-eof", phase = "tls" }
    h:push("closed")
    assert.is_false((pcall(wss.step, 0)))
    local other = arrive(listener, head())
    wss.step(0)
    assert.is_true((accepted(other)))
  end)

  it("raises an error of on_message out of the pumping call", function()
    local _, listener = listen { on_message = function() error("boom", 0) end }
    local h = arrive(listener, head())
    wss.step(0)
    h:push("message", "x", "text")
    local ok, err = pcall(wss.sleep, 1)
    assert.is_false(ok)
    assert.matches("^boom", err)
    assert.equal("close 1011  5", h:told()[2])
  end)

  it("asks its verify function about client certificates", function()
    local _, listener = listen { cert = "c.pem", ca = "x",
      verify = function(result) return result.ok, "no" end }
    local h = arrive(listener)
    h:push("verify", { ok = false })
    wss.step(0)
    assert.is_true(core.listened.verify_callback)
    assert.same({ "verified false no" }, h:told())
  end)

  it("reloads its certificate, keeping what is not named", function()
    local server, listener = listen { cert = "a.pem", key = "a.key",
      ca = "ca.pem", ciphers = "X" }
    assert.is_true(server:reload { cert = "b.pem" })
    local conf = listener.calls[1][2]
    assert.equal("b.pem", conf.opts.cert)
    assert.is_nil(conf.opts.key)
    assert.equal("X", conf.opts.ciphers)
    assert.equal("required", conf.opts.client_verify)
    assert.is_true(server:reload { ciphers = "Y" })
    assert.equal("b.pem", listener.calls[2][2].opts.cert)
    assert.equal("Y", listener.calls[2][2].opts.ciphers)
  end)

  it("keeps what it has when a reload fails", function()
    local server, listener = listen { cert = "a.pem" }
    local ok, err, code = server:reload { cert = "missing.pem" }
    assert.is_nil(ok)
    assert.equal("config-file-missing", code)
    assert.equal("config", err.phase)
    assert.equal(0, #listener.calls)
    assert.is_true(server:reload { ciphers = "Y" })
    assert.equal("a.pem", listener.calls[1][2].opts.cert)
    assert.has_error(function() server:reload { on_message = print } end)
    assert.has_error(function() listen():reload { cert = "a.pem" } end)
  end)

  it("has certificates by server name", function()
    listen { cert = "a.pem", key = "a.key", ciphers = "X",
      sni = { ["b.test"] = { cert = "b.pem", key = "b.key" } } }
    local conf = core.listened.tls
    assert.equal("a.pem", conf.opts.cert)
    assert.equal("b.pem", conf.sni["b.test"].opts.cert)
    assert.equal("b.key", conf.sni["b.test"].opts.key)
    assert.equal("X", conf.sni["b.test"].opts.ciphers)
  end)

  it("closes with its connections", function()
    local server, listener = listen()
    local open, opening = arrive(listener, head()), arrive(listener)
    wss.step(0)
    wss.step(0)
    local code
    wss.spawn(function()
      server:accept()
      code = select(3, server:accept())
    end)
    wss.step(0)
    assert.is_true(server:close())
    assert.is_true(server:close())
    wss.step(0)
    assert.equal("close 1001  5", open:told()[2])
    assert.same({ "abort" }, opening:told())
    assert.equal("closed", code)
    assert.equal("closed", select(3, server:accept(1)))
    assert.same({}, server:connections())
    local other = listen { cert = "a" }
    other:close()
    assert.equal("closed", select(3, other:reload { cert = "a" }))
  end)
end)
