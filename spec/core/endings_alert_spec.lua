-- Alerts that a peer sends in clear: what each number is called here.
local endings = require("core.endings")
local helper = require("helper")
local names = require("wsstls.names")
local wss = require("wsstls")

local fails = endings.fails

-- A record of one alert (RFC 8446 6); level 2 is fatal.
local function alert(number, level)
  return "\21\3\3\0\2" .. string.char(level or 2, number)
end

-- A ClientHello of TLS 1.2 (RFC 5246 7.4.1.2) with one cipher, one group, one
-- signature algorithm and the name a.test.
local function sized(n, bytes)
  local length = ""
  for i = n - 1, 0, -1 do
    length = length .. string.char(math.floor(#bytes / 256 ^ i) % 256)
  end
  return length .. bytes
end

local HELLO = "\22\3\1" .. sized(2, "\1" .. sized(3, "\3\3" ..
  ("r"):rep(32) .. "\0" .. sized(2, "\192\43") .. "\1\0" .. sized(2,
    "\0\0" .. sized(2, sized(2, "\0" .. sized(2, "a.test"))) ..
    "\0\10" .. sized(2, sized(2, "\0\23")) ..
    "\0\11" .. sized(2, "\1\0") ..
    "\0\13" .. sized(2, sized(2, "\4\3")))))

-- What a client, and what a server, makes of it before anything else came.
local AT_CLIENT = { [20] = "tls-bad-record-mac",
  [40] = "tls-handshake-failure", [70] = "tls-version-mismatch",
  [112] = "tls-sni-unknown", [116] = "client-cert-missing",
  [120] = "tls-no-alpn" }
local AT_SERVER = { [20] = "tls-bad-record-mac",
  [40] = "tls-handshake-failure", [70] = "tls-version-mismatch",
  [120] = "tls-no-alpn" }
for _, number in ipairs { 42, 43, 44, 45, 46, 48, 49, 51 } do
  AT_SERVER[number] = "cert-rejected"
end

local NUMBERS = { 10, 20, 22, 40, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 70,
                  71, 80, 86, 109, 110, 112, 113, 115, 116, 120 }

describe("an alert in clear", function()
  local lab

  setup(function() lab = endings.lab() end)
  teardown(function()
    lab:stop()
    helper.cleanup()
  end)

  for _, number in ipairs(NUMBERS) do
    local name = names.alert(number)
    it(("%d %s is told by the client, by number and name"):format(number,
      name), function()
        local port = lab:listen("read 5", "send " .. alert(number), "skip")
        local err, o = fails("wss://127.0.0.1:" .. port, { sni = "a.test" }, {
          code = AT_CLIENT[number] or "tls-alert", phase = "tls",
          rejected_by = "server", received = number })
        assert.equal(name, o.alerts[1].name)
        assert.is_truthy(tostring(err):find(
          "alert " .. number .. " " .. name, 1, true), tostring(err))
        assert.equal(1015, o.close.code)
      end)
  end

  it("is told by the server, by number and name", function()
    for _, number in ipairs(NUMBERS) do
      local server, seen = endings.serve { max_version = "TLSv1.2" }
      lab:connect(server.port, "send " .. HELLO, "read 5",
        "send " .. alert(number), "skip")
      local o = endings.failure(server, seen, {
        code = AT_SERVER[number] or "tls-alert", phase = "tls",
        rejected_by = "client", received = number })
      assert.equal(names.alert(number), o.alerts[1].name)
      assert.equal("a.test", o.hello.sni)
      assert.same({ "TLSv1.2" }, o.hello.versions)
      server:close()
    end
  end)

  it("before a ClientHello ends it just the same", function()
    local server, seen = endings.serve()
    lab:connect(server.port, "send " .. alert(40), "skip")
    endings.failure(server, seen, { phase = "tls", sent = 10 })
    server:close()
  end)

  it("112 without a name sent is tls-sni-missing", function()
    local port = lab:listen("read 5", "send " .. alert(112), "skip")
    fails("wss://127.0.0.1:" .. port, {}, { code = "tls-sni-missing",
      received = 112, fault = "client" })
  end)

  it("of level warning, close_notify, is the end", function()
    local port = lab:listen("read 5", "send " .. alert(0, 1), "half", "skip")
    local err, o = fails("wss://127.0.0.1:" .. port, {}, { phase = "tls",
      code = "tls-eof" })
    assert.equal("warning", o.alerts[1].level)
    assert.equal("close_notify", o.alerts[1].name)
    assert.is_true(err.temporary)
  end)

  it("of an unknown number is still one error", function()
    local port = lab:listen("read 5", "send " .. alert(250), "skip")
    local conn, err = wss.connect("wss://127.0.0.1:" .. port)
    assert.is_nil(conn)
    endings.judge(err, { code = "tls-alert", phase = "tls", received = 250 })
  end)

  it("is followed by nothing: the first ending stays", function()
    local port = lab:listen("read 5", "send " .. alert(80) .. alert(40),
      "rst")
    fails("wss://127.0.0.1:" .. port, {}, { code = "tls-alert",
      phase = "tls", received = 80 })
  end)
end)

describe("an address of version 6", function()
  it("is checked, too: its brackets switch nothing off", function()
    local c = endings.certs()
    local other = assert(c.ca:issue { cn = "other.test",
      dns = "other.test" })
    local server, seen = endings.serve { host = "::1", cert = other }
    local url = ("wss://[::1]:%d/"):format(server.port)
    local _, err, code = wss.connect(url, { ca = c.ca })
    assert.equal("cert-ip-mismatch", code)
    local _, o = endings.judge(err, { code = code, phase = "verify",
      verify = 64, sent = 42 })
    assert.equal("::1", o.peer.ip)
    assert.equal("ip", o.verify.expected.kind)
    helper.wait(function() return server:failures()[1] end)
    assert.equal(0, seen.opened)
    assert.is_true(server:reload { cert = c.leaf })
    local conn = assert(wss.connect(url, { ca = c.ca }))
    conn:close()
    server:close()
  end)
end)

describe("a server that is full", function()
  it("says limit-connections, and serves again later", function()
    local c = endings.certs()
    local server = endings.serve { max_connections = 1 }
    local first = assert(wss.connect(server.url, { ca = c.ca }))
    local conn, err = wss.connect(server.url, { ca = c.ca, timeout = 3 })
    assert.is_nil(conn)
    helper.validated(err.observation)
    assert.is_true(err.temporary, tostring(err))
    assert.is_true(first:close())
    helper.wait(function() return #server:connections() == 0 end)
    conn = assert(wss.connect(server.url, { ca = c.ca }))
    conn:close()
    server:close()
  end)
end)
