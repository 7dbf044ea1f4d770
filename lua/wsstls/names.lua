--- Numbers and names of the protocols: X.509 verdicts, TLS alerts, WebSocket
-- close codes, HTTP reasons and the OpenSSL reasons that matter here.
--
-- Tables only: nothing here asks the C core, so that a record written on one
-- machine can be read and explained on another that has no OpenSSL.
-- Sources: X509_STORE_CTX_get_error(3) of OpenSSL 3.0, RFC 8446 6 (and the
-- reserved numbers of RFC 5246, 6066, 7507), RFC 6455 7.4 and the IANA
-- registry of close codes, RFC 9110 15.
-- @module wsstls.names
local X509 = require "wsstls.names.x509"

local names = {}

local ALERTS = {
  [0] = "close_notify", [10] = "unexpected_message", [20] = "bad_record_mac",
  [21] = "decryption_failed", [22] = "record_overflow",
  [30] = "decompression_failure", [40] = "handshake_failure",
  [41] = "no_certificate", [42] = "bad_certificate",
  [43] = "unsupported_certificate", [44] = "certificate_revoked",
  [45] = "certificate_expired", [46] = "certificate_unknown",
  [47] = "illegal_parameter", [48] = "unknown_ca", [49] = "access_denied",
  [50] = "decode_error", [51] = "decrypt_error", [60] = "export_restriction",
  [70] = "protocol_version", [71] = "insufficient_security",
  [80] = "internal_error", [86] = "inappropriate_fallback",
  [90] = "user_canceled", [100] = "no_renegotiation",
  [109] = "missing_extension", [110] = "unsupported_extension",
  [111] = "certificate_unobtainable", [112] = "unrecognized_name",
  [113] = "bad_certificate_status_response",
  [114] = "bad_certificate_hash_value", [115] = "unknown_psk_identity",
  [116] = "certificate_required", [120] = "no_application_protocol",
}

-- What each alert says, in the words of its RFC made short.
local ALERT_TEXT = {
  [0] = "the sender will send nothing more on this connection",
  [10] = "a message came that does not belong here",
  [20] = "a record failed its integrity check",
  [21] = "a record could not be decrypted (TLS 1.0 and older)",
  [22] = "a record is longer than the protocol allows",
  [30] = "a record could not be decompressed (TLS 1.2 and older)",
  [40] = "no acceptable set of security parameters was found",
  [41] = "no certificate was sent (SSL 3.0 only)",
  [42] = "a certificate is corrupt, has a wrong signature, or names "
    .. "someone else",
  [43] = "a certificate is of a kind or for a purpose that does not fit",
  [44] = "a certificate was revoked by its signer",
  [45] = "a certificate has expired or is not valid now",
  [46] = "a certificate is unacceptable for some other reason",
  [47] = "a field is out of range or contradicts others",
  [48] = "no chain leads from the certificate to a known, trusted CA",
  [49] = "the certificate is valid, but access was denied to it",
  [50] = "a message could not be decoded",
  [51] = "a handshake signature or Finished message does not verify",
  [60] = "an export restriction was violated (obsolete)",
  [70] = "the protocol version offered is recognised but not supported",
  [71] = "the server demands stronger security than the client offers",
  [80] = "the sender failed for a reason of its own",
  [86] = "the client fell back to an older version without need (RFC 7507)",
  [90] = "the user cancelled the handshake",
  [100] = "the sender refuses to renegotiate (TLS 1.2 and older)",
  [109] = "the handshake lacks an extension it must have",
  [110] = "an extension came that was not asked for",
  [111] = "a certificate URL could not be fetched (RFC 6066)",
  [112] = "no server has the name given by SNI",
  [113] = "the stapled OCSP response is invalid or unacceptable",
  [114] = "a certificate does not match its hash (RFC 6066)",
  [115] = "the pre-shared key's identity is not known",
  [116] = "a client certificate is required and none came",
  [120] = "no application protocol (ALPN) in common",
}

local CLOSES = {
  [1000] = "normal closure", [1001] = "going away",
  [1002] = "protocol error", [1003] = "unsupported data",
  [1004] = "reserved", [1005] = "no code received",
  [1006] = "abnormal closure", [1007] = "invalid payload data",
  [1008] = "policy violation", [1009] = "message too big",
  [1010] = "mandatory extension missing", [1011] = "internal error",
  [1012] = "service restart", [1013] = "try again later",
  [1014] = "bad gateway", [1015] = "TLS handshake failed",
}

