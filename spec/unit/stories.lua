-- The failures whose stories are kept in spec/golden, by name.
local r = require("unit.records")
local errors = require("wsstls.errors")

local stories = {}
local order = {}

local function story(name, build)
  stories[name] = build
  order[#order + 1] = name
end

local CLIENT = { phase = "verify", fault = "server", rejected_by = "client" }

local function rejected(code, faults, chain, v, o)
  o = o or {}
  o.verify = r.verdict(faults, chain, v)
  o.phase = o.phase or "verify"
  local outcome = {}
  for key, value in pairs(CLIENT) do outcome[key] = value end
  return r.error(code, o, outcome)
end

-- text_spec.lua looks at this one line by line
story("cert-ip-mismatch", function()
  return rejected("cert-ip-mismatch", { { 64 } }, {}, {
    expected = r.ip("192.168.0.8"), presented = r.presented("localhost") },
    { sent = 42 })
end)

story("cert-self-signed-no-san", function()
  return rejected("cert-self-signed", { { 18 }, { 64 } },
    { r.cert("localhost") }, { expected = r.ip("127.0.0.1"),
      presented = r.presented("localhost") },
    { sent = 48, url = "wss://127.0.0.1:8443/",
      peer = { ip = "127.0.0.1", port = 8443 } })
end)

-- the seed: Debian's libwebsockets-test-server by IP
story("seed-lws-test-server", function()
  return rejected("cert-key-too-weak", { { 66 }, { 18 }, { 64 } },
    { r.cert("localhost", nil, { key = { type = "rsa", bits = 1024 },
      signature_algorithm = "sha256WithRSAEncryption" }) },
    { expected = r.ip("127.0.0.1"), presented = r.presented("localhost") },
    { sent = 42, url = "wss://127.0.0.1:7681/" })
end)

story("cert-ip-as-dns", function()
  return rejected("cert-ip-mismatch", { { 64 } },
    { r.cert("box", "Test CA"), r.cert("Test CA") },
    { expected = r.ip("10.0.0.7"), presented = r.presented("box", {
      dns = { "box.test", "10.0.0.7" } }) },
    { sent = 42, url = "wss://10.0.0.7/" })
end)

story("cert-host-only-in-cn", function()
  return rejected("cert-host-mismatch", { { 62 } },
    { r.cert("chat.example", "Test CA"), r.cert("Test CA") },
    { expected = r.dns("chat.example"),
      presented = r.presented("chat.example") },
    { sent = 42, url = "wss://chat.example/" })
end)

story("cert-wildcard-two-labels", function()
  return rejected("cert-host-mismatch", { { 62 } },
    { r.cert("*.example.com", "Test CA"), r.cert("Test CA") },
    { expected = r.dns("a.b.example.com"), presented = r.presented(
      "*.example.com", { dns = { "*.example.com" } }) },
    { sent = 42, url = "wss://a.b.example.com/" })
end)

story("cert-chain-incomplete", function()
  return rejected("cert-untrusted", { { 20 }, { 21, implied = true } },
    { r.cert("localhost", "Test Intermediate") },
    { expected = r.dns("localhost"), presented = r.presented("localhost",
      { dns = { "localhost" } }) },
    { sent = 48, url = "wss://localhost:8443/" })
end)

story("cert-many-faults", function()
  return rejected("cert-untrusted", { { 20, 1 }, { 62 }, { 10 } },
    { r.cert("old.example", "Other Intermediate", { not_before = 1704067200,
        not_after = 1735689600 }),
      r.cert("Other Intermediate", "Other Root") },
    { expected = r.dns("new.example"), presented = r.presented("old.example",
      { dns = { "old.example" } }) },
    { sent = 48, url = "wss://new.example/" })
end)

story("cert-expired-intermediate", function()
  return rejected("cert-expired", { { 10, 1 } },
    { r.cert("localhost", "Old Intermediate"),
      r.cert("Old Intermediate", "Test Root", { not_after = 1782777600 }),
      r.cert("Test Root") }, nil,
    { sent = 45, url = "wss://localhost/" })
end)

story("cert-pin-mismatch", function()
  return rejected("cert-pin-mismatch", { { 50, slug = "cert-pin-mismatch" } },
    { r.cert("localhost", "Test CA"), r.cert("Test CA") },
    { reason = "sha256//" .. ("A"):rep(43) .. "= and 1 more" }, { sent = 40 })
end)

story("cert-rejected", function()
  return r.error("cert-rejected", { side = "server", received = 48,
    peer = { ip = "127.0.0.1", port = 50001 }, phase = "tls",
    tls = { version = "TLSv1.3" },
    openssl = { { code = "0A000418", library = "SSL routines",
                  reason = "tlsv1 alert unknown ca" } } },
    { phase = "tls", fault = "server", rejected_by = "client" })
end)

story("client-cert-missing-late", function()
  return r.error("client-cert-missing", { received = 116, phase = "open",
    url = "wss://localhost/", tls = { version = "TLSv1.3" } },
    { phase = "tls", fault = "client", rejected_by = "server" })
end)

story("client-cert-untrusted", function()
  local v = r.verdict({ { 20 } }, { r.cert("device-7", "Foreign CA") })
  return r.error("client-cert-untrusted", { side = "server", sent = 48,
    peer = { ip = "10.0.0.9", port = 40000 }, verify = v, phase = "verify" },
    { phase = "verify", fault = "client", rejected_by = "server" })
end)

story("tls-version-mismatch", function()
  return r.error("tls-version-mismatch", { side = "server", sent = 70,
    peer = { ip = "127.0.0.1", port = 50002 },
    hello = { versions = { "TLSv1.1", "TLSv1" }, ciphers = {
      "ECDHE-RSA-AES128-SHA" } },
    openssl = { { code = "0A000102", library = "SSL routines",
                  reason = "unsupported protocol" } } },
    { phase = "tls", fault = "client", rejected_by = "server" })
end)

story("tls-handshake-failure", function()
  return r.error("tls-handshake-failure", { received = 40,
    url = "wss://localhost/", hello = { versions = { "TLSv1.2" },
      ciphers = { "ECDHE-RSA-AES128-GCM-SHA256" }, groups = { "X25519" },
      sigalgs = { "rsa_pss_rsae_sha256" } } },
    { phase = "tls", rejected_by = "server" })
end)

story("tls-not-tls", function()
  return r.error("tls-not-tls", { url = "wss://127.0.0.1:22/",
    peer = { ip = "127.0.0.1", port = 22 },
    first_bytes = "SSH-2.0-Open\27S\r\n",
    openssl = { { code = "0A00010B", reason = "wrong version number" } } },
    { phase = "tls", fault = "server" })
end)

story("timeout-tls", function()
  return r.error("timeout-tls", { url = "wss://127.0.0.1:9/",
    timeline = { { at = 0.001, event = "tcp-connected" },
                 { at = 0.002, event = "tls-sent", detail = "ClientHello" },
                 { at = 5.002, event = "timeout" } } }, { phase = "tls" })
end)

story("tcp-refused", function()
  return r.error("tcp-refused", { phase = "tcp", url = "ws://127.0.0.1:1/",
    peer = { ip = "127.0.0.1", port = 1 }, os_error = { errno = 111,
      name = "ECONNREFUSED", text = "Connection refused" } },
    { phase = "tcp" })
end)

story("upgrade-not-found", function()
  return r.error("upgrade-rejected", { phase = "upgrade",
    url = "wss://localhost/caht", http = { status = 404,
      reason = "Not Found", headers = { server = "x\27[31m",
      ["set-cookie"] = "sid=secret", ["content-type"] = "text/plain" },
      body = "no such\npage" } },
    { phase = "upgrade", fault = "server", rejected_by = "server" })
end)

story("upgrade-redirect", function()
  return r.error("upgrade-redirect", { phase = "upgrade",
    url = "ws://localhost/chat", http = { status = 301,
      headers = { location = "https://u:pw@localhost/chat/" } } },
    { phase = "upgrade", fault = "server", rejected_by = "server" })
end)

story("ws-rsv-bits", function()
  return r.error("ws-protocol-error", { side = "server", phase = "open",
    peer = { ip = "127.0.0.1", port = 50003 },
    close = { code = 1002, reason = "rsv bits", clean = false,
              initiated_by = "local" } },
    { phase = "open", fault = "client", rejected_by = "server" })
end)

story("closed-abnormally", function()
  return r.error("closed-abnormally", { phase = "open",
    url = "wss://localhost/", os_error = { errno = 104,
      name = "ECONNRESET", text = "Connection reset by peer" },
    close = { code = 1006, clean = false, initiated_by = "network" } },
    { phase = "open" })
end)

story("closed-application", function()
  return r.error("closed", { phase = "close", url = "wss://localhost/",
    close = { code = 4001, reason = "token expired\27]0;x\7", clean = true,
              initiated_by = "peer" } }, { phase = "close" })
end)

story("proxy-auth-required", function()
  return r.error("proxy-auth-required", { phase = "proxy",
    url = "wss://example.com/", http = { status = 407, headers = {
      ["proxy-authenticate"] = 'Basic realm="lan"' } } },
    { phase = "proxy", fault = "client", rejected_by = "proxy" })
end)

story("config-file-missing", function()
  return errors.new { code = "config-file-missing", side = "client",
    message = "ca_file: certs/ca.pem: the file does not exist" }
end)

story("cert-unclassified", function()
  return rejected("cert-unclassified", { { 200 } }, { r.cert("localhost") },
    nil, { sent = 46 })
end)

-- the system's store was used: how many are in it nobody knows
story("cert-untrusted-system-store", function()
  return rejected("cert-untrusted", { { 19, 1 } },
    { r.cert("localhost", "Lab CA"), r.cert("Lab CA", nil, { subject =
      "CN=Lab CA,O=Lab\\, Inc.,C=DE" }) },
    { policy = { time = r.NOW, flags = {}, trust = { count = 0,
      system = true } } }, { sent = 48, url = "wss://localhost/" })
end)

story("trust-store-empty", function()
  return rejected("cert-untrusted", { { 20 } },
    { r.cert("localhost", "Lab CA") },
    { policy = { time = r.NOW, flags = {}, trust = { count = 0 } } },
    { sent = 48, url = "wss://localhost/" })
end)

-- a name as long as names get; the command stays one that a shell takes
story("cert-host-mismatch-many-names", function()
  return rejected("cert-host-mismatch", { { 62 } },
    { r.cert("www.example.com", "Test CA"), r.cert("Test CA") },
    { expected = r.dns("chat.internal.example.com"), presented = r.presented(
      "www.example.com", { dns = { "www.example.com", "*.example.com" },
        ip = { "192.0.2.17", "2001:db8::17" } }) },
    { sent = 42, url = "wss://chat.internal.example.com/" })
end)

story("tls-no-shared-cipher", function()
  local ciphers = { "TLS_EMPTY_RENEGOTIATION_INFO_SCSV" }
  for i = 1, 20 do ciphers[i + 1] = "TLS_RSA_SUITE_" .. i end
  return r.error("tls-no-shared-cipher", { side = "server", sent = 40,
    peer = { ip = "127.0.0.1", port = 50005 },
    hello = { versions = { "TLSv1.2" }, ciphers = ciphers, sigalgs = {
      "rsa_pss_rsae_sha256" } },
    openssl = { { code = "0A0000C1", reason = "no shared cipher" } } },
    { phase = "tls", rejected_by = "server" })
end)

story("tls-plain-client", function()
  return r.error("tls-plain-client", { side = "server",
    peer = { ip = "127.0.0.1", port = 50006 },
    first_bytes = "GET /chat HTTP/1", openssl = { { code = "0A00009C",
      reason = "http request" } } }, { phase = "tls", fault = "client" })
end)

-- the same from the client's side, and the other way round
story("upgrade-no-response-plain", function()
  return r.error("upgrade-no-response", { phase = "upgrade",
    url = "ws://localhost:8443/chat", peer = { ip = "127.0.0.1",
      port = 8443 } }, { phase = "upgrade", fault = "server" })
end)

story("upgrade-bad-request-tls", function()
  return r.error("upgrade-bad-request", { side = "server", phase = "upgrade",
    peer = { ip = "127.0.0.1", port = 50007 }, http = { status = 400,
      method = "\22\3\1\2", target = "\0\1\252", version = "",
      headers = {} } },
    { phase = "upgrade", fault = "client", rejected_by = "server",
      message = "the request cannot be read: no line ends in CRLF" })
end)

story("upgrade-rejected", function()
  return r.error("upgrade-rejected", { phase = "upgrade",
    url = "wss://localhost/chat", http = { status = 418,
      reason = "I'm a teapot", headers = { ["content-type"] =
      "text/plain" }, body = "\n short and stout \n" } },
    { phase = "upgrade", fault = "server", rejected_by = "server",
      message = "the server answered 418 I'm a teapot instead of 101" })
end)

story("upgrade-refused", function()
  return r.error("upgrade-refused", { side = "server", phase = "upgrade",
    peer = { ip = "127.0.0.1", port = 50008 }, http = { status = 404,
      method = "GET", target = "/caht?token=secret", version = "HTTP/1.1",
      headers = { host = "localhost", origin = "https://a.test",
        upgrade = "websocket", authorization = "Basic secret" } } },
    { phase = "upgrade", fault = "client", rejected_by = "server",
      message = "no service at the path '/caht'" })
end)

story("client-cert-rejected", function()
  return r.error("client-cert-rejected", { received = 48,
    url = "wss://localhost/", tls = { version = "TLSv1.3" } },
    { phase = "tls", fault = "client", rejected_by = "server" })
end)

story("dns-not-found", function()
  return r.error("dns-not-found", { phase = "dns",
    url = "wss://nowhere.invalid/" }, { phase = "dns",
      message = "Name or service not known" })
end)

story("timeout-connect", function()
  return r.error("timeout-connect", { phase = "tcp",
    url = "wss://192.0.2.1/", peer = { ip = "192.0.2.1", port = 443 },
    timeline = { { at = 0, event = "connecting" },
                 { at = 10, event = "timeout" }, { at = 10.001,
                   event = "ended" } } }, { phase = "tcp" })
end)

story("closed-abnormally-unverified", function()
  return r.error("closed-abnormally", { phase = "open",
    url = "wss://localhost/", verify_disabled = true,
    http = { status = 101, headers = { upgrade = "websocket" } },
    close = { code = 1006, clean = false, initiated_by = "network" } },
    { phase = "open" })
end)

return { build = stories, names = order }
