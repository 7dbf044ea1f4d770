--- Every case of badssl.com, and the scenario that shows it here; or why
-- OpenSSL 3 cannot.
--
-- `{ group, name, scenario [, twin = true] }`: `twin` means the fixed twin,
-- where badssl has a case that passes. `{ group, name, impossible = why }`.
-- @module wsstls.catalogue.badssl
local BROWSER = "a rule of browsers about pages; there is no TLS in it"
local LIST = "OpenSSL knows no list of such roots; to it the chain ends at an "
  .. "unknown root"
local CT = "OpenSSL checks certificate transparency only with a list of logs, "
  .. "and has none of its own"
local WEAK = "Debian's OpenSSL 3 is built without it (no-weak-ssl-ciphers)"

return {
  { "certificate", "expired", "cert-expired" },
  { "certificate", "wrong.host", "cert-host-mismatch" },
  { "certificate", "self-signed", "cert-self-signed" },
  { "certificate", "untrusted-root", "cert-untrusted-root" },
  { "certificate", "revoked", "cert-revoked" },
  { "certificate", "pinning-test", "cert-pin-mismatch" },
  { "certificate", "no-common-name", "badssl-no-common-name" },
  { "certificate", "no-subject", "control-empty-subject" },
  { "certificate", "no-san", "cert-host-only-in-cn" },
  { "certificate", "incomplete-chain", "cert-chain-incomplete" },
  { "certificate", "reversed-chain", "control-reversed-chain" },
  { "certificate", "disorderly-chain", "badssl-disorderly-chain" },
  { "certificate", "invalid-signature", "cert-bad-signature" },
  { "certificate", "sha1-intermediate", "cert-digest-too-weak-intermediate" },
  { "certificate", "sha1-2016", "cert-digest-too-weak" },
  { "certificate", "sha1-2017", "cert-digest-too-weak" },
  { "certificate", "md5", "badssl-md5" },
  { "certificate", "sha256", "control-good" },
  { "certificate", "sha384", "badssl-sha384" },
  { "certificate", "sha512", "badssl-sha512" },
  { "certificate", "1000-sans", "control-many-sans" },
  { "certificate", "10000-sans", "badssl-10000-sans" },
  { "certificate", "ecc256", "control-good" },
  { "certificate", "ecc384", "badssl-ecc384" },
  { "certificate", "rsa512", "badssl-rsa512" },
  { "certificate", "rsa1024", "cert-key-too-weak" },
  { "certificate", "rsa2048", "badssl-static-rsa", twin = true },
  { "certificate", "rsa4096", "badssl-rsa4096" },
  { "certificate", "rsa8192", "badssl-rsa8192" },
  { "certificate", "xn--n1aae7f7o", "control-idn" },
  { "certificate", "captive-portal", "cert-host-mismatch" },
  { "certificate", "extended-validation", impossible = "what makes a "
    .. "certificate extended is a list of policies that browsers keep" },
  { "certificate", "must-staple", impossible = "OpenSSL does not enforce the "
    .. "TLS feature extension; wsstls asks CRLs, not OCSP" },
  { "client certificate", "client", "control-client-cert" },
  { "client certificate", "client-cert-missing", "client-cert-missing" },
  { "client certificate", "client (untrusted)", "client-cert-untrusted" },
  { "cipher suite", "cbc", "badssl-cbc" },
  { "cipher suite", "null", "badssl-null" },
  { "cipher suite", "rc4", impossible = WEAK .. "; config-cipher-unknown shows "
    .. "what it says" },
  { "cipher suite", "rc4-md5", impossible = WEAK },
  { "cipher suite", "3des", impossible = WEAK },
  { "cipher suite", "mozilla-old", "badssl-mozilla-old" },
  { "cipher suite", "mozilla-intermediate", "badssl-mozilla-intermediate" },
  { "cipher suite", "mozilla-modern", "badssl-mozilla-modern" },
  { "key exchange", "dh480", "badssl-dh480" },
  { "key exchange", "dh512", "badssl-dh512" },
  { "key exchange", "dh1024", "tls-dh-too-small" },
  { "key exchange", "dh2048", "tls-dh-too-small", twin = true },
  { "key exchange", "dh-small-subgroup", "badssl-dh-small-subgroup" },
  { "key exchange", "dh-composite", "badssl-dh-composite" },
  { "key exchange", "static-rsa", "badssl-static-rsa" },
  { "protocol", "tls-v1-0", "badssl-tls-v1-0" },
  { "protocol", "tls-v1-1", "badssl-tls-v1-1" },
  { "protocol", "tls-v1-2", "badssl-tls-v1-2" },
  { "protocol", "ssl-v2, ssl-v3", impossible = "OpenSSL 3 has no SSL 2, and "
    .. "Debian's is built without SSL 3 (no-ssl3)" },
  { "certificate transparency", "no-sct", impossible = CT },
  { "certificate transparency", "invalid-expected-sct", impossible = CT },
  { "certificate transparency", "preloaded-expect-ct", impossible = CT },
  { "known bad", "superfish", "cert-untrusted-root", impossible = LIST },
  { "known bad", "edellroot", "cert-untrusted-root", impossible = LIST },
  { "known bad", "dsdtestprovider", "cert-untrusted-root", impossible = LIST },
  { "known bad", "preact-cli", "cert-untrusted-root", impossible = LIST },
  { "known bad", "webpack-dev-server", "cert-untrusted-root",
    impossible = LIST },
  { "known bad", "known-interception", "cert-untrusted-root",
    impossible = LIST },
  { "known bad", "blocked-interception", "cert-untrusted-root",
    impossible = LIST },
  { "known bad", "mitm-software", "proxy-tls-intercepted" },
  { "upgrade", "hsts, preloaded-hsts, upgrade, https-everywhere",
    impossible = BROWSER },
  { "mixed content", "mixed, mixed-script, mixed-favicon, mixed-form, very",
    impossible = BROWSER },
  { "HTTP input", "http, http-password, http-login, http-dynamic-login, "
    .. "http-credit-card, http-textarea", impossible = BROWSER },
  { "user interface", "spoofed-favicon, lock-title", impossible = BROWSER },
  { "user interface", "long-extended-subdomain-name-containing-many-letters-"
    .. "and-dashes", "badssl-long-name" },
}
