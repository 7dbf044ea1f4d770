--- Diagnosis of the certificates themselves: dates, signatures, strength,
-- and verdicts that do not come from the chain.
-- @module wsstls.diagnosis.cert
local EXPIRED_FIX = "renew it at your CA; for a test: {make} ; then {install}"

local function depth_of(f)
  local row = f:culprit()
  return row and row.depth or 0
end

local function is_root(f)
  local cert = f:cert(depth_of(f))
  return cert ~= nil and cert.self_signed == true
end

-- What a client's alert asks of a server.
local REJECTED = {
  [42] = "usually the name or address that was dialled is not in the "
    .. "certificate's subjectAltName: issue it with every name and address "
    .. "that clients dial",
  [43] = "usually the certificate is not for serverAuth: issue it again with "
    .. "extendedKeyUsage serverAuth",
  [44] = "the client holds it for revoked: get a new one",
  [45] = "renew the certificate, or correct the client's clock",
  [46] = "most clients of this kind do not trust the CA, others do not like "
    .. "the names: give the client the CA, and the certificate every name "
    .. "that is dialled",
  [48] = "give the client the root of this certificate's CA (ca_file, "
    .. "--cacert, NODE_EXTRA_CA_CERTS, the browser's list), and let the "
    .. "server send its intermediates",
  [51] = "compare the server's certificate and key with the files they came "
    .. "from",
}

local function rejected_fix(f)
  local alert = f:alert("received")
  return (alert and REJECTED[alert.number]
      or "see what the client says of it") .. "; to know for certain, dial "
    .. "the server with wss.connect from the client's machine"
end

