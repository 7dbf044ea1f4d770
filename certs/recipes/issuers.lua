--- 24-30: what the issuers may do.
local recipes = {}

recipes["cert-issuer-not-ca"] = function(_, base)
  return base:change { row = 24, code = "cert-invalid-ca",
    title = "the issuer has CA:FALSE", inter = { ca = false },
    faults = "79@1 26@1* 32@1*", alert = 48 }
end

recipes["cert-issuer-no-basic-constraints"] = function(_, base)
  return base:change { row = 25, code = "cert-invalid-ca",
    title = "the issuer has no basicConstraints",
    inter = { basic_constraints = false }, faults = "79@1", alert = 48,
    differs = {
      gnutls = "not-ca: it has a word of its own for this" } }
end

recipes["cert-issuer-no-key-cert-sign"] = function(_, base)
  return base:change { row = 26, code = "cert-invalid-ca",
    title = "the issuer lacks keyCertSign",
    inter = { key_usage = { "digitalSignature" } },
    faults = "79@1 26@1* 32@1*", alert = 48,
    differs = {
      nss = "-8102: it names the key usage" } }
end

recipes["cert-path-length"] = function(_, base)
  return base:change { row = 27, title = "pathLenConstraint exceeded",
    root = { path_length = 0 }, faults = "25@2", alert = 48 }
end

recipes["cert-depth"] = function(_, base)
  return base:change { row = 28, title = "longer than verify_depth",
    fault = "client", verifier = { verify_depth = 0 },
    faults = "22@1 20@1*", alert = 48,
    fixed = { verifier = { verify_depth = 1 } } }
end

recipes["cert-name-not-permitted"] = function(_, base)
  return base:change { row = 29, title = "a name that is not permitted",
    inter = { name_constraints = { permitted = { "ok.test" } } },
    faults = "47@0", alert = 46 }
end

recipes["cert-name-excluded"] = function(_, base)
  return base:change { row = 30, title = "a name that is excluded",
    inter = { name_constraints = { excluded = { "localhost" } } },
    faults = "48@0", alert = 46 }
end

return recipes
