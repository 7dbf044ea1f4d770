--- Diagnosis of client certificates: what the server says of them, and what
-- the client learns. The server's verdicts are those on a server's
-- certificate with the parts exchanged, so their entries are derived.
-- @module wsstls.diagnosis.client_cert
local TRUST_HINT = "; the client CA is the listen option ca_file"

-- What a server's alert asks of a client.
local REJECTED = {
  [42] = "the server finds it corrupt, wrongly signed or not yet valid: see "
    .. "its dates with {show}",
  [43] = "it is not for clientAuth: issue it again with extendedKeyUsage "
    .. "clientAuth",
  [44] = "it is revoked: get a new one",
  [45] = "it has expired: get a new one, or correct the server's clock",
  [48] = "use a certificate from a CA that the server trusts, and send its "
    .. "intermediates (`chain`)",
}

local function rejected_fix(f)
  local alert = f:alert("received")
  return (alert and REJECTED[alert.number] or "use a certificate that the "
      .. "server accepts: issued by a CA it trusts, for clientAuth, within "
      .. "its dates")
    .. "; the server's log says more, with wsstls {failures}"
end

local function own(add)
  add { slug = "client-cert-missing", part = "certificate", fault = "client",
    title = "the server demands a client certificate and none was sent",
    what = "The server asked for a certificate and the client had none to "
      .. "send (mutual TLS).",
    why = function(f)
      if f.o.tls and f.o.tls.version == "TLSv1.3" and f.side == "client" then
        return "in TLS 1.3 the client's handshake is complete before the "
          .. "server looks at its certificate, so the refusal (alert 116) "
          .. "comes after it"
      end
      return "client_verify = \"required\" at the server; the client sends "
        .. "a certificate only when `cert` and `key` (or `pkcs12`) are given"
    end,
    fix = "give the client `cert` and `key` from a CA that the server "
      .. "trusts; for a test: {make_client}, and the server "
      .. '`ca_file = "ca.pem"`',
    source = "RFC 8446 4.3.2, 4.4.2, 6.2 (alert 116; TLS 1.2: 40); OpenSSL "
      .. "0A0000C7" }
  add { slug = "client-cert-rejected", part = "certificate",
    fault = "client", certainty = "likely",
    doubt = "the alert gives the class; the exact reason is known to the "
      .. "server only",
    title = "the server rejected this client's certificate",
    what = "The server ended TLS with an alert that speaks of the client's "
      .. "certificate.",
    why = function(f)
      local late = f.o.tls and f.o.tls.version == "TLSv1.3"
        and "; TLS 1.3 delivers it after this side's handshake" or ""
      return "alert {received}: {received_text}" .. late
    end,
    fix = rejected_fix,
    source = "RFC 8446 4.4.2, 6.2" }
  add { slug = "client-cert-foreign", refines = "client-cert-untrusted",
    part = "certificate", fault = "client", certainty = "likely",
    doubt = "if {leaf_issuer} is an intermediate of a trusted root, the "
      .. "client did not send it",
    title = "the server does not trust {leaf_issuer}, which issued the "
      .. "client's certificate",
    applies = function(f)
      local row = f:culprit()
      return row ~= nil and (row.code == 20 or row.code == 21)
        and row.depth == 0 and (f.v.policy == nil or f.v.policy.trust == nil
          or f.v.policy.trust.count ~= 0)
    end,
    what = "A certificate that is valid elsewhere, from a CA this server "
      .. "does not trust. It must never reach an open connection.",
    why = "{leaf} was issued by {leaf_issuer}, which is not among {trust}",
    fix = "issue the client a certificate by a CA that this server trusts"
      .. TRUST_HINT,
    source = "RFC 8446 4.4.2.4" }
end

-- What reads differently when the certificate is the client's.
local OVERRIDE = {
  ["client-cert-self-signed"] = {
    why = "nobody vouches for a certificate that signs itself: the server "
      .. "must have it as ca_file, and it is not among {trust}",
    fix = "issue the client a certificate by a CA that the server trusts: "
      .. "{make} ; then {install}" },
}

-- These speak of a server, or of the way to one.
local SKIP = { ["cert-self-signed-no-san"] = true,
               ["proxy-tls-intercepted"] = true,
               ["tls-damaged-certificate"] = true,
               ["tls-replaced-certificate"] = true }

local function derive(entry)
  local copy = {}
  for key, value in pairs(entry) do copy[key] = value end
  copy.slug = "client-" .. entry.slug
  copy.elsewhere = nil
  if entry.refines then
    copy.refines = {}
    for i, code in ipairs(entry.refines) do
      copy.refines[i] = "client-" .. code
    end
  end
  for key, value in pairs(OVERRIDE[copy.slug] or {}) do copy[key] = value end
  return copy
end

-- The server's verdicts; each is told like the code without "client-", and
-- brings that code's refinements along.
local VERDICTS = {
  "client-cert-self-signed", "client-cert-untrusted",
  "client-cert-partial-chain", "client-cert-expired",
  "client-cert-not-yet-valid", "client-cert-purpose",
  "client-cert-unknown-critical-extension", "client-cert-invalid-ca",
  "client-cert-path-length", "client-cert-depth",
  "client-cert-name-not-permitted", "client-cert-name-excluded",
  "client-cert-bad-signature", "client-cert-key-too-weak",
  "client-cert-ca-key-too-weak", "client-cert-digest-too-weak",
  "client-cert-revoked", "client-crl-missing", "client-crl-expired",
  "client-crl-not-yet-valid", "client-crl-bad-signature",
  "client-cert-strict", "client-cert-host-mismatch",
  "client-cert-ip-mismatch", "client-cert-pin-mismatch",
  "client-cert-verify-callback", "client-cert-webpki",
  "client-cert-unclassified",
}

return function(add, built)
  own(add)
  local judged, order = {}, {}
  for _, code in ipairs(VERDICTS) do judged[code] = true end
  for i, slug in ipairs(built.order) do order[i] = slug end
  for _, slug in ipairs(order) do
    local entry = built.by_slug[slug]
    local code = entry.refines and entry.refines[1] or slug
    if judged["client-" .. code] and not SKIP[slug] then
      add(derive(entry))
    end
  end
end