return function(add)
  add { slug = "cert-expired-root", refines = "cert-expired",
    fault = "owner", part = "root",
    title = "the root {culprit} expired on {not_after}",
    applies = function(f) return depth_of(f) >= 1 and is_root(f) end,
    what = "The trusted root at the end of the chain is past its notAfter.",
    why = "it expired {late} before the check; a certificate below it cannot "
      .. "be valid any longer than it",
    fix = "let the {verifier} trust the CA's current root, and have the "
      .. "certificate issued under it; check the clock as well",
    source = "RFC 5280 4.1.2.5, 6.1.3 (a)(2) (alert 45)" }
  add { slug = "cert-expired-intermediate", refines = "cert-expired",
    fault = "owner", part = "intermediate",
    title = "the intermediate {culprit} expired on {not_after}",
    applies = function(f) return depth_of(f) >= 1 and not is_root(f) end,
    what = "The leaf is valid, but a CA certificate above it has expired.",
    why = "{culprit} at {depth} expired {late} before the check; a renewed "
      .. "intermediate often exists, and the {owner} still sends the old one",
    fix = "get the CA's current intermediate and let the {owner} send that",
    source = "RFC 5280 4.1.2.5, 6.1.3 (a)(2) (alert 45)" }
  add { slug = "cert-expired", fault = "owner", part = "certificate",
    title = "the certificate expired on {not_after}",
    cure = "certificate",
    what = "The time of the check is after the certificate's notAfter.",
    why = "it expired {late} before the check ({now}); a clock that runs "
      .. "ahead does the same",
    fix = EXPIRED_FIX, source = "RFC 5280 4.1.2.5, 6.1.3 (a)(2) (alert 45)" }
  add { slug = "cert-not-yet-valid", fault = "owner",
    part = "certificate, or this clock",
    title = "the certificate is valid only from {not_before}",
    cure = "certificate",
    what = "The time of the check is before the certificate's notBefore.",
    why = "the check was made at {now}, {early} too early: the certificate "
      .. "was made with a clock ahead, or the {verifier}'s clock is behind "
      .. "(a machine without a battery clock starts in 1970 or 2000)",
    fix = "look at the clocks of both sides first (`date -u`); else wait, or "
      .. "issue it again with an earlier notBefore; for a test: {make} ; then "
      .. "{install}",
    source = "RFC 5280 4.1.2.5 (alert 42)" }
  add { slug = "cert-bad-signature", fault = "unknown", part = "certificate",
    title = "the signature on {culprit} does not verify",
    what = "A certificate was not signed by the key of the CA it names, or "
      .. "was changed afterwards.",
    why = "the signature of {culprit} at {depth} does not fit the key of "
      .. "{culprit_issuer}: another CA of the same name signed it, or bytes "
      .. "were changed in the file or on the way",
    fix = "compare the sha256 of the presented certificate (in the record) "
      .. "with that of the file; issue it again if they agree, look at the "
      .. "network if not",
    source = "RFC 5280 4.1.1.3, 6.1.3 (a)(1) (alert 51)" }
  add { slug = "cert-key-too-weak", fault = "owner", part = "key",
    title = "the certificate's key, {key}, is too weak for the security level",
    cure = "certificate",
    what = "The leaf's key is below OpenSSL's security level.",
    why = "security level 2 wants 112 bits: RSA 2048, EC 224 or more "
      .. "(security_level = 0 takes any, to reproduce an old setup)",
    fix = "a certificate with a modern key (EC P-256): {make} ; then {install}",
    elsewhere = "level 1, which some builds and languages set, accepts RSA "
      .. "1024; browsers do not",
    source = "SSL_CTX_set_security_level(3); NIST SP 800-57 1" }
  add { slug = "cert-ca-key-too-weak", fault = "owner", part = "CA's key",
    title = "the key of the CA {culprit} is too weak for the security level",
    cure = "certificate",
    what = "A CA of the chain has a key below OpenSSL's security level.",
    why = "{culprit} at {depth} has {key}; security level 2 wants RSA 2048 "
      .. "or EC 224 (security_level = 0 takes any, to reproduce an old setup)",
    fix = "a certificate from a CA with a stronger key; for a test: {make} ; "
      .. "then {install}",
    source = "SSL_CTX_set_security_level(3)" }
  add { slug = "cert-digest-too-weak", fault = "owner", part = "signature",
    title = "{culprit} is signed with {signature}, too weak for the security "
      .. "level",
    cure = "certificate",
    what = "A certificate is signed with SHA-1 or MD5.",
    why = "collisions of these digests can be made, so that a signature on "
      .. "one certificate can be moved to another; level 2 refuses them",
    fix = "have it signed again with SHA-256 or better; for a test: {make} ; "
      .. "then {install}",
    elsewhere = "browsers and Go refuse SHA-1 signatures at any setting",
    source = "SSL_CTX_set_security_level(3); RFC 9155" }
  add { slug = "cert-rejected", part = "certificate",
    fault = function(f) return f.fault or "server" end,
    title = "the client at {peer} rejected this server's certificate",
    what = "The client ended the handshake with an alert that speaks of the "
      .. "server's certificate.",
    why = "alert {received}: {received_text}",
    certainty = "likely",
    doubt = "the alert gives the class; the exact reason is known to the "
      .. "client only",
    fix = rejected_fix,
    source = "RFC 8446 6.2" }
  add { slug = "cert-pin-mismatch", part = "key", fault = "unknown",
    title = "no key of the chain is among those pinned by pin_sha256",
    what = "The chain is valid but has another key than the one expected.",
    why = "the {owner}'s key was changed and the pin was not, or somebody "
      .. "else answers with a certificate of another trusted CA",
    fix = "make sure that the new key is the {owner}'s own, then pin "
      .. "it; pin a backup key too",
    source = "RFC 7469 2.4; X509 50 APPLICATION_VERIFICATION" }
  add { slug = "cert-verify-callback", part = "certificate",
    fault = "unknown",
    what = "The verify function given in the options said no.",
    why = "it may only add a rejection, and did; its reason is in the record",
    fix = "see why the function refuses this certificate",
    source = "wsstls: verify = function(result)" }
  add { slug = "cert-webpki", part = "certificate", fault = "owner",
    title = "the web PKI forbids this chain: {rule}",
    what = "OpenSSL accepts the chain and the rules that browsers and Go "
      .. 'follow do not (policy = "webpki").',
    why = "{rule}: RFC 5280 or the CA/Browser Forum's baseline requirements "
      .. "have a rule against that",
    cure = "certificate",
    fix = "issue the certificate again: {make} ; then "
      .. "{install}",
    elsewhere = 'OpenSSL\'s own verdict (policy = "openssl") accepts it',
    source = "RFC 5280; CA/Browser Forum Baseline Requirements" }
  add { slug = "cert-unclassified", part = "certificate", fault = "unknown",
    what = "OpenSSL refused the chain for a reason too rare to have a code "
      .. "of its own here.",
    why = "the number, its name and OpenSSL's text are in the evidence",
    fix = "look the number up in X509_STORE_CTX_get_error(3), or ask "
      .. "{explain_x509}",
    source = "X509_STORE_CTX_get_error(3)" }
end
