--- Diagnosis of trust: chains that do not lead to a trusted certificate.
-- The refinements stand before their code, the most telling one first.
-- @module wsstls.diagnosis.trust
local UNTRUSTED = "cert-untrusted"

local function trust(f)
  return f.v and f.v.policy and f.v.policy.trust or {}
end

local function sent_count(f)
  local v = f.v
  return v and (v.sent and #v.sent or v.chain and #v.chain) or 0
end

-- A trusted certificate with the missing issuer's name and another key. The
-- verify-result names it (`policy.trust.namesake`); else the pins of issuer
-- and subject in the record show it.
local function namesake(f)
  local found = trust(f).namesake
  if found then return true end
  local chain, anchor = f.v and f.v.chain, f.v and f.v.anchor
  local top = chain and chain[#chain]
  return top ~= nil and anchor ~= nil and anchor.subject == top.issuer
    and anchor.subject_key_id ~= nil and top.authority_key_id ~= nil
    and anchor.subject_key_id ~= top.authority_key_id
end

-- Rows that say something of their own, by distinct code.
local function independent(f)
  local seen, count = {}, 0
  for _, row in ipairs(f.v and f.v.errors or {}) do
    if not row.implied and not seen[row.code] then
      seen[row.code], count = true, count + 1
    end
  end
  return count
end

return function(add)
  add { slug = "cert-self-signed", part = "certificate", fault = "owner",
    title = "the {owner}'s certificate signs itself and is not trusted",
    cure = "certificate",
    what = "The certificate is its own issuer and is not among those the "
      .. "{verifier} trusts.",
    why = "nobody vouches for a certificate that signs itself: it must be "
      .. "trusted by hand, and is not among {trust}",
    fix = "give the {verifier} this very certificate as ca_file; better, a "
      .. "certificate from a CA: {make} ; then {install}",
    elsewhere = "every client refuses it: Node says "
      .. "DEPTH_ZERO_SELF_SIGNED_CERT, Chrome ERR_CERT_AUTHORITY_INVALID, "
      .. "Go \"signed by unknown authority\"",
    source = "RFC 5280 6.1; RFC 8446 6.2 (alert 48)" }
  add { slug = "trust-store-empty", refines = UNTRUSTED, fault = "verifier",
    part = "list of trusted certificates",
    title = "the {verifier} trusts no certificate at all",
    cure = "trust",
    -- of the system's store nobody knows the number, and it is not empty
    applies = function(f)
      return trust(f).count == 0 and not trust(f).path
        and not trust(f).system
    end,
    what = "The {verifier} has no trusted certificate, so no chain can end "
      .. "at one.",
    why = "the `ca*` options are there and name nothing, and with them the "
      .. "system's CAs are not used (system_ca = true adds them)",
    fix = "give the {verifier} the root that issued the certificate: "
      .. '`ca_file = "CA.pem"`',
    source = "RFC 5280 6.1.1 (d); SSL_CTX_set_default_verify_paths(3)" }
  add { slug = "cert-imposter-root", refines = UNTRUSTED, fault = "owner",
    part = "issuer", title = "{top_issuer} is trusted by name, but the chain "
      .. "was signed with another key",
    applies = namesake,
    what = "A trusted root has the same name as the chain's issuer and "
      .. "another key.",
    why = "trust is in a key, not in a name: the certificate was issued by "
      .. "another CA of the same name, often an earlier one of the same "
      .. "script",
    cure = "trust",
    fix = "give the {verifier} the root that really issued the certificate, "
      .. "or issue the certificate again with the root that is trusted",
    source = "RFC 5280 4.2.1.1, 6.1" }
  add { slug = "cert-untrusted-root-sent", refines = UNTRUSTED,
    fault = "owner", part = "chain",
    title = "the chain ends at {top}, which is not trusted",
    applies = function(f)
      local row = f:culprit()
      return row ~= nil and row.code == 19
    end,
    what = "The {owner} sent its whole chain with the root, and the "
      .. "{verifier} does not trust that root.",
    why = "{top} was sent with the chain, which proves nothing: a root is "
      .. "trusted when the {verifier} has it already, and it is not among "
      .. "{trust}",
    cure = "trust",
    fix = "give the {verifier} this root as ca_file when it is the right "
      .. "one, or use a certificate from a CA that is trusted there",
    source = "RFC 5280 6.1; RFC 8446 4.4.2" }
  add { slug = "cert-chain-incomplete", refines = UNTRUSTED,
    fault = "owner", part = "chain", certainty = "likely",
    doubt = "only the certificate itself was sent; whether {leaf_issuer} is "
      .. "an intermediate or a root cannot be seen from it",
    title = "{leaf_issuer}, which issued the certificate, was not sent and is "
      .. "not trusted",
    cure = "trust",
    applies = function(f)
      local leaf, row = f:leaf(), f:culprit()
      return leaf ~= nil and not leaf.self_signed and row ~= nil
        and (row.code == 20 or row.code == 21) and row.depth == 0
        and sent_count(f) == 1
    end,
    what = "The {owner} sent its certificate without the intermediate that "
      .. "issued it.",
    why = "a chain must lead to a root that the {verifier} trusts; "
      .. "{leaf_issuer} is the next link, was not sent, and is not among "
      .. "{trust}",
    fix = "if {leaf_issuer} is an intermediate, let the {owner} send it: put "
      .. "it behind the certificate in the file given as `cert`, or use "
      .. "`chain`; if it is a root, give it to the {verifier}: "
      .. '`ca_file = "CA.pem"`',
    elsewhere = "Node says UNABLE_TO_VERIFY_LEAF_SIGNATURE (21), Python and "
      .. "curl 20, Go \"unknown authority\"; browsers hide it, as they fetch "
      .. "intermediates or remember them",
    source = "RFC 8446 4.4.2; RFC 5246 7.4.2" }
  add { slug = "cert-untrusted-root", refines = UNTRUSTED, fault = "owner",
    part = "chain", title = "{top_issuer} is not trusted by the {verifier}",
    applies = function(f)
      local row = f:culprit()
      return row ~= nil and (row.code == 20 or row.code == 21)
        and (row.depth or 0) >= 1
    end,
    what = "The chain ends at an issuer that is not among the trusted "
      .. "certificates.",
    why = "the last certificate sent, {top}, was issued by {top_issuer}, and "
      .. "that is not among {trust}",
    cure = "trust",
    fix = "give the {verifier} the root {top_issuer} as ca_file, or use a "
      .. "certificate from a CA that is trusted there",
    source = "RFC 5280 6.1; RFC 8446 6.2 (alert 48)" }
  add { slug = "cert-many-faults", refines = UNTRUSTED, summary = true,
    fault = "owner", part = "certificate",
    title = "several independent faults stand beside each other",
    applies = function(f) return independent(f) >= 3 end,
    what = "The chain has more than one fault, and each one alone would be a "
      .. "rejection.",
    why = "a verifier stops at the first and each library at another one; "
      .. "curing only the one that is named shows the next",
    fix = "cure every fault listed as evidence in one new certificate",
    elsewhere = "of several faults each library names another one first: "
      .. "Python the name (62), Node and curl the date (10)",
    source = "X509_verify_cert(3)" }
  add { slug = UNTRUSTED, part = "chain", fault = "owner",
    what = "No chain leads from the certificate to one that the {verifier} "
      .. "trusts.",
    why = "{top} was issued by {top_issuer}, which is not among {trust}",
    cure = "trust",
    fix = "give the {verifier} the root that issued the certificate as "
      .. "ca_file; if intermediates are missing, let the {owner} send them",
    source = "RFC 5280 6.1; RFC 8446 6.2 (alert 48)" }
  add { slug = "cert-partial-chain", fault = "verifier",
    part = "list of trusted certificates",
    title = "{culprit} is trusted but is no root, and partial_chain is off",
    what = "The trusted certificate is an intermediate; OpenSSL wants to "
      .. "follow the chain to a self-signed root.",
    why = "without partial_chain only a self-signed certificate ends a chain",
    fix = "trust the root instead, or set partial_chain = true",
    elsewhere = "Go, browsers and Python 3.13 or newer take an intermediate "
      .. "as an anchor",
    source = "X509_VERIFY_PARAM_set_flags(3), X509_V_FLAG_PARTIAL_CHAIN" }
end
