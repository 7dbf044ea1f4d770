local fake = require "unit.fake_core"

describe("options", function()
  local options, restore, _

  setup(function()
    _, _, restore = fake.load()
    options = require "wsstls.options"
  end)

  teardown(function() restore() end)

  local function read(kind, opts)
    return assert(options.read(kind, opts))
  end

  local function refused(pattern, kind, opts)
    local o, message = options.read(kind, opts)
    assert.is_nil(o)
    assert.matches(pattern, message)
    return message
  end

  it("have safe defaults", function()
    local o = read("connect", nil)
    assert.is_true(o.verify)
    assert.is_false(o.cn_fallback)
    assert.is_false(o.compress)
    assert.equal("TLSv1.2", o.min_version)
    assert.equal("openssl", o.policy)
    assert.equal(64 * 1024 * 1024, o.max_message)
    assert.same({ total = 30, close = 5 }, o.timeout)
    assert.equal(20, o.ping_interval)
    assert.equal("127.0.0.1", read("listen", {}).host)
    assert.equal(128, read("listen", {}).backlog)
    assert.equal(10, read("listen", {}).handshake_timeout)
  end)

  it("are not changed by a reader", function()
    local mine = { ca_file = "ca.pem", ca = { "a" }, verify_host = "1.2.3.4" }
    read("connect", mine)
    assert.same({ ca_file = "ca.pem", ca = { "a" },
                  verify_host = "1.2.3.4" }, mine)
  end)

  it("name the nearest when the name is unknown", function()
    refused("unknown option 'verfy' %(did you mean 'verify'%?%)",
      "connect", { verfy = true })
    refused("did you mean 'min_version'", "connect", { minversion = "1.2" })
    refused("did you mean 'ping_interval'", "connect", { ping_intervall = 1 })
    refused("unknown option 'zzzzzzzz'$", "connect", { zzzzzzzz = 1 })
  end)

  it("count neighbours' spellings as near", function()
    for theirs, ours in pairs { cafile = "ca_file", CAfile = "ca_file",
        capath = "ca_path", certificate = "cert", servername = "sni",
        rejectUnauthorized = "verify", maxPayload = "max_message",
        subprotocols = "protocols", extra_headers = "headers" } do
      refused("unknown option '" .. theirs .. "' %(did you mean '" .. ours
        .. "'%?%)", "connect", { [theirs] = "x" })
    end
  end)

  it("say where an option belongs", function()
    refused("it belongs to wss.listen", "connect", { handshake_timeout = 1 })
    refused("it belongs to wss.connect", "listen", { connect_to = "a:1" })
  end)

  it("have names", function()
    refused("options have names, got a number", "connect", { "x" })
    refused("expected a table, got string", "connect", "x")
  end)

  it("are of the right type", function()
    refused("option 'strict': expected true or false, got number 1",
      "connect", { strict = 1 })
    refused("option 'on_open': expected a function", "connect",
      { on_open = "x" })
    refused("option 'verify': expected true, false or a function", "connect",
      { verify = "yes" })
    refused("option 'port': expected a whole number from 0 to 65535",
      "listen", { port = 70000 })
    refused("option 'port'", "listen", { port = 0 / 0 })
    refused("option 'max_message'", "connect", { max_message = 1.5 })
    refused("option 'policy': expected one of.*did you mean 'webpki'",
      "connect", { policy = "web-pki" })
  end)

  it("do not show secrets or long values in messages", function()
    local message = refused("a string of 100 bytes", "connect",
      { policy = ("x"):rep(100) })
    assert.is_nil(message:find("xxx", 1, true))
    message = refused("key_password", "connect", { key_password = 12345 })
    assert.is_nil(message:find("12345", 1, true))
  end)

  it("put certificates and lists of them into one form", function()
    local material = io.tmpfile() -- a userdata to be one of the core's
    debug.setmetatable(material, { __name = "wsstls.material" })
    local object = { material = material }
    local o = read("connect", { ca = object, crl = { "a", object },
      ca_file = "ca.pem", crl_file = "b", cert = object })
    assert.same({ material, "ca.pem" }, o.ca)
    assert.is_nil(o.ca_file)
    assert.same({ "a", material, "b" }, o.crl)
    assert.equal("leaf", o.crl_check)
    assert.equal(material, o.cert)
    assert.equal("x", read("connect", { ca = "x" }).ca)
    refused("option 'ca'", "connect", { ca = { 1 } })
    refused("option 'ca'", "connect", { ca = { a = "x" } })
    refused("option 'cert'", "connect", { cert = {} })
    refused("option 'cert'", "connect", { cert = "" })
  end)

  it("know every spelling of a TLS version", function()
    for _, text in ipairs { "TLSv1.2", "TLSv1_2", "1.2", 1.2, "tls1.2" } do
      assert.equal("TLSv1.2", read("connect", { max_version = text })
        .max_version)
    end
    assert.equal("TLSv1", read("connect", { min_version = "1.0" })
      .min_version)
    refused("option 'min_version'", "connect", { min_version = "SSLv3" })
    refused("option 'min_version'", "connect", { min_version = "1.4" })
  end)

  it("follow a maximum below TLS 1.2 with the minimum", function()
    assert.equal("TLSv1.1", read("connect", { max_version = "1.1" })
      .min_version)
    assert.equal("TLSv1.2", read("connect", { max_version = "1.3" })
      .min_version)
  end)

  it("take lists and strings with colons alike", function()
    local o = read("connect", { ciphers = { "A", "B" }, groups = "X:Y",
      alpn = "h2:http/1.1", protocols = { "chat" } })
    assert.equal("A:B", o.ciphers)
    assert.equal("X:Y", o.groups)
    assert.same({ "h2", "http/1.1" }, o.alpn)
    assert.same({ "chat" }, o.protocols)
    refused("option 'protocols'", "connect", { protocols = { "a b" } })
    refused("each subprotocol once", "connect", { protocols = "a:a" })
    refused("option 'ciphers'", "connect", { ciphers = {} })
  end)

  it("overlook no part of a list, and no option beside another", function()
    refused("option 'protocols': expected a list", "connect",
      { protocols = { chat = true } })
    refused("option 'allow': expected a list", "connect",
      { allow = { ["cert-expired"] = true } })
    refused("option 'ca': expected a list", "connect",
      { ca = { "a", nil, "b" } })
    refused("at least one pin", "connect", { pin_sha256 = {} })
    refused("'cert' and 'pkcs12'", "connect", { cert = "a", pkcs12 = "b" })
    refused("option 'chain'", "connect", { chain = "a" })
    assert.equal("a", read("reload", { chain = "a" }).chain)
  end)

  it("send those of a server there", function()
    for name, value in pairs { alpn_strict = true, tickets = 0 } do
      refused("it belongs to wss%.listen", "connect", { [name] = value })
      assert.equal(value, read("reload", { [name] = value })[name])
    end
  end)

  it("refuse what the core could only raise from inside", function()
    refused("option 'ca'", "connect", { ca = io.stdout })
    refused("option 'cert'", "listen", { cert = { material = io.stdout } })
    for _, name in ipairs { "ciphers", "keylog", "key_password" } do
      refused("option '" .. name .. "'", "connect", { [name] = "a\0" })
    end
    for _, number in ipairs { 1e300, 0, 12345, 0 / 0 } do
      refused("no code", "connect", { allow = { number } })
    end
  end)

  it("tell names from addresses", function()
    local o = read("connect", { verify_host = "192.0.2.1" })
    assert.equal("192.0.2.1", o.verify_ip)
    assert.is_nil(o.verify_host)
    assert.equal("::1", read("connect", { verify_host = "[::1]" }).verify_ip)
    assert.equal("a.test", read("connect", { verify_host = "a.test." })
      .verify_host)
    assert.is_false(read("connect", { verify_host = false }).verify_host)
    refused("give one of them", "connect",
      { verify_host = "a.test", verify_ip = "192.0.2.1" })
    refused("option 'verify_ip'", "connect", { verify_ip = "a.test" })
    refused("without a port", "connect", { verify_host = "a.test:443" })
  end)

  it("read timeouts as one deadline or as phases", function()
    assert.same({ total = 2, close = 5 }, read("connect", { timeout = 2 })
      .timeout)
    local phases = read("connect", { timeout = { tls = 1 } }).timeout
    assert.equal(1, phases.tls)
    assert.equal(10, phases.connect)
    assert.is_nil(phases.total)
    refused("no phase 'tsl', did you mean 'tls'", "connect",
      { timeout = { tsl = 1 } })
    refused("timeout.tls", "connect", { timeout = { tls = "x" } })
    refused("option 'timeout'", "connect", { timeout = -1 })
  end)

  it("turn pings off with false", function()
    assert.equal(0, read("connect", { ping_interval = false }).ping_interval)
  end)

  it("list headers and keep the handshake's own to itself", function()
    assert.same({ { "A", "1" }, { "B", "2" } },
      read("connect", { headers = { B = "2", A = "1" } }).headers)
    refused("written by the handshake", "connect",
      { headers = { ["sec-websocket-KEY"] = "x" } })
    refused("use the option 'protocols'", "connect",
      { headers = { ["Sec-WebSocket-Protocol"] = "x" } })
    refused("one line", "connect", { headers = { A = "x\r\nB: y" } })
    refused("option 'origin'", "connect", { origin = "x\ny" })
  end)

  it("translate what is allowed into X509 numbers", function()
    assert.same({ 10 }, read("connect", { allow = { "cert-expired" } }).allow)
    assert.same({ 19, 20 }, read("connect", { allow = "cert-untrusted" })
      .allow)
    assert.same({ 10, 18 }, read("connect", { allow = {
      "X509_V_ERR_CERT_HAS_EXPIRED", "DEPTH_ZERO_SELF_SIGNED_CERT", 10 } })
      .allow)
    refused("did you mean 'cert%-expired'", "connect",
      { allow = { "cert-expird" } })
    refused("no code", "connect", { allow = { "upgrade-rejected" } })
  end)

  it("read pins in base64 and hex", function()
    local base64 = ("A"):rep(43) .. "="
    local o = read("connect", { pin_sha256 = "sha256//" .. base64 })
    assert.same({ "sha256//" .. base64 }, o.pin_sha256)
    assert.same({ ("ab"):rep(32) },
      read("connect", { pin_sha256 = { ("ab"):rep(32) } }).pin_sha256)
    refused("SHA%-256", "connect", { pin_sha256 = "abc" })
  end)

  it("keep functions in Lua", function()
    local fn = function() end
    local o = read("connect", { verify = fn, keylog = fn })
    assert.is_true(o.verify)
    assert.equal(fn, o.verify_function)
    assert.is_nil(o.keylog)
    assert.equal(fn, o.keylog_function)
    assert.equal("k.log", read("connect", { keylog = "k.log" }).keylog)
  end)

  it("make a server one of TLS when it has a certificate", function()
    assert.is_false(read("listen", {}).tls)
    assert.is_true(read("listen", { cert = "c.pem" }).tls)
    assert.is_true(read("listen", { pkcs12 = "c.p12" }).tls)
    assert.is_false(read("listen", { cert = "c.pem", tls = false }).tls)
    refused("needs 'cert'", "listen", { tls = true })
  end)

  it("require client certificates when a CA is given", function()
    assert.equal("none", read("listen", { cert = "c" }).client_verify)
    assert.equal("required", read("listen", { cert = "c", ca = "x" })
      .client_verify)
    assert.equal("required", read("listen", { cert = "c", ca_path = "x" })
      .client_verify)
    assert.equal("optional", read("listen", { cert = "c", ca = "x",
      client_verify = "optional" }).client_verify)
  end)

  it("check services and server names within", function()
    refused("paths.*'/chat'.*unknown option 'on_mesage'.*on_message",
      "listen", { paths = { ["/chat"] = { on_mesage = print } } })
    refused("begin with '/'", "listen", { paths = { chat = {} } })
    refused("without a query", "listen", { paths = { ["/a?b"] = {} } })
    refused("sni.*'a.test'.*unknown option 'certt'", "listen",
      { sni = { ["a.test"] = { certt = "x" } } })
    local o = read("listen", { sni = { ["A.test"] = { cert = "x" } } })
    assert.equal("x", o.sni["a.test"].cert)
    assert.is_true(o.tls)
  end)

  it("of verify put host, ip and time under the core's names", function()
    local o = read("verify", { chain = "c.pem", host = "a.test", time = 5 })
    assert.equal("a.test", o.verify_host)
    assert.equal(5, o.verify_time)
    assert.equal("c.pem", o.chain)
    assert.equal("::1", read("verify", { ip = "::1" }).verify_ip)
  end)

  it("of reload have no defaults, for what is absent stays", function()
    assert.same({ cert = "c" }, read("reload", { cert = "c" }))
  end)

  it("take every documented name", function()
    local known = {}
    for _, kind in ipairs { "connect", "listen" } do
      for _, name in ipairs(options.names(kind)) do known[name] = true end
    end
    local documented = [[ca_file ca_path ca system_ca cert key key_password
      pkcs12 pkcs12_password verify verify_host verify_ip sni connect_to
      min_version max_version ciphers ciphersuites groups sigalgs
      security_level alpn crl crl_file crl_check policy cn_fallback strict
      partial_chain verify_depth verify_time purpose pin_sha256 allow keylog
      protocols headers origin timeout proxy max_message compress on_open
      on_message on_close on_error ping_interval ping_timeout host port tls
      client_verify dh_file paths on_request on_upgrade on_tls_error backlog
      max_connections handshake_timeout chain send_root]]
    for name in documented:gmatch("%S+") do
      assert.is_true(known[name], name)
    end
  end)
end)
