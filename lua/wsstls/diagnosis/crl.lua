--- Diagnosis of revocation: certificates and the lists that revoke them.
-- @module wsstls.diagnosis.crl
return function(add)
  add { slug = "cert-revoked-intermediate", refines = "cert-revoked",
    fault = "owner", part = "intermediate",
    title = "{culprit} at {depth} is revoked",
    applies = function(f)
      local row = f:culprit()
      return row ~= nil and (row.depth or 0) >= 1
    end,
    what = "A CA of the chain was revoked by the CA above it.",
    why = "serial {serial} is on the list of {culprit_issuer}; all that it "
      .. "issued falls with it",
    fix = "have the certificate issued again by a CA that is not revoked",
    source = "RFC 5280 5, 6.3 (alert 44)" }
  add { slug = "cert-revoked", fault = "owner", part = "certificate",
    title = "{culprit} is revoked",
    what = "The certificate's serial number is on its issuer's revocation "
      .. "list.",
    why = "serial {serial} is on the list of {culprit_issuer}",
    fix = "get a new certificate with a new key; `openssl crl -in FILE -text` "
      .. "shows date and reason",
    source = "RFC 5280 5.3, 6.3 (alert 44)" }
  add { slug = "crl-missing", fault = "verifier", part = "revocation lists",
    title = "no revocation list (CRL) of {culprit_issuer} is at hand",
    what = "Revocation is checked (crl_check) and the list of the "
      .. "certificate's issuer was not given.",
    why = "without the list nobody can say whether {culprit} is revoked, and "
      .. "a check that cannot be made fails",
    fix = "give the issuer's current list as crl_file; for crl_check = "
      .. '"chain" one list for each CA of the chain',
    source = "RFC 5280 6.3.3; X509_V_FLAG_CRL_CHECK" }
  add { slug = "crl-expired", fault = "verifier", part = "revocation list",
    title = "the revocation list (CRL) of {culprit_issuer} has expired",
    what = "The list's nextUpdate has passed.",
    why = "a newer list should exist by now, and an old one may miss a "
      .. "revocation; a clock that runs ahead does the same",
    fix = "fetch or make the current list and give it as crl_file; check the "
      .. "clock",
    source = "RFC 5280 5.1.2.5 (alert 45)" }
  add { slug = "crl-not-yet-valid", fault = "verifier",
    part = "revocation list",
    title = "the revocation list (CRL) of {culprit_issuer} is not valid yet",
    what = "The list's thisUpdate lies in the future.",
    why = "the list was made with a clock that runs ahead, or this machine's "
      .. "clock is behind",
    fix = "compare the clocks of this machine and of the CA",
    source = "RFC 5280 5.1.2.4" }
  add { slug = "crl-bad-signature", part = "revocation list",
    title = "the signature of the CRL of {culprit_issuer} does not verify",
    what = "The list names the right issuer but was not signed with its key.",
    why = "it was damaged, or made by another CA of the same name",
    fix = "fetch the list again from its CA",
    source = "RFC 5280 6.3.3 (alert 51)" }
end
