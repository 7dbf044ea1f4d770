local fake = require "unit.fake_core"
local fake_client = require "unit.fake_client"

local HEAD, lose = fake_client.HEAD, fake_client.lose

describe("a client connection", function()
  local wss, core
  fake.each(function(...) wss, core = ... end)

  local function answers(head, ...)
    fake_client.answers(core, head, ...)
  end

  local function open(opts, ...)
    return fake_client.open(wss, core, opts, ...)
  end

  it("is open when connect returns, with its fields", function()
    local conn = open()
    assert.equal("open", conn.state)
    assert.equal("wss://a.test:8443/chat?x", conn.url)
    assert.equal("b", conn.headers["x-a"])
    assert.same({ ip = "192.0.2.1", port = 4711 }, conn.peer)
    assert.equal("wsstls.Conn (wss://a.test:8443/chat?x, open)",
      tostring(conn))
    assert.is_nil(conn.nonsense)
  end)

  it("tells the core whom to dial and whom to expect", function()
    open { protocols = "a:b", connect_to = "127.0.0.1:1", headers = { A = 1 } }
    local o = core.connected
    assert.equal("127.0.0.1", o.host)
    assert.equal(1, o.port)
    assert.equal("a.test:8443", o.authority)
    assert.equal("/chat?x", o.path)
    assert.equal("a, b", o.protocols)
    assert.same({ { "A", "1" } }, o.headers)
    assert.equal("client", o.tls.side)
    assert.equal("a.test", o.tls.opts.verify_host)
    assert.equal("a.test", o.tls.opts.sni)
    assert.is_nil(o.tls.opts.verify_ip)
  end)

  it("expects an address by its address, and sends no SNI for it", function()
    answers(HEAD)
    assert(wss.connect("wss://[::1]:1/"))
    assert.equal("::1", core.connected.tls.opts.verify_ip)
    assert.is_nil(core.connected.tls.opts.verify_host)
    assert.is_nil(core.connected.tls.opts.sni)
    assert(wss.connect("wss://127.0.0.1:1/", { verify_host = "a.test" }))
    assert.equal("a.test", core.connected.tls.opts.sni)
    assert.is_nil(core.connected.tls.opts.verify_ip)
    assert(wss.connect("wss://a.test/", { verify_host = false, sni = false }))
    assert.is_nil(core.connected.tls.opts.verify_host)
    assert.is_nil(core.connected.tls.opts.verify_ip)
    assert.is_nil(core.connected.tls.opts.sni)
    assert(wss.connect("ws://a.test/"))
    assert.is_nil(core.connected.tls)
  end)

  it("raises for misuse, at the caller's line", function()
    local line = "conn_spec.lua:" .. debug.getinfo(1, "l").currentline + 1
    local ok, err = pcall(function() return (wss.connect("x://y")) end)
    assert.is_false(ok)
    assert.matches(line, err, 1, true)
    assert.matches("unknown scheme", err)
    ok, err = pcall(function() wss.connect("wss://a.test", { cafile = 1 }) end)
    assert.is_false(ok)
    assert.matches("did you mean 'ca_file'", err)
    ok, err = pcall(function() wss.connect("wss://a", { sni = "::1" }) end)
    assert.is_false(ok)
    assert.matches("RFC 6066", err)
    ok, err = pcall(function()
      wss.connect("wss://a", { proxy = "socks5://p:1" })
    end)
    assert.is_false(ok)
    assert.matches("no proxies of scheme 'socks5://'", err)
  end)

  it("returns an error of phase config for what a file holds", function()
    local conn, err, code = wss.connect("wss://a.test", {
      cert = "missing.pem" })
    assert.is_nil(conn)
    assert.equal("config-file-missing", code)
    assert.equal("config-file-missing", err.code)
    assert.equal("config", err.phase)
    assert.matches("missing.pem", tostring(err), 1, true)
  end)

  it("is refused when the answer is no 101", function()
    answers("HTTP/1.1 401 Unauthorized\r\n\r\n")
    local conn, err, code = wss.connect("wss://a.test/")
    assert.is_nil(conn)
    assert.equal("upgrade-unauthorized", code)
    assert.equal("upgrade", err.phase)
    assert.equal(core.handle.record, err.observation)
    assert.equal("refuse upgrade-unauthorized the server answered 401 "
      .. "Unauthorized -1", core.handle:told()[1])
  end)

  it("tells the core how long the body of a refusal is", function()
    local lengths = {}
    for i, field in ipairs { "Content-Length: 12\r\n",
        "Transfer-Encoding: chunked\r\n", "" } do
      answers("HTTP/1.1 401 Unauthorized\r\n" .. field .. "\r\n")
      assert.is_nil((wss.connect("wss://a.test/")))
      lengths[i] = core.handle.calls[1][4]
    end
    assert.same({ 12, -2, -1 }, lengths)
  end)

  it("reports why dialling failed", function()
    core.on_connect = function(h) lose(h, "tcp-refused") end
    local seen
    local conn, err, code = wss.connect("wss://a.test/", {
      on_error = function(_, e) seen = e end,
      on_close = function() seen = "close" end })
    assert.is_nil(conn)
    assert.equal("tcp-refused", code)
    assert.equal(err, seen)
  end)

  it("can be cancelled while it is dialling", function()
    core.on_connect = function() end
    local code
    wss.run(function()
      local task = wss.spawn(function()
        code = select(3, wss.connect("wss://a.test/"))
      end)
      wss.sleep(1)
      task:cancel()
    end)
    assert.equal("cancelled", code)
    assert.same({ "abort" }, core.handle:told())
  end)

  it("asks the verify function, which may only reject", function()
    local function dial(fn)
      core.on_connect = function(h)
        h:push("verify", { ok = true })
        h.answers.verified = function(_, ok)
          if ok then h:push("response", HEAD) else lose(h,
            "cert-verify-callback") end
        end
        h.answers.accept = function() h:push("open") end
      end
      local conn, _, code = wss.connect("wss://a.test/", { verify = fn })
      return conn, code, core.handle:told()[1]
    end
    local conn = dial(function(result) return result.ok end)
    assert.is_table(conn)
    assert.is_true(core.connected.verify_callback)
    assert.is_true(core.connected.tls.opts.verify)
    local _, code, told = dial(function() return false, "not today" end)
    assert.equal("cert-verify-callback", code)
    assert.equal("verified false not today", told)
    local ok, err = pcall(dial, function() error("boom") end)
    assert.is_false(ok)
    assert.matches("boom", err)
    assert.equal("verified false the verify function raised an error",
      core.handle:told()[1])
  end)

  it("may wait in its verify function", function()
    local waited
    core.on_connect = function(h)
      h:push("verify", { ok = true })
      h.answers.verified = function() h:push("response", HEAD) end
      h.answers.accept = function() h:push("open") end
    end
    assert(wss.connect("wss://a.test/", { verify = function()
      waited = wss.sleep(3)
    end }))
    assert.is_true(waited)
  end)

  it("hands key log lines to a function", function()
    local lines = {}
    core.on_connect = function(h)
      h:push("keylog", "CLIENT_RANDOM a b")
      h:push("response", HEAD)
      h.answers.accept = function() h:push("open") end
    end
    assert(wss.connect("wss://a.test/", {
      keylog = function(line) lines[#lines + 1] = line end }))
    assert.same({ "CLIENT_RANDOM a b" }, lines)
    assert.is_true(core.connected.keylog_callback)
  end)

  it("without callbacks is collected when nobody holds it", function()
    local weak = setmetatable({}, { __mode = "v" })
    do weak[1] = open() end
    core.handle = nil
    wss.step(0)
    collectgarbage()
    collectgarbage()
    assert.is_nil(weak[1])
  end)

  it("with callbacks lives until it is closed", function()
    local weak = setmetatable({}, { __mode = "v" })
    local h
    do weak[1], h = open { on_message = function() end } end
    collectgarbage()
    assert.is_table(weak[1])
    h:push("closed")
    wss.step(0)
    assert.is_nil(h.anchored)
  end)

  it("passes on what the core knows of it", function()
    local conn, h = open()
    h.record.verify, h.record.tls = { ok = true }, { version = "TLSv1.3" }
    assert.equal(h.record, conn:observation())
    assert.is_true(conn:verify_result().ok)
    assert.equal("TLSv1.3", conn:tls().version)
    assert.is_true(conn:ping("x"))
    assert.has_error(function() conn:ping(("x"):rep(126)) end)
    assert.has_error(function() conn:ping(5) end)
  end)
end)
