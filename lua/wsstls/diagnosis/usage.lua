--- Diagnosis of what certificates may be used for: purposes, CA bits, path
-- length, name constraints, and strict checking.
-- @module wsstls.diagnosis.usage
local function culprit_cert(f)
  local row = f:culprit()
  return row and f:cert(row.depth)
end

local function has(list, item)
  for _, value in ipairs(list or {}) do
    if value == item then return true end
  end
  return false
end

local function code_is(wanted)
  return function(f)
    local row = f:culprit()
    return row ~= nil and has(wanted, row.code)
  end
end

local function purposes(add)
  add { slug = "cert-purpose-ca-as-leaf", refines = "cert-purpose",
    fault = "owner", part = "certificate",
    title = "a CA's certificate is used as the {owner}'s own",
    applies = function(f)
      local cert = culprit_cert(f)
      local usage = cert and cert.key_usage or {}
      if not has(usage, "keyCertSign") then return false end
      for _, value in ipairs(usage) do
        if value ~= "keyCertSign" and value ~= "cRLSign" then return false end
      end
      return true
    end,
    what = "The certificate may only sign other certificates.",
    why = "its keyUsage is {ku}; a TLS {owner} needs digitalSignature",
    cure = "certificate",
    fix = "a certificate of its own for the {owner}, issued by that CA; for "
      .. "a test: {make} ; then {install}",
    source = "RFC 5280 4.2.1.3; RFC 8446 4.4.2.2" }
  add { slug = "cert-purpose-eku", refines = "cert-purpose",
    fault = "owner", part = "certificate",
    title = "the certificate is not meant for {purpose}",
    applies = function(f)
      local cert = culprit_cert(f)
      local eku = cert and cert.extended_key_usage or {}
      local wanted = f:owner() == "client" and "clientAuth" or "serverAuth"
      return #eku > 0 and not has(eku, wanted)
        and not has(eku, "anyExtendedKeyUsage")
    end,
    what = "extendedKeyUsage is there and does not list the purpose at hand.",
    why = "it lists {eku}; a TLS {owner}'s certificate needs {purpose}",
    cure = "certificate",
    fix = "issue it again with extendedKeyUsage {purpose} (or without that "
      .. "extension); for a test: {make} ; then {install}",
    source = "RFC 5280 4.2.1.12 (alert 43)" }
  add { slug = "cert-purpose-key-usage", refines = "cert-purpose",
    fault = "owner", part = "certificate",
    title = "the certificate's key usage does not allow TLS",
    applies = function(f)
      local cert = culprit_cert(f)
      local usage = cert and cert.key_usage or {}
      return #usage > 0 and not has(usage, "digitalSignature")
    end,
    what = "keyUsage is there and does not allow what TLS does with the key.",
    why = "it lists {ku}; TLS 1.3 and ECDHE sign with the key and need "
      .. "digitalSignature, RSA key exchange needs keyEncipherment",
    cure = "certificate",
    fix = "issue it again with keyUsage digitalSignature (RSA: also "
      .. "keyEncipherment); for a test: {make} ; then {install}",
    source = "RFC 5280 4.2.1.3; RFC 8446 4.4.2.2 (alert 43)" }
  add { slug = "cert-purpose", fault = "owner", part = "certificate",
    title = "the certificate is not meant for {purpose}",
    what = "keyUsage, extendedKeyUsage or basicConstraints say that the "
      .. "certificate is for something else.",
    why = "extendedKeyUsage: {eku}; keyUsage: {ku}",
    cure = "certificate",
    fix = "issue it again with extendedKeyUsage {purpose} and keyUsage "
      .. "digitalSignature: {make} ; then {install}",
    source = "RFC 5280 4.2.1.3, 4.2.1.12 (alert 43)" }
end

