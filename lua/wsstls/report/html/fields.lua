--- The fields of a certificate as a report shows them, and which of them an
-- X509 fault is about, with what was expected there.
-- @module wsstls.report.html.fields
local words = require "wsstls.diagnosis.words"

local fields = {}

-- Keyed by name: OpenSSL has given some faults other numbers over time.
local FIELD = {
  CERT_NOT_YET_VALID = "valid", CERT_HAS_EXPIRED = "valid",
  ERROR_IN_CERT_NOT_BEFORE_FIELD = "valid",
  ERROR_IN_CERT_NOT_AFTER_FIELD = "valid",
  HOSTNAME_MISMATCH = "names", IP_ADDRESS_MISMATCH = "names",
  EMAIL_MISMATCH = "names", PERMITTED_VIOLATION = "names",
  EXCLUDED_VIOLATION = "names", EMPTY_SUBJECT_ALT_NAME = "names",
  EMPTY_SUBJECT_SAN_NOT_CRITICAL = "names",
  UNABLE_TO_GET_ISSUER_CERT = "issuer",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY = "issuer",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE = "issuer",
  DEPTH_ZERO_SELF_SIGNED_CERT = "issuer",
  SELF_SIGNED_CERT_IN_CHAIN = "issuer", SUBJECT_ISSUER_MISMATCH = "issuer",
  CERT_UNTRUSTED = "issuer", CERT_REJECTED = "issuer",
  ISSUER_NAME_EMPTY = "issuer", CERT_CHAIN_TOO_LONG = "issuer",
  CERT_SIGNATURE_FAILURE = "signature",
  UNABLE_TO_DECRYPT_CERT_SIGNATURE = "signature",
  CA_MD_TOO_WEAK = "signature", UNSUPPORTED_SIGNATURE_ALGORITHM = "signature",
  SIGNATURE_ALGORITHM_MISMATCH = "signature",
  SIGNATURE_ALGORITHM_INCONSISTENCY = "signature",
  EE_KEY_TOO_SMALL = "key", CA_KEY_TOO_SMALL = "key",
  EC_KEY_EXPLICIT_PARAMS = "key", UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY = "key",
  INVALID_PURPOSE = "usage", KEYUSAGE_NO_CERTSIGN = "usage",
  KEYUSAGE_NO_DIGITAL_SIGNATURE = "usage", KEYUSAGE_NO_CRL_SIGN = "usage",
  CA_CERT_MISSING_KEY_USAGE = "usage",
  KU_KEY_CERT_SIGN_INVALID_FOR_NON_CA = "usage",
  INVALID_CA = "authority", INVALID_NON_CA = "authority",
  PATH_LENGTH_EXCEEDED = "authority", CA_BCONS_NOT_CRITICAL = "authority",
  PATHLEN_INVALID_FOR_NON_CA = "authority",
  PATHLEN_WITHOUT_KU_KEY_CERT_SIGN = "authority",
  CERT_REVOKED = "serial", UNABLE_TO_GET_CRL = "serial",
  CRL_NOT_YET_VALID = "serial", CRL_HAS_EXPIRED = "serial",
  CRL_SIGNATURE_FAILURE = "serial", UNABLE_TO_GET_CRL_ISSUER = "serial",
  AKID_SKID_MISMATCH = "key ids", AKID_ISSUER_SERIAL_MISMATCH = "key ids",
  MISSING_AUTHORITY_KEY_IDENTIFIER = "key ids",
  MISSING_SUBJECT_KEY_IDENTIFIER = "key ids",
  SUBJECT_NAME_EMPTY = "subject",
}

--- The name of the field that a fault is about, or nil.
-- @tparam table fault of a verify-result's `errors`
function fields.of(fault)
  return FIELD[fault.name] or (fault.slug == "cert-pin-mismatch" and "key")
    or nil
end

local NOT_TRUSTED = {
  UNABLE_TO_GET_ISSUER_CERT = true, UNABLE_TO_GET_ISSUER_CERT_LOCALLY = true,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE = true, DEPTH_ZERO_SELF_SIGNED_CERT = true,
  SELF_SIGNED_CERT_IN_CHAIN = true, CERT_UNTRUSTED = true,
}

