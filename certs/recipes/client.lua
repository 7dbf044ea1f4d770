--- 47-56: client certificates; the server verifies.
local recipes = {}

recipes["client-cert-missing"] = function(_, base)
  return base:change { row = 47, title = "none was sent", owner = "client",
    sent = function() return {} end }
end

recipes["client-cert-untrusted"] = function(_, base)
  return base:change { row = 48, title = "issued by a foreign CA",
    owner = "client", direct = true, faults = "20@0 21@0*", alert = 48,
    trust = function() return { base:stranger() } end }
end

recipes["client-cert-self-signed"] = function(_, base)
  return base:change { row = 49, title = "signs itself", owner = "client",
    self_signed = true, faults = "18@0", alert = 48 }
end

recipes["client-cert-expired"] = function(_, base)
  return base:change { row = 50, title = "has expired", owner = "client",
    leaf = base.past, faults = "10@0", alert = 45 }
end

recipes["client-cert-not-yet-valid"] = function(_, base)
  return base:change { row = 51, title = "is of the future", owner = "client",
    leaf = base.future, faults = "9@0", alert = 42 }
end

recipes["client-cert-purpose"] = function(_, base)
  return base:change { row = 52, title = "is for servers only",
    owner = "client", leaf = { extended_key_usage = { "serverAuth" } },
    faults = "26@0", alert = 43,
    differs = {
      nss = "-8101: it has a word of its own for this" } }
end

recipes["client-cert-chain-incomplete"] = function(_, base)
  return base:change { row = 53, code = "client-cert-untrusted",
    title = "its intermediate was not sent", owner = "client",
    sent = function(c) return { c.leaf } end,
    faults = "20@0 21@0*", alert = 48 }
end

recipes["client-cert-revoked"] = function(_, base)
  return base:change { row = 54, title = "is revoked", owner = "client",
    crl = function(c) return { base:crl(c.inter, { c.leaf }) } end,
    faults = "23@0", alert = 44,
    fixed = { crl = function(c) return { base:crl(c.inter) } end } }
end

recipes["client-crl-missing"] = function(_, base)
  return base:change { row = 55, title = "there is no CRL to ask",
    owner = "client", fault = "server", verifier = { crl_check = "leaf" },
    crl = function(c) return { base:crl(c.root) } end,
    faults = "3@0", alert = 48,
    fixed = { crl = function(c) return { base:crl(c.inter) } end } }
end

-- The accept trap: a root of another name and key, as 48, here with the same
-- subject as the one that is trusted.
recipes["client-cert-foreign"] = function(_, base)
  return base:change { row = 56, code = "client-cert-untrusted",
    title = "issued by a namesake of the trusted CA", owner = "client",
    direct = true, trust = function()
      return { base:stranger { cn = "Test Root" } }
    end,
    faults = "20@0 21@0*", alert = 48 }
end

return recipes
