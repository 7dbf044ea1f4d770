local url = require "wsstls.url"

local function refuses(text, pattern)
  local parsed, message = url.parse(text)
  assert.is_nil(parsed)
  assert.matches(pattern, message)
end

describe("a WebSocket URL", function()
  it("is taken apart into scheme, host, port and path", function()
    local u = url.parse("wss://example.test:8443/chat?room=1&x=%20")
    assert.equal("wss", u.scheme)
    assert.is_true(u.secure)
    assert.equal("example.test", u.host)
    assert.is_nil(u.ip)
    assert.equal(8443, u.port)
    assert.equal("/chat?room=1&x=%20", u.path)
    assert.equal("example.test:8443", u.authority)
  end)

  it("has default ports that the authority leaves out", function()
    assert.equal(443, url.parse("wss://a.test").port)
    assert.equal(80, url.parse("ws://a.test").port)
    assert.equal("a.test", url.parse("wss://a.test:443/").authority)
    assert.equal("a.test:443", url.parse("ws://a.test:443/").authority)
  end)

  it("has the path / when it names none", function()
    assert.equal("/", url.parse("ws://a.test").path)
    assert.equal("/?q=1", url.parse("ws://a.test?q=1").path)
  end)

  it("may be written in capitals", function()
    assert.equal("wss", url.parse("WSS://A.test/").scheme)
  end)

  it("holds IPv6 literals in brackets", function()
    local u = url.parse("wss://[::1]:9443/x")
    assert.equal("::1", u.host)
    assert.equal(6, u.ip)
    assert.equal(9443, u.port)
    assert.equal("[::1]:9443", u.authority)
    assert.equal("[fe80::1]", url.parse("wss://[fe80::1]/").authority)
  end)

  it("knows IPv4 literals", function()
    assert.equal(4, url.parse("ws://127.0.0.1:1/").ip)
    assert.is_nil(url.parse("ws://127.0.0.1.test/").ip)
  end)

  it("refuses other schemes and names the near one", function()
    refuses("https://a.test/", "unknown scheme 'https://'.*wss://")
    refuses("http://a.test/", "did you mean 'ws://'")
    refuses("ftp://a.test/", "unknown scheme 'ftp://'")
    refuses("a.test:80", "does not begin with ws:// or wss://")
    refuses("", "does not begin")
  end)

  it("of a proxy has credentials, decoded, and a default port", function()
    assert.same({ host = "p.test", port = 80 },
      url.proxy("http://p.test", "proxy"))
    assert.same({ host = "::1", port = 3128, user = "me", password = "a:b@c" },
      url.proxy("http://me:a%3Ab%40c@[::1]:3128/", "proxy"))
    assert.same({ host = "p", port = 1, user = "me", password = "" },
      url.proxy("me@p:1", "proxy"))
    for text, pattern in pairs {
        ["socks5://p:1"] = "no proxies of scheme 'socks5://'",
        ["http://p:0"] = "'0' is not a port", ["http://"] = "host is missing",
        ["http://a%0d:b@p"] = "control character",
        ["http://a%3A:b@p"] = "the user a colon" } do
      local proxy, bad = url.proxy(text, "option 'proxy'")
      assert.is_nil(proxy)
      assert.matches(pattern, bad)
      assert.matches("^option 'proxy': ", bad)
    end
  end)

  it("refuses a host that no name server could know", function()
    refuses("wss://" .. ("abc."):rep(70) .. "test/",
      "at most 253 characters, this one has 284")
    assert.is_truthy(url.parse("wss://" .. ("abc."):rep(62) .. "test/"))
  end)

  it("refuses userinfo, for it would be sent nowhere", function()
    refuses("wss://me:secret@a.test/", "user or password")
  end)

  it("does not repeat a password in the message", function()
    local _, message = url.parse("wss://me:secret@a.test/")
    assert.is_nil(message:find("secret", 1, true))
  end)

  it("keeps the zone of an IPv6 address for dialling, not for Host", function()
    for _, zone in ipairs { "%eth0", "%25eth0" } do
      local parsed = url.parse("wss://[fe80::1" .. zone .. "]:8443/")
      assert.equal("fe80::1%eth0", parsed.host)
      assert.equal(6, parsed.ip)
      assert.equal("[fe80::1]:8443", parsed.authority)
    end
  end)

  it("refuses a % that begins no escape", function()
    for _, path in ipairs { "/%zz", "/a?b=%", "/%2" } do
      refuses("wss://a.test" .. path, "two hex digits")
    end
    assert.equal("/%25%7E", url.parse("wss://a.test/%25%7E").path)
  end)

  it("refuses a fragment", function()
    refuses("wss://a.test/#top", "fragment")
    refuses("wss://a.test/x#", "fragment")
  end)

  it("refuses bad ports", function()
    refuses("wss://a.test:0/", "not a port")
    refuses("wss://a.test:65536/", "not a port")
    refuses("wss://a.test:1x/", "not a port")
    refuses("wss://a.test:-1/", "not a port")
  end)

  it("takes an empty port for the default one", function()
    assert.equal(443, url.parse("wss://a.test:/").port)
  end)

  it("refuses hosts that are none", function()
    refuses("wss:///x", "host is missing")
    refuses("wss://:80/", "host is missing")
    refuses("wss://a b.test/", "not a host name")
    refuses("wss://[::1/", ".")
    refuses("wss://[zz]/", "not an IPv6 address")
    refuses("wss://::1/", "in brackets")
    refuses("wss://b\195\188cher.test/", "xn%-%-")
  end)

  it("refuses paths with bytes that break the request line", function()
    refuses("wss://a.test/a b", "%%XX")
    refuses("wss://a.test/a\r\nX: y", "%%XX")
    refuses("wss://a.test/\0", "%%XX")
    refuses("wss://a.test/\195\188", "%%XX")
  end)

  it("refuses anything that is no string", function()
    refuses(nil, "expected a string, got nil")
    refuses({}, "expected a string, got table")
  end)
end)

describe("an IP literal", function()
  it("is recognised when it is one", function()
    for _, text in ipairs { "0.0.0.0", "255.255.255.255", "192.168.0.8" } do
      assert.equal(4, url.ip_version(text), text)
    end
    for _, text in ipairs { "::", "::1", "1::", "fe80::1%eth0",
        "2001:db8:0:0:0:0:2:1", "2001:db8::2:1", "::ffff:192.0.2.1",
        "1:2:3:4:5:6:192.0.2.1", "1:2:3:4:5:6:7::" } do
      assert.equal(6, url.ip_version(text), text)
    end
  end)

  it("is not seen in what only looks like one", function()
    for _, text in ipairs { "256.0.0.1", "1.2.3", "1.2.3.4.5", "01.2.3.4",
        "1.2.3.4 ", "", "localhost", ":", ":::", "1::2::3", "1:2:3",
        "12345::", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "::1.2.3",
        "::256.0.0.1", "1.2.3.4::" } do
      assert.is_nil(url.ip_version(text), text)
    end
  end)
end)