local function authorities(add)
  local issuer = "the issuer {culprit} at {depth}"
  local function invalid(f) return f:has(79) or f:has(32) or f:has(24) end
  local function ca(f)
    local cert = invalid(f) and culprit_cert(f)
    return cert or nil
  end
  add { slug = "cert-issuer-no-key-cert-sign", refines = "cert-invalid-ca",
    fault = "owner", part = "issuer",
    title = issuer .. " may not sign certificates (no keyCertSign)",
    applies = function(f)
      local cert = ca(f)
      return cert ~= nil and cert.is_ca == true
        and #(cert.key_usage or {}) > 0
        and not has(cert.key_usage, "keyCertSign")
    end,
    what = "A CA's keyUsage is there and lacks keyCertSign.",
    why = "its keyUsage is {ku}; a key that signs certificates must have "
      .. "keyCertSign",
    cure = "chain",
    fix = "issue the CA certificate again with keyUsage keyCertSign and "
      .. "cRLSign; what it issued stays valid when its key stays",
    source = "RFC 5280 4.2.1.3, 6.1.4 (n) (alert 48)" }
  add { slug = "cert-issuer-not-ca", refines = "cert-invalid-ca",
    fault = "owner", part = "issuer", title = issuer .. " is no CA",
    applies = function(f)
      local cert = ca(f)
      return cert ~= nil and cert.is_ca ~= true
        and cert.basic_constraints ~= false
    end,
    what = "A certificate that may not be an issuer issued another one.",
    cure = "chain",
    why = function(f)
      local cert = ca(f)
      return cert and cert.basic_constraints
        and "it has basicConstraints CA:FALSE: a leaf signed a certificate"
        or "it has basicConstraints CA:FALSE (or none): a leaf signed a "
          .. "certificate"
    end,
    fix = "issue the certificate with a real CA: {make} ; then {install}",
    source = "RFC 5280 4.2.1.9, 6.1.4 (k) (alert 48)" }
  -- `basic_constraints` of a certificate: false when the extension is absent,
  -- nil when the record does not say; then the record agrees with both.
  add { slug = "cert-issuer-no-basic-constraints",
    refines = "cert-invalid-ca", fault = "owner", part = "issuer",
    title = issuer .. " has no basicConstraints",
    applies = function(f)
      local cert = ca(f)
      return cert ~= nil and cert.is_ca ~= true
        and cert.basic_constraints ~= true
    end,
    what = "A certificate of version 3 without basicConstraints issued "
      .. "another one.",
    why = "without CA:TRUE a certificate cannot be an issuer; otherwise "
      .. "every leaf could make certificates",
    cure = "chain",
    fix = "issue the CA certificate again with basicConstraints CA:TRUE, "
      .. "critical, as {ca} does",
    source = "RFC 5280 4.2.1.9, 6.1.4 (k) (alert 48)" }
  add { slug = "cert-invalid-ca", fault = "owner", part = "issuer",
    title = issuer .. " is not allowed to be a CA",
    what = "An issuer in the chain lacks what makes a certificate a CA.",
    why = "a CA needs basicConstraints CA:TRUE and, where keyUsage is there, "
      .. "keyCertSign",
    cure = "chain",
    fix = "issue the chain again with a proper CA: {make} ; then {install}",
    source = "RFC 5280 4.2.1.9, 6.1.4 (k), (n) (alert 48)" }
  add { slug = "cert-path-length", fault = "owner", part = "chain",
    title = "more CAs follow {culprit} than its path length allows",
    what = "pathLenConstraint bounds how many intermediates may follow a CA.",
    why = "{culprit} at {depth} allows fewer intermediates below it than the "
      .. "chain has",
    fix = "issue the CA again with a larger path length or none, or the leaf "
      .. "directly from it",
    source = "RFC 5280 4.2.1.9, 6.1.4 (l), (m) (alert 48)" }
  add { slug = "cert-depth", fault = "verifier", part = "verify_depth",
    title = "the chain is longer than verify_depth = {depth_limit} allows",
    what = "The chain needs more intermediates than the {verifier} follows.",
    why = "verify_depth is the number of intermediates allowed between leaf "
      .. "and root",
    fix = "raise verify_depth, or leave it out (100)",
    source = "X509_VERIFY_PARAM_set_depth(3)" }
end

