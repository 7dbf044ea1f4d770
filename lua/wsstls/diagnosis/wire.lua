--- Diagnosis of records that were changed, lost or never came.
-- @module wsstls.diagnosis.wire

local MAC = "tls-bad-record-mac"

local function open(f)
  return f:established()
end

return function(add)
  add { slug = "tls-damaged-client-hello", refines = MAC,
    part = "ClientHello", certainty = "likely", negotiated = true,
    title = "the two sides disagree about the handshake's messages",
    doubt = "the first encrypted record failed on arrival; a changed "
      .. "ClientHello or ServerHello and a wrong RSA key both do that",
    applies = function(f) return not open(f) end,
    what = "A handshake message in clear was changed on the way.",
    why = "both sides mix every handshake message into the keys, so one "
      .. "changed byte gives them different keys: the first encrypted record "
      .. "does not verify (the server notices in TLS 1.2, the client in 1.3)",
    fix = "find what changes bytes on the way (compare captures taken at "
      .. "both ends); if it fails every time, compare the server's key with "
      .. "its certificate",
    source = "RFC 8446 4.4.1, 7.1; RFC 5246 8.1 (alert 20)" }
  local changed = {
    { "tls-replayed-record", "an old record was sent again",
      "A record was captured and sent a second time." },
    { "tls-duplicated-record", "a record arrived twice",
      "A record was delivered twice." },
    { "tls-dropped-record", "a record is missing",
      "A record was lost although TCP is reliable." },
    { "tls-injected-record", "a record came that the peer did not send",
      "Bytes from somebody else stand among the peer's records." },
  }
  for _, row in ipairs(changed) do
    add { slug = row[1], refines = MAC, title = row[2], what = row[3],
      part = "network", certainty = "possible", indistinct = true,
      applies = function() return true end,
      why = "each record is authenticated together with its number in the "
        .. "sequence, so one too many, one too few or a foreign one fails "
        .. "the check like a damaged one",
      fix = "find the device or program between the two sides that handles "
        .. "TCP segments by itself; captures at both ends show where they "
        .. "differ",
      source = "RFC 8446 5.2, 5.3 (alert 20)" }
  end
  add { slug = MAC, part = "record", negotiated = true,
    title = "a TLS record failed its integrity check",
    what = "A record arrived that does not verify with the keys of the "
      .. "connection.",
    why = "a byte was changed, or a record lost, repeated or inserted on the "
      .. "way: memory or a device between the two sides corrupts data, or "
      .. "somebody tampers with it",
    fix = "capture at both ends and compare (keylog = FILE makes them "
      .. "readable); try another path; if it happens on every connection at "
      .. "the same step, suspect a middlebox or one side's TLS library",
    source = "RFC 8446 5.2, 6.2 (alert 20); OpenSSL 0A000119" }
  add { slug = "tls-damaged-certificate", refines = "cert-bad-signature",
    part = "Certificate message", fault = "network", indistinct = true,
    applies = function(f)
      return f.o.tls == nil or f.o.tls.version ~= "TLSv1.3"
    end,
    title = "a certificate was changed on the way",
    what = "TLS 1.2 sends the Certificate message in clear; it was changed.",
    why = "the certificate's signature covers its bytes, and they are no "
      .. "longer those that were signed",
    fix = "compare the certificate's sha256 with that of the server's file; "
      .. "if they differ something on the way changes it",
    source = "RFC 5246 7.4.2; RFC 5280 4.1.1.3 (alert 51)" }
  -- The core says tls-bad-signature when undoing one flipped bit makes the
  -- signature verify; greater damage looks like a wrong key.
  add { slug = "tls-damaged-key-exchange",
    refines = { "tls-bad-signature", "tls-wrong-private-key" },
    indistinct = "tls-wrong-private-key",
    part = "ServerKeyExchange", fault = "network",
    title = "the server's key exchange message was changed on the way",
    certainty = function(f) return f.detail and "certain" or "likely" end,
    doubt = function(f)
      return not f.detail and "a private key that does not belong to the "
        .. "certificate looks the same, but fails every time" or nil
    end,
    applies = function(f)
      return f.side ~= "server" and f.o.tls ~= nil
        and f.o.tls.version == "TLSv1.2"
    end,
    what = "The signed part of ServerKeyExchange (TLS 1.2) does not verify.",
    why = "the message is not the one that the server signed: a byte of it, "
      .. "or of the hellos before it, changed on the way",
    fix = "try again over another path; if it fails every time, compare the "
      .. "server's key with its certificate",
    negotiated = true, source = "RFC 5246 7.4.3 (alert 51)" }
  add { slug = "tls-replaced-certificate",
    refines = { "cert-self-signed", "cert-untrusted", "tls-bad-signature",
      "tls-wrong-private-key" },
    part = "certificate", fault = "network", indistinct = true,
    title = "another certificate than the server's was presented",
    applies = function(f)
      return f.o.tls == nil or f.o.tls.version ~= "TLSv1.3"
    end,
    what = "In TLS 1.2 the Certificate message travels in clear and was "
      .. "swapped on the way.",
    why = "whoever swapped it has no key that fits and no CA that you trust",
    fix = "compare the presented certificate's sha256 with the server's "
      .. "file; use TLS 1.3, which encrypts it",
    source = "RFC 5246 7.4.2" }
  add { slug = "tls-eof", part = "connection",
    title = function(f)
      return open(f) and "the {other}'s stream ended without a close_notify"
        or "the {other} closed the connection during the TLS handshake"
    end,
    what = function(f)
      return open(f) and "A FIN came where TLS has to say close_notify first."
        or "The TCP connection ended before the handshake did, without an "
          .. "alert."
    end,
    why = function(f)
      return open(f) and "the other side's program ended or skipped the "
        .. "close_notify, or somebody between cut the stream: nobody can "
        .. "tell whether all of it arrived"
        or "the other side gave up without saying so: a crash, a port that "
        .. "does not serve TLS, a firewall, or a program that drops "
        .. "connections it does not like"
    end,
    fix = "look at the other side's log at this time; its record of the same "
      .. "connection holds the reason",
    source = "RFC 8446 6.1; OpenSSL 0A000126" }
  add { slug = "timeout-tls", part = "handshake",
    what = "The TLS handshake began and did not come to its end.",
    why = "the TCP connection stands, but the other side stopped answering: "
      .. "it is overloaded, does not speak TLS and waits, or something "
      .. "between swallows large packets (path MTU)",
    fix = "see whether another client gets further: "
      .. "`openssl s_client -connect {address}`; "
      .. "`timeout = {tls = SECONDS}` gives it longer",
    source = "RFC 8446 2" }
end
