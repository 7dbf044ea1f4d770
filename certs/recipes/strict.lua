--- 41-45: what only `strict` objects to, and everything at once.
local recipes = {}

local STRICT = { strict = true }

recipes["cert-strict-no-aki"] = function(_, base)
  return base:change { row = 41, code = "cert-strict", verifier = STRICT,
    title = "strict: no authority key identifier", leaf = { aki = false },
    faults = "85@0", alert = 46 }
end

recipes["cert-strict-root-bits"] = function(_, base)
  return base:change { row = 42, code = "cert-strict", verifier = STRICT,
    title = "strict: a root without keyUsage and critical basicConstraints",
    root = { key_usage = false, basic_constraints = { critical = false } },
    faults = "89@2 92@2", alert = 46 }
end

recipes["cert-strict-no-ski"] = function(_, base)
  return base:change { row = 43, code = "cert-strict", verifier = STRICT,
    title = "strict: a CA without subject key identifier",
    inter = { ski = false }, faults = "86@1", alert = 46 }
end

recipes["cert-strict-empty-subject"] = function(_, base)
  return base:change { row = 44, code = "cert-strict", verifier = STRICT,
    title = "strict: an empty subject and a SAN that is not critical",
    leaf = { cn = base.absent, san_critical = false },
    faults = "88@0", alert = 46,
    differs = {
      chromium = "-207: it is always strict about this" } }
end

recipes["cert-many-faults"] = function(_, base)
  return base:change { row = 45, code = "cert-untrusted",
    title = "expired, for another host, and of an unknown root",
    leaf = { not_before = base.past.not_before,
      not_after = base.past.not_after, cn = "other.test",
      dns = "other.test", ip = base.absent },
    trust = function() return { base:stranger() } end,
    faults = "20@1 62@0 10@0", alert = 48,
    differs = {
      nss = "-8181: it looks at the leaf's dates first",
      node = "CERT_HAS_EXPIRED: it keeps OpenSSL's last error" } }
end

return recipes