local EXPECTED = {
  KEYUSAGE_NO_CERTSIGN = "keyCertSign", CA_CERT_MISSING_KEY_USAGE =
  "a keyUsage extension", INVALID_CA = "CA: yes, with keyCertSign",
  CERT_SIGNATURE_FAILURE = "a signature of the issuer's key",
  CERT_REVOKED = "not on the CRL", UNABLE_TO_GET_CRL = "a CRL of the issuer",
  CRL_HAS_EXPIRED = "a CRL that is valid now",
  CRL_NOT_YET_VALID = "a CRL that is valid now",
  CRL_SIGNATURE_FAILURE = "a CRL that the issuer signed",
  MISSING_AUTHORITY_KEY_IDENTIFIER = "an authority key identifier",
  MISSING_SUBJECT_KEY_IDENTIFIER = "a subject key identifier",
  CA_BCONS_NOT_CRITICAL = "basicConstraints critical",
  PERMITTED_VIOLATION = "a name that the CA may issue",
  EXCLUDED_VIOLATION = "no name that the CA excludes",
  PATH_LENGTH_EXCEEDED = "fewer intermediates below the CA",
}

local PURPOSE = { sslserver = "for servers (serverAuth)",
                  sslclient = "for clients (clientAuth)" }

--- What the verifier expected in the field of a fault; nil where there is
-- nothing more to say than its text.
function fields.expected(fault, verify)
  local policy, name = verify.policy or {}, fault.name
  local field = fields.of(fault)
  if EXPECTED[name] then return EXPECTED[name] end
  if field == "valid" then
    return policy.time and "covers " .. words.date(policy.time) or nil
  elseif field == "names" and verify.expected then
    return verify.expected.kind:upper() .. ":"
      .. words.quote(verify.expected.value, 120)
  elseif NOT_TRUSTED[name] then
    local trust = policy.trust or {}
    if trust.system then return "an issuer that the system trusts" end
    if (trust.count or 0) == 0 then return "trust: the store is empty" end
    return trust.count == 1 and "the one trusted certificate"
      or ("one of the %d trusted certificates"):format(trust.count)
  elseif name == "INVALID_PURPOSE" then
    return PURPOSE[policy.purpose] or policy.purpose
  elseif field == "key" or name == "CA_MD_TOO_WEAK" then
    return policy.security_level and "as strong as security level "
      .. words.number(policy.security_level) or nil
  end
  return nil
end

local function key_text(key)
  key = key or {}
  if key.curve then return "EC " .. words.safe(key.curve, 30) end
  if key.type == "ed25519" or key.type == "ed448" then
    return "Ed" .. key.type:sub(3)
  end
  return ("%s %s"):format(words.safe(key.type or "?", 20):upper(),
    key.bits and words.number(key.bits) or "")
end

local MAX_NAMES = 12

local function names_text(cert)
  local san, out = cert.san or {}, {}
  for _, kind in ipairs { "dns", "ip", "email", "uri" } do
    for _, name in ipairs(san[kind] or {}) do
      out[#out + 1] = kind:upper() .. ":" .. words.quote(name, 80)
    end
  end
  if #out == 0 then return "no subjectAltName" end
  local more = #out - MAX_NAMES
  local text = table.concat(out, ", ", 1, math.min(#out, MAX_NAMES))
  return more > 0 and ("%s and %d more"):format(text, more) or text
end

local function joined(...)
  local out = {}
  for i = 1, select("#", ...) do
    for _, item in ipairs((select(i, ...)) or {}) do
      out[#out + 1] = words.safe(item, 60)
    end
  end
  return #out > 0 and table.concat(out, ", ") or "none"
end

local function validity(cert)
  return ("%s to %s"):format(words.date(cert.not_before, true),
    words.date(cert.not_after, true))
end

local function short(id)
  return id and words.safe(id, 16) or "none"
end

--- The rows of a certificate: `{name, text}`.
function fields.rows(cert)
  return {
    { "subject", cert.subject == "" and "(empty)"
      or words.quote(cert.subject, 160) },
    { "names", names_text(cert) },
    { "issuer", words.quote(cert.issuer, 160) },
    { "valid", validity(cert) },
    { "key", key_text(cert.key) },
    { "signature", words.safe(cert.signature_algorithm or "?", 60) },
    { "usage", joined(cert.key_usage, cert.extended_key_usage) },
    { "authority", cert.is_ca and "CA" .. (cert.path_length
      and ", path length " .. words.number(cert.path_length) or "")
      or "no CA" },
    { "key ids", ("subject %s, authority %s"):format(
      short(cert.subject_key_id), short(cert.authority_key_id)) },
    { "serial", words.safe(cert.serial or "?", 60) },
  }
end

--- One line: key, validity.
function fields.line(cert)
  return key_text(cert.key) .. " · " .. validity(cert)
end

return fields