local HTTP = {
  [100] = "Continue", [101] = "Switching Protocols", [102] = "Processing",
  [103] = "Early Hints",
  [200] = "OK", [201] = "Created", [202] = "Accepted",
  [203] = "Non-Authoritative Information", [204] = "No Content",
  [205] = "Reset Content", [206] = "Partial Content",
  [300] = "Multiple Choices", [301] = "Moved Permanently", [302] = "Found",
  [303] = "See Other", [304] = "Not Modified", [305] = "Use Proxy",
  [307] = "Temporary Redirect", [308] = "Permanent Redirect",
  [400] = "Bad Request", [401] = "Unauthorized", [402] = "Payment Required",
  [403] = "Forbidden", [404] = "Not Found", [405] = "Method Not Allowed",
  [406] = "Not Acceptable", [407] = "Proxy Authentication Required",
  [408] = "Request Timeout", [409] = "Conflict", [410] = "Gone",
  [411] = "Length Required", [412] = "Precondition Failed",
  [413] = "Content Too Large", [414] = "URI Too Long",
  [415] = "Unsupported Media Type", [416] = "Range Not Satisfiable",
  [417] = "Expectation Failed", [421] = "Misdirected Request",
  [422] = "Unprocessable Content", [423] = "Locked", [424] =
    "Failed Dependency", [425] = "Too Early", [426] = "Upgrade Required",
  [428] = "Precondition Required", [429] = "Too Many Requests",
  [431] = "Request Header Fields Too Large",
  [451] = "Unavailable For Legal Reasons",
  [500] = "Internal Server Error", [501] = "Not Implemented",
  [502] = "Bad Gateway", [503] = "Service Unavailable",
  [504] = "Gateway Timeout", [505] = "HTTP Version Not Supported",
  [506] = "Variant Also Negotiates", [507] = "Insufficient Storage",
  [508] = "Loop Detected", [511] = "Network Authentication Required",
}

-- OpenSSL 3's packed error code (library and reason), its text and our code
-- for it where the reason alone decides.
local OPENSSL = {
  { "0A0000C7", "peer did not return a certificate", "client-cert-missing" },
  { "0A000102", "unsupported protocol", "tls-version-mismatch" },
  { "0A00010A", "wrong ssl version", "tls-version-mismatch" },
  { "0A0000BF", "no protocols available", "config-version-range" },
  { "0A0000C1", "no shared cipher", "tls-no-shared-cipher" },
  { "0A000065", "no suitable key share", "tls-no-shared-group" },
  { "0A000076", "no suitable signature algorithm", "tls-no-shared-sigalg" },
  { "0A0000B9", "no cipher match", "config-cipher-unknown" },
  { "0A0000A1", "library has no ciphers", "config-cipher-unknown" },
  { "0A0000EB", "no application protocol", "tls-no-alpn" },
  { "0A00018F", "ee key too small", "config-key-too-weak" },
  { "0A00018D", "ca key too small", "config-key-too-weak" },
  { "0A00018E", "ca md too weak", "config-key-too-weak" },
  { "05800074", "key values mismatch", "config-key-mismatch" },
  { "0A0000B1", "no certificate assigned", "config-key-missing" },
  { "0A000119", "decryption failed or bad record mac",
    "tls-bad-record-mac" },
  -- a bad MAC under OpenSSL 3.2 and newer can end in this one
  { "0A000139", "record layer failure", "tls-bad-record-mac" },
  { "0A00007B", "bad signature", "tls-bad-signature" },
  { "0A00018A", "dh key too small", "tls-dh-too-small" },
  { "0A00009C", "http request", "tls-plain-client" },
  { "0A00009B", "https proxy request", "tls-plain-client" },
  { "0A00010B", "wrong version number", "tls-not-tls" },
  { "0A000126", "unexpected eof while reading", "tls-eof" },
  { "0A000086", "certificate verify failed" },
  { "0A0003F2", "alert unexpected message", "tls-alert", 10 },
  { "0A0003FC", "alert bad record mac", "tls-bad-record-mac", 20 },
  { "0A000410", "alert handshake failure", "tls-handshake-failure", 40 },
  { "0A000412", "alert bad certificate", nil, 42 },
  { "0A000413", "alert unsupported certificate", nil, 43 },
  { "0A000414", "alert certificate revoked", nil, 44 },
  { "0A000415", "alert certificate expired", nil, 45 },
  { "0A000416", "alert certificate unknown", nil, 46 },
  { "0A000417", "alert illegal parameter", "tls-alert", 47 },
  { "0A000418", "alert unknown ca", nil, 48 },
  { "0A000419", "alert access denied", nil, 49 },
  { "0A00041A", "alert decode error", "tls-alert", 50 },
  { "0A00041B", "alert decrypt error", "tls-bad-signature", 51 },
  { "0A00042E", "alert protocol version", "tls-version-mismatch", 70 },
  { "0A00042F", "alert insufficient security", "tls-alert", 71 },
  { "0A000438", "alert internal error", "tls-alert", 80 },
  { "0A000458", "unrecognized name", "tls-sni-unknown", 112 },
  { "0A00045C", "alert certificate required", "client-cert-missing", 116 },
  { "0A000460", "alert no application protocol", "tls-no-alpn", 120 },
  { "0480006C", "no start line", "config-not-a-certificate" },
  { "11800071", "mac verify failure", "config-password-wrong" },
  { "1C800064", "bad decrypt", "config-password-wrong" },
  { "0308010C", "unsupported", "config-pkcs12-algorithm" },
}

