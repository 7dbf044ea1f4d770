-- openssl s_server and s_client: peers that know TLS and nothing else.
local helper = require("helper")
local alert = helper.fatal_alert
local material = require("interop.material")
local wss = require("wsstls")
local unpack = table.unpack or unpack

describe("our client and openssl s_server", function()
  local certs, server

  setup(function() certs = material.make() end)
  after_each(function() server:stop() end)
  teardown(helper.cleanup)

  -- with -www it answers every request with a status page
  local function serve(...)
    local more = select("#", ...)
    local words = { "openssl", "s_server", "-accept", "127.0.0.1:0", "-www",
      "-cert", certs.server.cert, "-key", certs.server.key }
    for i = 1, more do words[#words + 1] = (select(i, ...)) end
    server = helper.spawn { command = words, ready = "^ACCEPT " }
    return "wss://127.0.0.1:" .. server:output():match("ACCEPT .-:(%d+)\n")
  end

  it("finish TLS, then disagree about HTTP", function()
    local url = serve()
    local err = helper.fails("upgrade-rejected",
      wss.connect(url, { ca = certs.ca }))
    assert.equal(200, err.observation.http.status)
    assert.equal("server", err.rejected_by)
    assert.is_true(err.observation.verify.ok)
    assert.equal("TLSv1.3", err.observation.tls.version)
  end)

  it("speak TLS 1.2 with the one cipher both have", function()
    local url = serve("-tls1_2", "-cipher", "ECDHE-ECDSA-AES256-GCM-SHA384")
    local err = helper.fails("upgrade-rejected",
      wss.connect(url, { ca = certs.ca }))
    assert.equal("TLSv1.2", err.observation.tls.version)
    assert.equal("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
      err.observation.tls.cipher)
  end)

  it("agree that an unknown CA was refused by us", function()
    local url = serve()
    local err = helper.fails("cert-untrusted",
      wss.connect(url, { ca = certs.other_ca }))
    assert.equal("client", err.rejected_by)
    assert.equal(48, alert(err.observation, "sent"))
    server:expect("alert unknown ca")
  end)

  it("agree that no TLS version is shared", function()
    local url = serve("-tls1_2")
    local err = helper.fails("tls-version-mismatch",
      wss.connect(url, { ca = certs.ca, min_version = "TLSv1.3" }))
    assert.equal("server", err.rejected_by)
    assert.equal(70, alert(err.observation, "received"))
    server:expect("unsupported protocol")
  end)

  it("agree that no cipher is shared", function()
    local url = serve("-tls1_2", "-cipher", "ECDHE-ECDSA-AES256-GCM-SHA384")
    local err = helper.fails("tls-handshake-failure", wss.connect(url, {
      ca = certs.ca, ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256",
    }))
    assert.equal(40, alert(err.observation, "received"))
    server:expect("no shared cipher")
  end)

  for _, version in ipairs { "-tls1_2", "-tls1_3" } do
    it("agree that a client certificate was missing, " .. version, function()
      local url = serve(version, "-Verify", "1", "-CAfile", certs.ca)
      local err = helper.fails("client-cert-missing",
        wss.connect(url, { ca = certs.ca }))
      assert.equal(version == "-tls1_2" and 40 or 116,
        alert(err.observation, "received"))
      assert.equal("server", err.rejected_by)
      server:expect("peer did not return a certificate")
    end)

    it("agree that a stranger was refused, " .. version, function()
      local url = serve(version, "-Verify", "1", "-CAfile", certs.ca,
        "-verify_return_error")
      local err = helper.fails("client-cert-rejected", wss.connect(url, {
        ca = certs.ca,
        cert = certs.stranger.cert, key = certs.stranger.key,
      }))
      assert.equal(48, alert(err.observation, "received"))
      server:expect("certificate verify failed")
    end)
  end
end)

describe("our server and openssl s_client", function()
  local certs, server, seen

  local UPGRADE = table.concat({
    "GET /chat HTTP/1.1", "Host: localhost", "Upgrade: websocket",
    "Connection: Upgrade", "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "", "",
  }, "\r\n")

  setup(function() certs = material.make() end)
  after_each(function() server:close() end)
  teardown(helper.cleanup)

  local function serve(options)
    seen = {}
    options = options or {}
    options.cert, options.key = certs.server.cert, certs.server.key
    options.on_open = function(conn) seen.conn = conn end
    options.on_close = function(_, close) seen.close = close end
    server = assert(wss.listen(options))
  end

  local function dial(ca, ...)
    return helper.spawn { stdin = UPGRADE, command = {
      "openssl", "s_client", "-connect", "127.0.0.1:" .. server.port,
      "-CAfile", ca, "-verify_return_error", "-quiet", ...
    } }
  end

  local function failure()
    helper.wait(function() return server:failures()[1] end, 5,
      "the record of the failure")
    assert.is_nil(seen.conn)
    return helper.validated(server:failures()[1])
  end

  it("upgrade with the key of RFC 6455, and lose the connection", function()
    serve()
    local client = dial(certs.ca, "-verify_ip", "127.0.0.1")
    client:expect("HTTP/1.1 101")
    client:expect("s3pPLMBiTxaQ9kYGzzhZRbK%+xOo=")
    helper.wait(function() return seen.conn end)
    client:stop()
    helper.wait(function() return seen.close end)
    assert.equal(1006, seen.close.code)
    helper.validated(seen.conn:observation())
  end)

  it("agree that the client refused an unknown CA", function()
    serve()
    local client = dial(certs.other_ca)
    local status, output = client:wait()
    assert.equal(1, status)
    assert.is_truthy(output:find("verify error:num=20", 1, true))
    assert.equal(48, alert(failure(), "received"))
  end)

  it("agree that the client refused a wrong name", function()
    serve()
    local status, output = dial(certs.ca, "-verify_hostname",
      "elsewhere.test"):wait()
    assert.equal(1, status)
    assert.is_truthy(output:find("verify error:num=62", 1, true))
    assert.equal(42, alert(failure(), "received"))
  end)

  for _, version in ipairs { "-tls1_2", "-tls1_3" } do
    it("agree that a client certificate was missing, " .. version, function()
      serve { client_verify = "required", ca = certs.ca }
      local client = dial(certs.ca, version)
      local number = version == "-tls1_2" and 40 or 116
      client:expect("SSL alert number " .. number)
      assert.equal(number, alert(failure(), "sent"))
    end)

    it("agree that a stranger was refused, " .. version, function()
      serve { client_verify = "required", ca = certs.ca }
      local client = dial(certs.ca, version, unpack {
        "-cert", certs.stranger.cert, "-key", certs.stranger.key,
      })
      client:expect("SSL alert number 48")
      local observation = failure()
      assert.equal(48, alert(observation, "sent"))
      assert.equal(20, observation.verify.code)
    end)
  end

  it("agree that the client's TLS is too old", function()
    serve { min_version = "TLSv1.3" }
    local client = dial(certs.ca, "-tls1_2")
    client:expect("SSL alert number 70")
    assert.equal(70, alert(failure(), "sent"))
  end)
end)