local function constraints(add)
  add { slug = "cert-name-not-permitted", fault = "owner",
    part = "certificate",
    title = "a name of {culprit} is outside what its CA permits",
    what = "A CA is limited to certain names (nameConstraints), and the "
      .. "certificate has another one.",
    why = "its names ({presented}) are not all within the "
      .. "permittedSubtrees of a CA above",
    fix = "issue it with names inside the permitted subtrees, or by a CA "
      .. "without that constraint",
    source = "RFC 5280 4.2.1.10, 6.1.3 (b) (alert 46)" }
  add { slug = "cert-name-excluded", fault = "owner", part = "certificate",
    title = "a name of {culprit} is one that its CA excludes",
    what = "A CA must not issue for certain names (nameConstraints), and the "
      .. "certificate has one of them.",
    why = "one of its names ({presented}) is within the excludedSubtrees of "
      .. "a CA above",
    fix = "leave the excluded name out, or issue it by another CA",
    source = "RFC 5280 4.2.1.10, 6.1.3 (c) (alert 46)" }
  add { slug = "cert-unknown-critical-extension", fault = "owner",
    part = "certificate",
    title = "{culprit} has a critical extension that OpenSSL does not know",
    what = "An extension marked critical must be understood or the "
      .. "certificate refused.",
    why = "nobody here knows what that extension demands, so it cannot be "
      .. "obeyed",
    fix = "issue it again with that extension not critical, or without it",
    source = "RFC 5280 4.2 (alert 46)" }
end

local function strict(add)
  local function rule(slug, codes, o)
    o.slug, o.refines, o.fault = slug, "cert-strict", "owner"
    o.applies, o.part = code_is(codes), o.part or "certificate"
    o.elsewhere = "accepted without strict = true; Go and webpki have rules "
      .. "of their own here"
    add(o)
  end
  rule("cert-strict-no-aki", { 85 }, {
    title = "{culprit} has no authority key identifier",
    what = "A certificate that is not self-signed lacks "
      .. "authorityKeyIdentifier.",
    why = "RFC 5280 demands it so that chains can be built by key, not by "
      .. "name alone",
    fix = "issue it again with authorityKeyIdentifier = keyid",
    source = "RFC 5280 4.2.1.1 (alert 46)" })
  rule("cert-strict-root-bits", { 89, 92 }, { part = "root",
    title = "the CA {culprit} lacks keyUsage or critical basicConstraints",
    what = "A CA certificate must have keyUsage, and basicConstraints marked "
      .. "critical.",
    why = "many scripts make roots with `openssl req -x509` and neither",
    fix = "make the root again, as {ca} does",
    source = "RFC 5280 4.2.1.3, 4.2.1.9 (alert 46)" })
  rule("cert-strict-no-ski", { 86 }, { part = "CA",
    title = "the CA {culprit} has no subject key identifier",
    what = "A CA certificate lacks subjectKeyIdentifier.",
    why = "RFC 5280 demands it of every CA",
    fix = "make the CA again with subjectKeyIdentifier = hash",
    source = "RFC 5280 4.2.1.2 (alert 46)" })
  rule("cert-strict-empty-subject", { 88 }, {
    title = "the subject is empty and subjectAltName is not critical",
    what = "A certificate with an empty subject must mark subjectAltName "
      .. "critical.",
    why = "with no subject, subjectAltName is all there is to identify it",
    fix = "mark subjectAltName critical, or fill in a subject",
    source = "RFC 5280 4.1.2.6, 4.2.1.6 (alert 46)" })
  add { slug = "cert-strict", fault = "owner", part = "certificate",
    title = "strict checking refuses {culprit}: {x509}",
    what = "The chain breaks a rule of RFC 5280 that OpenSSL enforces only "
      .. "with strict = true.",
    why = "the name in the evidence says which rule",
    fix = "issue it again with the extensions RFC 5280 demands: {make} ; then "
      .. "{install}",
    elsewhere = "accepted without strict = true",
    source = "RFC 5280 4.2; X509_V_FLAG_X509_STRICT" }
end

return function(add)
  purposes(add)
  authorities(add)
  constraints(add)
  strict(add)
end
