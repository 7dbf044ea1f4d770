-- A record for each refinement that shows it.
local r = require("unit.records")

local INT, ROOT = "Test Intermediate", "Test Root"

-- The chain leaf, intermediate, root; `o` changes the leaf.
local function chain(o, int, root)
  return { r.cert("localhost", INT, o),
           r.cert(INT, ROOT, int or { is_ca = true }),
           r.cert(ROOT, nil, root or { is_ca = true }) }
end

local function dns(value, presented)
  return { expected = r.dns(value), presented = presented }
end

local function ip(value, presented)
  return { expected = r.ip(value), presented = presented }
end

local function judged(code, faults, certs, v, o)
  o = o or {}
  o.verify, o.phase = r.verdict(faults, certs, v), "verify"
  return r.error(code, o)
end

local function trust(count, path)
  return { policy = { depth = 100, time = r.NOW, flags = {},
                      trust = { count = count, path = path } } }
end

local no_san = r.presented("localhost")

-- slug of a refinement, and a record that shows it
local REFINED = {
  { "cert-self-signed-no-san", function()
    return judged("cert-self-signed", { { 18 }, { 64 } },
      { r.cert("localhost") }, ip("127.0.0.1", no_san))
  end },
  { "cert-chain-incomplete", function()
    return judged("cert-untrusted", { { 20 }, { 21, implied = true } },
      { r.cert("localhost", INT) })
  end },
  { "cert-untrusted-root", function()
    local certs = chain()
    certs[3] = nil
    return judged("cert-untrusted", { { 20, 1 } }, certs)
  end },
  { "cert-untrusted-root-sent", function()
    return judged("cert-untrusted", { { 19, 2 } }, chain())
  end },
  { "cert-imposter-root", function()
    local certs, v = chain(), trust(1)
    certs[3] = nil
    v.policy.trust.namesake = r.cert(ROOT)
    return judged("cert-untrusted", { { 20, 1 } }, certs, v)
  end },
  { "cert-imposter-root", function()
    local certs = chain(nil, { authority_key_id = "aa" })
    certs[3] = nil
    return judged("cert-untrusted", { { 20, 1 } }, certs,
      { anchor = r.cert(ROOT, nil, { subject_key_id = "bb" }) })
  end },
  { "trust-store-empty", function()
    return judged("cert-untrusted", { { 20, 1 } }, chain(), trust(0))
  end },
  { "cert-expired-intermediate", function()
    return judged("cert-expired", { { 10, 1 } }, chain())
  end },
  { "cert-expired-root", function()
    return judged("cert-expired", { { 10, 2 } }, chain())
  end },
  { "cert-ip-only-in-cn", function()
    return judged("cert-ip-mismatch", { { 64 } },
      { r.cert("10.0.0.1", ROOT) }, ip("10.0.0.1",
        r.presented("10.0.0.1")))
  end },
  { "cert-ip-only-in-cn", function()
    return judged("cert-ip-mismatch", { { 64 } }, { r.cert("::1", ROOT) },
      ip("::1", r.presented("[::1]")))
  end },
  { "cert-ip-as-dns", function()
    return judged("cert-ip-mismatch", { { 64 } }, { r.cert("x", ROOT) },
      ip("10.0.0.1", r.presented("x", { dns = { "10.0.0.1" } })))
  end },
  { "cert-wildcard-two-labels", function()
    return judged("cert-host-mismatch", { { 62 } }, { r.cert("x", ROOT) },
      dns("a.b.test", r.presented("x", { dns = { "*.test" } })))
  end },
  { "cert-wildcard-apex", function()
    return judged("cert-host-mismatch", { { 62 } }, { r.cert("x", ROOT) },
      dns("ok.test", r.presented("x", { dns = { "*.ok.test" } })))
  end },
  { "cert-host-only-in-cn", function()
    return judged("cert-host-mismatch", { { 62 } }, { r.cert("x", ROOT) },
      dns("a.test", r.presented("*.test", { ip = { "10.0.0.1" } })))
  end },
  { "cert-purpose-eku", function()
    return judged("cert-purpose", { { 26 } },
      chain { extended_key_usage = { "clientAuth" } })
  end },
  { "cert-purpose-key-usage", function()
    return judged("cert-purpose", { { 26 } },
      chain { key_usage = { "keyAgreement" } })
  end },
  { "cert-purpose-ca-as-leaf", function()
    return judged("cert-purpose", { { 26 } },
      chain { key_usage = { "keyCertSign", "cRLSign" } })
  end },
  { "cert-issuer-not-ca", function()
    return judged("cert-invalid-ca", { { 79, 1 } },
      chain(nil, { is_ca = false, basic_constraints = true }))
  end },
  { "cert-issuer-no-basic-constraints", function()
    return judged("cert-invalid-ca", { { 79, 1 } },
      chain(nil, { is_ca = false, basic_constraints = false }))
  end },
  { "cert-issuer-no-key-cert-sign", function()
    return judged("cert-invalid-ca", { { 79, 1 } },
      chain(nil, { is_ca = true, key_usage = { "cRLSign" } }))
  end },
  { "cert-revoked-intermediate", function()
    return judged("cert-revoked", { { 23, 1 } }, chain())
  end },
  { "cert-strict-no-aki", function()
    return judged("cert-strict", { { 85 } }, chain())
  end },
  { "cert-strict-root-bits", function()
    return judged("cert-strict", { { 89, 2 }, { 92, 2 } }, chain())
  end },
  { "cert-strict-no-ski", function()
    return judged("cert-strict", { { 86, 1 } }, chain())
  end },
  { "cert-strict-empty-subject", function()
    return judged("cert-strict", { { 88 } }, chain())
  end },
  { "client-cert-foreign", function()
    return judged("client-cert-untrusted", { { 20 } },
      { r.cert("device", "Foreign CA") }, nil, { side = "server" })
  end },
  { "proxy-tls-intercepted", function()
    local certs = chain()
    certs[3] = nil
    return judged("cert-untrusted", { { 20, 1 } }, certs, nil,
      { proxy = { host = "proxy.test", port = 3128 } })
  end },
  { "tls-version-client-too-new", function()
    return r.error("tls-version-mismatch",
      { hello = { versions = { "TLSv1.3" } }, received = 70 })
  end },
  { "tls-version-security-level", function()
    return r.error("tls-version-mismatch", { side = "server", sent = 80,
      hello = { versions = { "TLSv1" } },
      openssl = { { code = "0A000076" } } })
  end },
  { "tls-wrong-private-key", function()
    return r.error("tls-bad-record-mac", { received = 20, phase = "tls",
      tls = { version = "TLSv1.2",
        cipher = "TLS_RSA_WITH_AES_128_GCM_SHA256" } })
  end },
  { "tls-damaged-client-hello", function()
    return r.error("tls-bad-record-mac", { received = 20, phase = "tls" })
  end },
  { "tls-damaged-key-exchange", function()
    return r.error("tls-bad-signature", { sent = 51,
      tls = { version = "TLSv1.2" } })
  end },
  { "upgrade-alpn-h2", function()
    return r.error("upgrade-rejected", { tls = { alpn = "h2" },
      http = { status = 400 } })
  end },
  { "upgrade-no-request", function()
    return r.error("upgrade-no-response", { side = "server",
      phase = "upgrade" })
  end },
  { "closed-going-away", function()
    return r.error("closed", { close = { code = 1001 } })
  end },
  { "closed-policy", function()
    return r.error("closed", { close = { code = 1008 } })
  end },
  { "closed-internal-error", function()
    return r.error("closed", { close = { code = 1011 } })
  end },
  { "closed-application", function()
    return r.error("closed", { close = { code = 4001 } })
  end },
}

