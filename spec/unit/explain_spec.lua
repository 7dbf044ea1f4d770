local explain = require("wsstls.explain").explain
local clients = require("wsstls.explain.clients")
local diagnosis = require("wsstls.diagnosis")
local codes = require("wsstls.codes")
local errors = require("wsstls.errors")
local names = require("wsstls.names")
local r = require("unit.records")

local function slugs(x)
  local list = {}
  for i, meaning in ipairs(r.assert(explain(x)).meanings) do
    list[i] = meaning.slug or meaning.kind
  end
  return list
end

local function kinds(x)
  local list = {}
  for i, meaning in ipairs(r.assert(explain(x)).meanings) do
    list[i] = meaning.kind
  end
  return list
end

-- What was pasted, and the first thing it must be taken for.
local PASTED = {
  { "node:tls Error: unable to verify the first certificate; code: "
      .. "'UNABLE_TO_VERIFY_LEAF_SIGNATURE'", "cert-chain-incomplete" },
  { "Error: self-signed certificate { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }",
    "cert-self-signed" },
  { "Error: self signed certificate in certificate chain",
    "cert-untrusted" },
  { "Error [ERR_TLS_CERT_ALTNAME_INVALID]: Hostname/IP does not match "
      .. "certificate's altnames: IP: 127.0.0.1 is not in the cert's list: ",
    "cert-ip-mismatch" },
  { "Error [ERR_TLS_CERT_ALTNAME_INVALID]: Hostname/IP does not match "
      .. "certificate's altnames: Host: a.test. is not in the cert's "
      .. "altnames: DNS:b.test", "cert-host-mismatch" },
  { "Error: connect ECONNREFUSED 127.0.0.1:8443", "tcp-refused" },
  { "Error: read ECONNRESET", "tcp-reset" },
  { "Error: getaddrinfo ENOTFOUND nosuch.test", "dns-not-found" },
  { "Error: socket hang up", "upgrade-no-response" },
  { "Error: Unexpected server response: 401", "upgrade-unauthorized" },
  { "RangeError: Invalid WebSocket frame: RSV1 must be clear",
    "ws-rsv-bits" },
  { "ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] "
      .. "certificate verify failed: self-signed certificate (_ssl.c:1006)",
    "cert-self-signed" },
  { "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to "
      .. "get local issuer certificate (_ssl.c:992)", "cert-untrusted" },
  { "certificate verify failed: IP address mismatch, certificate is not "
      .. "valid for '127.0.0.1'. (_ssl.c:997)", "cert-ip-mismatch" },
  { "certificate verify failed: Hostname mismatch, certificate is not valid "
      .. "for 'a.test'. (_ssl.c:997)", "cert-host-mismatch" },
  { "ssl.SSLError: [SSL: WRONG_VERSION_NUMBER] wrong version number "
      .. "(_ssl.c:1006)", "tls-not-tls" },
  { "websockets.exceptions.InvalidStatusCode: server rejected WebSocket "
      .. "connection: HTTP 403", "upgrade-forbidden" },
  { "websockets.exceptions.ConnectionClosedError: no close frame received "
      .. "or sent", "closed-abnormally" },
  { "received 1011 (internal error) keepalive ping timeout; then sent 1011",
    "timeout-ping" },
  { "x509: certificate signed by unknown authority", "cert-untrusted" },
  { "x509: certificate is valid for b.test, not a.test",
    "cert-host-mismatch" },
  { "x509: cannot validate certificate for 127.0.0.1 because it doesn't "
      .. "contain any IP SANs", "cert-ip-mismatch" },
  { "x509: certificate relies on legacy Common Name field, use SANs instead",
    "cert-host-only-in-cn" },
  { "x509: certificate has expired or is not yet valid: current time "
      .. "2026-01-01T00:00:00Z is after 2025-01-01T00:00:00Z",
    "cert-expired" },
  { "x509: certificate has expired or is not yet valid: current time "
      .. "2020-01-01T00:00:00Z is before 2025-01-01T00:00:00Z",
    "cert-not-yet-valid" },
  { "tls: first record does not look like a TLS handshake", "tls-not-tls" },
  { "websocket: bad handshake", "upgrade-rejected" },
  { "curl: (60) SSL certificate problem: certificate has expired",
    "cert-expired" },
  { "curl: (60) SSL: no alternative certificate subject name matches target "
      .. "host name 'a.test'", "cert-host-mismatch" },
  { "curl: (60) SSL: no alternative certificate subject name matches target "
      .. "ipv4 address '127.0.0.1'", "cert-ip-mismatch" },
  { "curl: (35) error:0A00010B:SSL routines::wrong version number",
    "tls-not-tls" },
  { "curl: (7) Failed to connect", "tcp-refused" },
  { "NET::ERR_CERT_AUTHORITY_INVALID", "cert-untrusted" },
  { "NET::ERR_CERT_COMMON_NAME_INVALID", "cert-host-mismatch" },
  { "net::ERR_CERT_DATE_INVALID", "cert-expired" },
  { "WebSocket connection to 'wss://a/' failed: Error during WebSocket "
      .. "handshake: Unexpected response code: 404", "upgrade-not-found" },
  { "Error code: SEC_ERROR_UNKNOWN_ISSUER", "cert-untrusted" },
  { "Error code: MOZILLA_PKIX_ERROR_SELF_SIGNED_CERT", "cert-self-signed" },
  { "SSL_ERROR_BAD_CERT_DOMAIN", "cert-host-mismatch" },
  { "SSL error: IP address mismatch (preverify_ok=0;err=64;depth=0)",
    "cert-ip-mismatch" },
  { "server's cert didn't look good, (use_ssl 0x1) X509_V_ERR = 18: "
      .. "self-signed certificate", "cert-self-signed" },
  { "SSL_connect: error:00000001:lib(0):func(0):reason(1)", "tls-failed" },
  { "verify error:num=20:unable to get local issuer certificate",
    "cert-untrusted" },
  { "Verify return code: 10 (certificate has expired)", "cert-expired" },
  { "140:error:1408A0C1:SSL routines:ssl3_get_client_hello:no shared cipher",
    "tls-no-shared-cipher" },
  { "error:0A000119:SSL routines::decryption failed or bad record mac",
    "tls-bad-record-mac" },
  { "javax.net.ssl.SSLHandshakeException: PKIX path building failed",
    "cert-untrusted" },
  { "invalid peer certificate: UnknownIssuer", "cert-untrusted" },
}

