--- Diagnosis of the TLS negotiation: versions, ciphers, groups, signature
-- algorithms, ALPN, SNI, keys that do not fit.
-- @module wsstls.diagnosis.tls
local vars = require "wsstls.diagnosis.vars"

-- The client offers no version that the server takes; that the server's are
-- all older has an entry of its own.
local function too_old(f)
  local _, high = f:offered_range()
  return high ~= nil and high < 3
end

-- Whether damage on the way would have shown the same.
local function doubted(f)
  return f.side ~= "server" and (f.o.tls or {}).version ~= "TLSv1.3"
end

return function(add)
  add { slug = "tls-version-security-level", refines = "tls-version-mismatch",
    part = "either side's TLS versions", offered = { "versions" },
    title = "TLS 1.1 and older need security level 0, and this is a higher "
      .. "one",
    applies = function(f)
      local _, high = f:offered_range()
      return high ~= nil and high <= 1
        and (f:openssl("0A000076") or f:alert("received", 80) ~= nil
             or f:alert("sent", 80) ~= nil)
    end,
    what = "Both sides would speak TLS 1.0 or 1.1, but OpenSSL 3 allows their "
      .. "signatures (MD5 with SHA-1) only at security level 0.",
    why = "the client offers {offered_versions}; the server took it and then "
      .. "found no signature algorithm that its level allows",
    fix = "use TLS 1.2 or newer on both sides; for reproducing an old setup "
      .. "only, set security_level = 0 on both",
    source = "OpenSSL SSL_CTX_set_security_level(3); RFC 8996" }
  add { slug = "tls-version-client-too-new", refines = "tls-version-mismatch",
    part = "TLS versions", offered = { "versions" }, fault = "server",
    title = "the client's lowest TLS version is above the server's highest",
    applies = function(f)
      local low = f:offered_range()
      return low ~= nil and low >= 3
    end,
    what = "The server speaks only older versions than the client accepts.",
    why = "the client takes {offered_versions} and nothing older, and the "
      .. "server's highest is older",
    fix = "let the server speak a newer version (max_version = \"TLSv1.3\", "
      .. "or a newer TLS library); until then the client needs "
      .. 'min_version = "TLSv1.2"',
    source = "RFC 8446 4.2.1, 6.2 (alert 70)" }
  add { slug = "tls-version-mismatch", part = "either side's TLS versions",
    offered = { "versions" },
    title = function(f)
      return too_old(f) and "the server does not speak {highest}, the "
        .. "client's highest TLS version"
        or "the two sides have no TLS version in common"
    end,
    what = "No TLS version is spoken by both sides.",
    why = function(f)
      if not too_old(f) then
        return "the client's highest version is below the server's lowest, "
          .. "or the reverse"
      end
      return "the server speaks none of the versions that the client offers, "
        .. "which means that its lowest is {newer} or newer"
    end,
    fix = function(f)
      if not too_old(f) then
        return "raise max_version on the side that is older, or lower "
          .. 'min_version on the other to no less than "TLSv1.2"'
      end
      local _, high = f:offered_range()
      return "let the client speak {newer}: leave max_version out, or use a "
        .. "newer TLS library" .. (high >= 2 and "; or let the server accept "
        .. '{highest}: `min_version = "TLSv1.2"`' or "")
    end,
    source = "RFC 8446 4.2.1, 6.2 (alert 70); OpenSSL 0A000102" }
  add { slug = "tls-no-shared-cipher", part = "either side's cipher suites",
    offered = { "versions", "ciphers", "sigalgs" },
    what = "No cipher suite is enabled on both sides for the version and the "
      .. "server's kind of key.",
    why = "the server has none of the offered suites enabled, or its key is "
      .. "of another kind than they (or the signature algorithms) need: an "
      .. "RSA suite needs an RSA certificate, an ECDSA suite an EC one",
    fix = "leave `ciphers`, `ciphersuites` and `sigalgs` at their defaults "
      .. "on both sides, or add a suite that the other one has; a certificate "
      .. "of the other kind also helps an old client",
    source = "RFC 8446 4.1.1; RFC 5246 7.4.1.3; OpenSSL 0A0000C1" }
  add { slug = "tls-no-shared-group",
    part = "either side's key exchange groups",
    offered = { "versions", "groups" },
    what = "No key exchange group is enabled on both sides.",
    why = "the server has none of the groups enabled that the client offers",
    fix = "let `groups` contain X25519 or P-256 on both sides",
    source = "RFC 8446 4.2.7; OpenSSL 0A000065" }
  add { slug = "tls-no-shared-sigalg",
    part = "either side's signature algorithms",
    offered = { "versions", "sigalgs" },
    what = "The server's key can make no signature that the client accepts.",
    why = "the server's key cannot make any of the signatures that the "
      .. "client accepts, or its own list leaves them out",
    fix = "leave `sigalgs` at its default, or give the server a certificate "
      .. "with a key of a kind that the client accepts",
    source = "RFC 8446 4.2.3; OpenSSL 0A000076" }
  add { slug = "tls-no-alpn",
    part = "either side's application protocols",
    offered = { "alpn" },
    what = "The server insists on an application protocol (ALPN) that the "
      .. "client did not offer.",
    why = "the server supports none of the protocols that the client offers, "
      .. "and refuses to go on without (alpn_strict)",
    fix = 'offer alpn = {"http/1.1"} (WebSocket\'s upgrade is HTTP/1.1), or '
      .. "set alpn_strict = false at the server",
    source = "RFC 7301 3.2 (alert 120)" }
  add { slug = "tls-sni-unknown", part = "server name",
    offered = { "sni" },
    title = "the server does not know the server name {sni}",
    what = "The server has no certificate for the name sent as SNI and "
      .. "refuses others.",
    why = "the client sent the name {sni}; a server that holds several "
      .. "certificates chooses by it",
    fix = "dial the name the server is configured for (`sni` sets another "
      .. "one than the URL's), or add it to the server's `sni` table",
    source = "RFC 6066 3 (alert 112)" }
  add { slug = "tls-sni-missing", part = "server name",
    offered = { "sni" },
    what = "The server chooses its certificate by name and got none.",
    why = "no SNI was sent: it is left out for an IP address in the URL, and "
      .. "with sni = false",
    fix = "dial by name, or set sni = \"NAME\" beside the address",
    source = "RFC 6066 3 (alert 112)" }
  -- The server knows its key. The client sees a signature that fails, which
  -- in TLS 1.3 cannot be damage (the record would have failed), or, with RSA
  -- key exchange, only that the server could not read its records.
  add { slug = "tls-wrong-private-key", refines = "tls-bad-record-mac",
    part = "private key", fault = "server",
    title = "the server's private key does not belong to its certificate",
    applies = function(f)
      local tls = f.o.tls or {}
      return f.side == "client" and not f:established()
        and tls.version == "TLSv1.2"
        and (tls.cipher or ""):find("^TLS_RSA_WITH_") ~= nil
    end,
    what = "The server signs or decrypts with a key that does not belong to "
      .. "its certificate.",
    why = function(f)
      if f.side == "server" and f.code then
        return "what this server signed with its private key does not verify "
          .. "with its own certificate's public key (it was tried again after "
          .. "the failure)"
      end
      return "the signature over the handshake does not verify with the "
        .. "certificate's public key (decrypt_error 51), or, with RSA key "
        .. "exchange, the two sides derive different keys (bad_record_mac 20)"
    end,
    fix = "give the server the key its certificate was made with; "
      .. "{same_key}",
    doubt = function(f)
      return doubted(f) and "a handshake message damaged on the way looks the "
        .. "same once; a wrong key fails every time" or nil
    end,
    certainty = function(f) return doubted(f) and "likely" or "certain" end,
    negotiated = true,
    source = "RFC 8446 4.4.3; RFC 5246 7.4.7.1; OpenSSL 0A00007B, 0A000119" }
  add { slug = "tls-bad-signature", part = "handshake signature",
    title = function(f)
      return "the " .. (f.side == "server" and "client" or "server")
        .. "'s signature over the handshake does not verify"
    end,
    what = "The signature in ServerKeyExchange or CertificateVerify does not "
      .. "fit the certificate.",
    why = "the message was changed on the way, or the private key is not the "
      .. "one of the certificate",
    fix = function(f)
      return ("try again: if it fails every time compare the %s's key with "
        .. "its certificate; if only sometimes, look for what changes "
        .. "records on the way"):format(f.side == "server" and "client"
          or "server")
    end,
    negotiated = true,
    source = "RFC 8446 4.4.3 (alert 51); OpenSSL 0A00007B" }
  add { slug = "tls-dh-too-small", part = "DH parameters",
    what = "The server's Diffie-Hellman group is smaller than the client's "
      .. "security level allows.",
    why = "level 2 wants at least 2048 bits of DH, level 1 1024; Logjam made "
      .. "smaller groups breakable",
    fix = "make the server use named groups (leave dh_file out) or "
      .. "parameters of 2048 bits ({dhparam}), or ECDHE",
    source = "RFC 7919; OpenSSL 0A00018A" }
  add { slug = "tls-handshake-failure", part = "either side's parameters",
    title = "the {alerter} found no acceptable set of parameters",
    offered = { "versions", "ciphers", "groups", "sigalgs" },
    certainty = "possible",
    doubt = "alert 40 names no reason; the other side's own log does",
    what = "The other side ended the handshake with handshake_failure (40).",
    why = function(f)
      local certificate = f.o.client_certificate_requested == false and ""
        or ", or it wants a client certificate"
      return "cipher suites, groups or signature algorithms have nothing in "
        .. "common" .. certificate
    end,
    fix = function(f)
      local certificate = f.o.client_certificate_requested == false and ""
        or "; if it requires a client certificate give `cert` and `key`"
      return "compare what was offered with the other side's configuration; "
        .. "leave ciphers, groups and sigalgs at their defaults"
        .. certificate
    end,
    source = "RFC 8446 6.2 (alert 40)" }
  add { slug = "tls-alert", part = "handshake",
    title = "the {alerter} ended TLS with alert {received}",
    what = "The other side ended the connection with a TLS alert that has no "
      .. "code of its own here.",
    why = "alert {received}: {received_text}",
    fix = "look at the other side's log at this time; the alert's meaning is "
      .. "in {explain_alert}",
    negotiated = true, fault = function(f)
      return f.fault ~= "unknown" and f.fault or "unknown"
    end,
    source = "RFC 8446 6" }
  add { slug = "tls-failed", part = "handshake",
    what = "TLS failed on this side for a reason that has no code of its own.",
    why = "the errors of OpenSSL in the record, first to last, say what went "
      .. "wrong; a peer that breaks the protocol is the usual cause",
    fix = "look at the other side; {explain_openssl} knows the common "
      .. "reasons",
    negotiated = true,
    source = "OpenSSL ERR_get_error(3)" }
  add { slug = "tls-plain-client", part = "request",
    title = "the client speaks plain HTTP to a TLS port",
    fault = "client",
    what = "The first bytes from the client are an HTTP request, not a TLS "
      .. "ClientHello.",
    why = "the client was given a ws:// or http:// URL for a wss:// port, or "
      .. "a proxy in front took TLS away",
    fix = "dial wss:// instead of ws:// (the client saw no answer at all: to "
      .. "it this looks like upgrade-no-response)",
    source = "RFC 8446 5.1; OpenSSL 0A00009C http request" }
  add { slug = "tls-not-tls", part = "port",
    fault = "server",
    title = function(f)
      return vars.known(f, "spoken") and "{peer} speaks {spoken}"
        .. (vars.known(f, "spoken"):find("TLS") and "" or ", not TLS")
        or "what answers at {peer} does not speak TLS"
    end,
    what = "The answer to the ClientHello is not a TLS record.",
    why = function(f)
      return vars.known(f, "spoken") and "wss:// was dialled; the first bytes "
        .. "of the answer show that this port serves {spoken}"
        or "wss:// was dialled and the port serves something else: plain HTTP "
        .. "or ws://, SSH, SMTP; a TLS record begins with a type byte 20 to "
        .. "24 and the version 3.x"
    end,
    fix = function(f)
      local spoken = vars.known(f, "spoken")
      if spoken and not spoken:find("HTTP") then
        return "give the port of the WebSocket server: this one is for "
          .. "{spoken}"
      end
      return "dial {ws_url} if the server is meant to be without TLS, else "
        .. "give the port that serves TLS"
    end,
    source = "RFC 8446 5.1; OpenSSL 0A00010B wrong version number" }

end