for slug, status in pairs { ["upgrade-not-websocket"] = 200,
    ["upgrade-forbidden"] = 403, ["upgrade-not-found"] = 404,
    ["upgrade-version"] = 426, ["upgrade-bad-gateway"] = 502,
    ["upgrade-unavailable"] = 503 } do
  REFINED[#REFINED + 1] = { slug, function()
    return r.error("upgrade-rejected", { http = { status = status } })
  end }
end

for slug, line in pairs { ["ws-rsv-bits"] = "rsv bits",
    ["ws-bad-opcode"] = "illegal opcode",
    ["ws-fragmented-control"] = "control msg can't be fragmented",
    ["ws-control-too-long"] = "Control frame with xtended length is illegal",
    ["ws-bad-continuation"] = "disordered continuation",
    ["ws-bad-length"] = "b63 of length must be zero",
    ["ws-masked-server-frame"] = "masked server frame",
    ["ws-unmasked-client-frame"] = "client unmasked",
    ["ws-bad-close-code"] = "close code 1005 on the wire",
    ["ws-bad-deflate"] = "bad deflate stream" } do
  REFINED[#REFINED + 1] = { slug, function()
    return r.error("ws-protocol-error", { phase = "open", lws = { line },
      close = { code = 1002 } })
  end }
end

-- Findings a record can agree with and never prove: they match, and are not
-- chosen.
local AGREES = {
  -- of a trusted certificate the mismatch is all there is to say
  { "cert-self-signed-no-san", "cert-ip-mismatch", { phase = "verify",
    verify = r.verdict({ { 64 } }, { r.cert("localhost") },
      ip("127.0.0.1", no_san)) } },
  { "tls-replayed-record", "tls-bad-record-mac", { phase = "open" } },
  { "tls-duplicated-record", "tls-bad-record-mac", { phase = "open" } },
  { "tls-dropped-record", "tls-bad-record-mac", { phase = "open" } },
  { "tls-injected-record", "tls-bad-record-mac", { phase = "open" } },
  { "tls-damaged-certificate", "cert-bad-signature",
    { tls = { version = "TLSv1.2" } } },
  { "tls-damaged-key-exchange", "tls-wrong-private-key",
    { tls = { version = "TLSv1.2" } } },
  { "tls-replaced-certificate", "tls-bad-signature",
    { tls = { version = "TLSv1.2" } } },
  { "tls-replaced-certificate", "tls-wrong-private-key",
    { tls = { version = "TLSv1.2" } } },
}

return { refined = REFINED, agrees = AGREES, judged = judged, chain = chain,
         dns = dns, no_san = no_san, INT = INT, ROOT = ROOT }
