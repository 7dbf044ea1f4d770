--- What each peer is expected to say of a recipe: the same reason in its own
-- words, unless the recipe's `differs` has something else, or the peer has no
-- such check (`blind`) or no means to ask for it.
local verdicts = {}

local function same(list, word)
  local out = {}
  for slug in list:gmatch("%S+") do out[slug] = word end
  return out
end

local function merge(...)
  local out = {}
  for i = 1, select("#", ...) do
    for k, v in pairs((select(i, ...))) do out[k] = v end
  end
  return out
end

local CRL = "crl-missing crl-expired crl-not-yet-valid crl-bad-signature "
local NAMES = "cert-host-mismatch cert-ip-mismatch "

-- Words by err.code without "client-". `blind`: accepted.
local WORDS = {
  gnutls = merge(
    same("cert-untrusted cert-self-signed", "unknown-ca"),
    same("cert-expired", "expired"),
    same("cert-not-yet-valid", "not-activated"), same(NAMES, "name"),
    same("cert-purpose", "purpose"),
    same("cert-unknown-critical-extension", "extension"),
    same("cert-invalid-ca cert-path-length cert-name-not-permitted "
      .. "cert-name-excluded", "constraints"),
    same("cert-bad-signature", "signature"),
    same("cert-digest-too-weak", "insecure"), same("cert-revoked", "revoked"),
    same(CRL .. "cert-depth cert-strict cert-partial-chain "
      .. "cert-key-too-weak cert-ca-key-too-weak", "OK")),
  -- SEC_ERROR_...: secerr.h
  nss = merge(
    same("cert-untrusted", "-8179"), same("cert-self-signed", "-8156"),
    same("cert-expired cert-not-yet-valid", "-8181"),
    same("cert-purpose", "-8102"),
    same("cert-unknown-critical-extension", "-8151"),
    same("cert-invalid-ca", "-8179"), same("cert-path-length", "-8155"),
    same("cert-name-not-permitted cert-name-excluded", "-8080"),
    same("cert-bad-signature", "-8182"), same("cert-revoked", "-8180"),
    same(NAMES .. CRL .. "cert-depth cert-strict cert-partial-chain "
      .. "cert-key-too-weak cert-ca-key-too-weak cert-digest-too-weak", "OK")),
  -- net::ERR_CERT_...: net_error_list.h
  chromium = merge(
    same(NAMES, "-200"), same("cert-expired cert-not-yet-valid", "-201"),
    same("cert-untrusted cert-self-signed cert-bad-signature", "-202"),
    same("cert-purpose cert-unknown-critical-extension cert-invalid-ca "
      .. "cert-path-length cert-name-not-permitted cert-name-excluded "
      .. "cert-digest-too-weak", "-207"),
    same(CRL .. "cert-revoked cert-depth cert-strict cert-partial-chain "
      .. "cert-key-too-weak cert-ca-key-too-weak", "OK")),
}

-- OpenSSL's numbers that Node has a word for (node: crypto_common.cc).
local NODE = { [2] = "UNABLE_TO_GET_ISSUER_CERT", [3] = "UNABLE_TO_GET_CRL",
  [7] = "CERT_SIGNATURE_FAILURE", [8] = "CRL_SIGNATURE_FAILURE",
  [9] = "CERT_NOT_YET_VALID", [10] = "CERT_HAS_EXPIRED",
  [11] = "CRL_NOT_YET_VALID", [12] = "CRL_HAS_EXPIRED",
  [18] = "DEPTH_ZERO_SELF_SIGNED_CERT", [19] = "SELF_SIGNED_CERT_IN_CHAIN",
  [20] = "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  [21] = "UNABLE_TO_VERIFY_LEAF_SIGNATURE", [22] = "CERT_CHAIN_TOO_LONG",
  [23] = "CERT_REVOKED", [25] = "PATH_LENGTH_EXCEEDED",
  [26] = "INVALID_PURPOSE", [79] = "INVALID_CA" }

local OWN = { ["62"] = true, ["64"] = true }

-- Node lets OpenSSL go on and keeps its last error; names it compares itself.
local function node(case)
  local last, name
  for code in case.faults:gmatch("(%d+)@") do
    if OWN[code] then name = true else last = tonumber(code) end
  end
  if last then return NODE[last] or "UNSPECIFIED" end
  return name and "ERR_TLS_CERT_ALTNAME_INVALID" or "OK"
end

local NO_OPTION = {
  node = merge(same("cert-strict cert-depth", "OK")),
  python = same("cert-depth", "OK"), openssl = {},
}

--- The word `peer` ("openssl" "gnutls" "nss" "node" "python" "chromium")
-- should have for a case.
function verdicts.expected(peer, case)
  if case.faults == "" then return "OK" end
  local differs = case.differs[peer]
  if differs then return (differs:match("^[^:]+")) end
  local code = case.code:gsub("^client%-", "")
  if WORDS[peer] then return WORDS[peer][code] end
  if NO_OPTION[peer][code] then return NO_OPTION[peer][code] end
  if peer == "node" then return node(case) end
  if peer == "python" then return case.faults:match("^%d+") end
  return case.faults:match("^%d+@%d+")
end

return verdicts
