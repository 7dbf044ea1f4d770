-- Raw peers and OpenSSL's own s_server and s_client, byte for byte.
local alert = require("helper").fatal_alert
local helper = require("helper")
local material = require("interop.material")
local raw = require("wsstls.raw")

local certs

describe("a raw client and openssl s_server", function()
  local server

  setup(function() certs = material.make() end)
  after_each(function() server:stop() end)
  teardown(helper.cleanup)

  local function serve(...)
    local words = { "openssl", "s_server", "-accept", "127.0.0.1:0",
      "-cert", certs.server.cert, "-key", certs.server.key }
    for i = 1, select("#", ...) do words[#words + 1] = (select(i, ...)) end
    server = helper.spawn { command = words, ready = "^ACCEPT " }
    return tonumber(server:output():match("ACCEPT .-:(%d+)\n"))
  end

  for _, version in ipairs { "tls1_2", "tls1_3" } do
    it("give each other every byte, " .. version, function()
      local port = serve("-rev", "-" .. version)
      local c = assert(raw.connect { port = port, tls = { ca = certs.ca } })
      c:write("stressed\n")
      assert.equal("desserts", c:read("line", 5))
      assert.equal(version == "tls1_2" and "TLSv1.2" or "TLSv1.3",
        c:tls().version)
      assert.is_true(c:verify_result().ok)
      -- s_server answers line by line, and closes for this word
      c:write("CLOSE\n")
      helper.fails("closed", c:read("all", 5))
      c:close()
    end)

    it("read a body to the end of the stream, " .. version, function()
      local port = serve("-www", "-" .. version)
      local c = assert(raw.connect { port = port, tls = { ca = certs.ca } })
      c:write("GET / HTTP/1.0\r\n\r\n")
      assert.equal("HTTP/1.0 200 ok", c:read("line", 5))
      local page = assert(c:read("all", 5))
      assert.matches("s_server %-accept", page)
      assert.matches("</pre></BODY></HTML>", page, 1, true)
      c:close()
    end)

    it("agree who refused whom, " .. version, function()
      local port = serve("-www", "-" .. version, "-Verify", "1", "-CAfile",
        certs.ca, "-verify_return_error")
      local err = helper.fails("cert-untrusted", raw.connect { port = port,
        tls = { ca = certs.other_ca } })
      assert.equal(48, alert(err.observation, "sent"))
      server:expect("alert unknown ca")
      local c, late, code = raw.connect { port = port,
        tls = { ca = certs.ca, cert = certs.stranger.cert,
                key = certs.stranger.key } }
      if c then _, late, code = c:read("all", 5) end -- luacheck: ignore
      assert.equal("client-cert-rejected", code)
      assert.equal(48, alert(late.observation, "received"))
      assert.equal("tls", late.phase)
    end)
  end
end)

describe("a raw server and openssl s_client", function()
  local client, listener

  setup(function() certs = material.make() end)
  after_each(function()
    if client then client:stop() end
    listener:close()
  end)
  teardown(helper.cleanup)

  local function listen(tls)
    tls = tls or {}
    tls.cert, tls.key = certs.server.cert, certs.server.key
    listener = assert(raw.listen { tls = tls })
  end

  local function dial(stdin, ...)
    local words = { "openssl", "s_client", "-connect",
      "127.0.0.1:" .. listener.port, "-quiet", "-CAfile", certs.ca,
      "-verify_return_error" }
    for i = 1, select("#", ...) do words[#words + 1] = (select(i, ...)) end
    client = helper.spawn { command = words, stdin = stdin }
  end

  for _, version in ipairs { "tls1_2", "tls1_3" } do
    it("give each other every byte, " .. version, function()
      listen()
      dial("hello\n", "-" .. version, "-servername", "localhost")
      local s = assert(listener:accept(10))
      assert.equal("hello", s:read("line", 5))
      assert.equal("localhost", s:tls().sni)
      s:write("an answer\n")
      client:expect("an answer")
      s:close()
      assert.equal(0, (client:wait(5)))
    end)
  end

  it("agree that the client's certificate is missing", function()
    listen { ca = certs.ca }
    dial("", "-tls1_2")
    local err = helper.fails("client-cert-missing", listener:accept(10))
    assert.equal(40, alert(err.observation, "sent"))
    client:expect("alert handshake failure")
  end)

  it("agree that the server was refused", function()
    listen()
    dial("", "-CAfile", certs.other_ca)
    local err = helper.fails("cert-rejected", listener:accept(10))
    assert.equal(48, alert(err.observation, "received"))
    assert.equal("client", err.rejected_by)
    client:expect("verify error")
  end)

  it("agree that a record was damaged", function()
    listen()
    dial("hello\n", "-tls1_3")
    local s = assert(listener:accept(10))
    assert.equal("hello", s:read("line", 5))
    s:write_raw("\23\3\3\0\32" .. ("x"):rep(32))
    local err = helper.fails("tls-bad-record-mac", s:read("all", 5))
    assert.equal(20, alert(err.observation, "received"))
    client:expect("bad record mac")
  end)
end)