describe("explain", function()
  for _, row in ipairs(PASTED) do
    it("understands: " .. row[1]:sub(1, 60), function()
      assert.equal(row[2], slugs(row[1])[1])
    end)
  end

  it("finds the alert in pasted text", function()
    for text, number in pairs {
      ["error:0A000418:SSL routines::tlsv1 alert unknown ca:ssl/record/rec_"
        .. "layer_s3.c:1586:SSL alert number 48"] = 48,
      ["[SSL: SSLV3_ALERT_CERTIFICATE_UNKNOWN] sslv3 alert certificate "
        .. "unknown (_ssl.c:2)"] = 46,
      ["remote error: tls: unknown certificate authority"] = 48,
      ["remote error: tls: bad certificate"] = 42,
      ["[SSL: TLSV13_ALERT_CERTIFICATE_REQUIRED]"] = 116,
    } do
      local meaning = r.assert(explain(text)).meanings[1]
      assert.equal("alert", meaning.kind, text)
      assert.equal(number, meaning.number, text)
    end
  end)

  it("says what libwebsockets' reason(1) is not", function()
    local text = tostring(explain("reason(1)"))
    assert.truthy(text:find("SSL_ERROR_SSL", 1, true))
  end)

  it("lists every meaning of a bare number", function()
    assert.same({ "x509", "alert" }, kinds(20))
    assert.same({ "x509", "alert" }, kinds("20"))
    assert.same({ "alert" }, kinds(120))
    assert.same({ "close" }, kinds(1002))
    assert.same({ "http" }, kinds(401))
    local both = 0
    for number = 0, 120 do
      local explanation = explain(number)
      if explanation and #explanation.meanings == 2 then
        both = both + 1
      end
    end
    -- 24 share X509 and alert; 100 is an alert and an HTTP status
    assert.equal(25, both)
  end)

  it("chooses one meaning by its prefix", function()
    assert.same({ "x509" }, kinds("x509:20"))
    assert.same({ "alert" }, kinds("alert:20"))
    assert.same({ "alert" }, kinds("Alert: bad_certificate"))
    assert.same({ "close" }, kinds("close:1002"))
    assert.same({ "http" }, kinds("http:401"))
    assert.same({ "x509" }, kinds("x509:IP_ADDRESS_MISMATCH"))
    assert.same({ "openssl" }, kinds("openssl:0A00010B"))
  end)

  it("knows every code and refinement by its slug", function()
    for _, slug in ipairs(diagnosis.slugs()) do
      local explanation = r.assert(explain(slug))
      assert.equal(slug, explanation.meanings[1].slug)
      local text = tostring(explanation)
      assert.equal(slug .. ": ", text:sub(1, #slug + 2))
      for line in (text .. "\n"):gmatch("(.-)\n") do
        assert.is_true(#line <= 80 or not line:find("%s%S+%s"), line)
      end
    end
  end)

  it("knows every X509 verdict, alert and OpenSSL reason of the tables",
    function()
      for _, row in ipairs(names.x509_rows()) do
        local meaning = r.assert(explain("x509:" .. row.code)).meanings[1]
        assert.equal(row.name, meaning.name)
        if row.code ~= 0 then assert.truthy(meaning.fix, row.name) end
        assert.truthy(explain(row.name), row.name)
      end
      for _, row in ipairs(names.alert_rows()) do
        assert.truthy(tostring(explain("alert:" .. row.number)):find(
          row.name, 1, true))
      end
      for _, row in ipairs(names.openssl_rows()) do
        assert.truthy(explain("openssl:" .. row.code), row.code)
        assert.truthy(explain(row.code), row.code)
      end
    end)

  it("says for which faults an alert is sent", function()
    local meaning = explain("alert:42").meanings[1]
    assert.is_true(table.concat(meaning.sent_for, " "):find(
      "cert-ip-mismatch", 1, true) ~= nil)
    for number = 0, 120 do
      local found = explain("alert:" .. number)
      for _, slug in ipairs(found and found.meanings[1].sent_for or {}) do
        assert.truthy(diagnosis.entry(slug), slug)
      end
    end
  end)

  it("tells the story of an error and of a record", function()
    local err = r.error("tcp-refused", { phase = "tcp" })
    assert.equal(err:story(), tostring(explain(err)))
    assert.equal(err:story(), tostring(explain(err.observation)))
    assert.equal("no error", tostring(explain(r.record())))
  end)

  it("tells a verify-result", function()
    local text = tostring(explain(r.verdict({ { 10 } },
      { r.cert("localhost") })))
    assert.truthy(text:find("error[cert-expired]", 1, true))
  end)

  it("returns an error for what nobody knows, with what is near", function()
    local nothing, err, code = explain("certificate of the moon")
    assert.is_nil(nothing)
    assert.equal("unknown", code)
    assert.is_true(errors.is(err))
    assert.truthy(err.message:find("near it: ", 1, true))
    assert.is_nil((explain("")))
    assert.is_nil((explain(99999)))
    assert.is_nil((explain(-1)))
    assert.is_nil((explain(0.5)))
    assert.is_nil((explain("x509:999")))
  end)

  it("raises for other types", function()
    for _, x in ipairs { true, print } do
      assert.has_error(function() explain(x) end)
    end
    assert.has_error(function() explain() end,
      "explain: expected an error, a record, a number or text, got nil")
  end)

  it("escapes what was pasted", function()
    local _, err = explain("\27[31m\0 nothing")
    assert.is_nil(tostring(err):find("%c"))
  end)

  it("says of nothing of ours that there is no error", function()
    local _, err = explain("cert-expird")
    assert.truthy(err.message:find("near it: cert-expired,", 1, true))
    _, err = explain({})
    assert.equal("unknown", err.code)
    assert.truthy(tostring(explain { ok = true, code = 0, errors = {} })
      :find("no error", 1, true))
  end)

  it("reads huge and hostile text in bounded time", function()
    local before = os.clock()
    explain(("alert "):rep(200000))
    explain(("(preverify_ok=0;err=64;"):rep(50000))
    explain(("%"):rep(100000) .. ("["):rep(1000))
    assert.is_true(os.clock() - before < 5)
  end)

  it("has client rows that lead to slugs, and are found again", function()
    for _, row in ipairs(clients) do
      assert.truthy(diagnosis.entry(row[3]), row[2])
      if not row.pattern then
        local found = false
        for _, meaning in ipairs(r.assert(explain(row[2])).meanings) do
          found = found or meaning.slug == row[3]
            or (codes.get(meaning.slug) ~= nil
                and diagnosis.entry(row[3]).refines ~= nil)
        end
        assert.is_true(found, row[1] .. ": " .. row[2])
      end
    end
  end)
end)