local x509_by_code, x509_by_name = {}, {}
for _, row in ipairs(X509) do
  local entry = { code = row[1], name = row[2], text = row[3],
                  slug = row[4] or "cert-unclassified" }
  if entry.code == 0 then entry.slug = nil end
  x509_by_code[entry.code], x509_by_name[entry.name] = entry, entry
end

local alert_by_name = {}
for number, name in pairs(ALERTS) do alert_by_name[name] = number end

local openssl_by_code, openssl_rows = {}, {}
for i, row in ipairs(OPENSSL) do
  local entry = { code = row[1], text = row[2], slug = row[3],
                  alert = row[4] }
  openssl_rows[i], openssl_by_code[row[1]] = entry, entry
end

--- One X.509 verdict.
-- @tparam number|string x 64, "IP_ADDRESS_MISMATCH" or
-- "X509_V_ERR_IP_ADDRESS_MISMATCH", in any case
-- @treturn table|nil `{code, name, text, slug}`; the slug is the server
-- certificate's code for it
function names.x509(x)
  if type(x) == "number" then return x509_by_code[x] end
  if type(x) ~= "string" then return nil end
  local name = x:upper():gsub("^X509_V_", ""):gsub("^ERR_", "")
  return x509_by_name[name]
end

--- The name of a TLS alert (RFC 8446 6, "bad_certificate"), or nil.
function names.alert(number) return ALERTS[number] end

--- The number of a TLS alert's name, or nil.
function names.alert_number(name)
  return type(name) == "string"
    and alert_by_name[name:lower():gsub("[ %-]", "_")] or nil
end

--- What a TLS alert says, as half a sentence, or nil.
function names.alert_text(number) return ALERT_TEXT[number] end

--- The meaning of a WebSocket close code (RFC 6455 7.4), or nil.
function names.close(code)
  if CLOSES[code] then return CLOSES[code] end
  if type(code) ~= "number" then return nil end
  if code >= 3000 and code <= 3999 then return "registered by a library" end
  if code >= 4000 and code <= 4999 then return "private to an application" end
  return nil
end

--- True for a code that may be put into a close frame (RFC 6455 7.4.2).
function names.close_sendable(code)
  return type(code) == "number" and code % 1 == 0
    and ((code >= 1000 and code <= 1014 and code ~= 1004 and code ~= 1005
          and code ~= 1006) or (code >= 3000 and code <= 4999))
end

--- The reason phrase of an HTTP status (RFC 9110 15), or nil.
function names.http(status) return HTTP[status] end

--- A packed OpenSSL error as this project writes it: "0A000086".
-- Numbers and strings in either case are taken; nil for anything else.
function names.openssl_code(x)
  if type(x) == "number" then return ("%08X"):format(x) end
  if type(x) ~= "string" then return nil end
  local hex = x:match("^0?[xX]?(%x+)$")
  if not hex or #hex > 8 then return nil end
  return ("0"):rep(8 - #hex) .. hex:upper()
end

--- What is known of an OpenSSL reason: `{code, text, slug, alert}` or nil.
function names.openssl(x)
  local code = names.openssl_code(x)
  return code and openssl_by_code[code]
end

--- Every row of the OpenSSL table, in the order of this file (read only).
function names.openssl_rows() return openssl_rows end

--- Every X.509 verdict in numeric order, as `names.x509` gives it.
function names.x509_rows()
  local rows = {}
  for i, row in ipairs(X509) do rows[i] = x509_by_code[row[1]] end
  return rows
end

--- Every alert as `{number, name, text}`, in numeric order.
function names.alert_rows()
  local rows = {}
  for number, name in pairs(ALERTS) do
    rows[#rows + 1] = { number = number, name = name,
                        text = ALERT_TEXT[number] }
  end
  table.sort(rows, function(a, b) return a.number < b.number end)
  return rows
end

return names
