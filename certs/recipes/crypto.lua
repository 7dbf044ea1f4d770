--- 31-34: signatures, keys and digests.
local recipes = {}

local STRICT, LAX = { security_level = 2 }, { security_level = 0 }

local function weak(base)
  return base:key("rsa1024", { type = "rsa", bits = 1024 })
end

recipes["cert-bad-signature"] = function(_, base)
  return base:change { row = 31, title = "a damaged signature",
    leaf = { tamper_signature = true }, faults = "7@0", alert = 51 }
end

recipes["cert-key-too-weak"] = function(_, base)
  return base:change { row = 32, title = "RSA with 1024 bits at level 2",
    leaf = { key = weak(base) }, verifier = STRICT, sender = LAX,
    faults = "66@0", alert = 42 }
end

recipes["cert-ca-key-too-weak"] = function(_, base)
  return base:change { row = 33, title = "a CA of RSA 1024 at level 2",
    inter = { key = weak(base) }, verifier = STRICT, sender = LAX,
    faults = "67@1", alert = 42 }
end

recipes["cert-digest-too-weak"] = function(_, base)
  return base:change { row = 34, title = "a SHA-1 signature at level 2",
    leaf = { digest = "SHA1" }, verifier = STRICT, sender = LAX,
    faults = "68@0", alert = 42 }
end

recipes["cert-digest-too-weak-intermediate"] = function(_, base)
  return base:change { row = 34, code = "cert-digest-too-weak",
    title = "an intermediate with a SHA-1 signature at level 2",
    inter = { digest = "SHA1" }, verifier = STRICT, sender = LAX,
    faults = "68@1", alert = 42 }
end

return recipes
