--- 35-40: revocation lists.
local recipes = {}

-- The root's list is always there and good: some check all or nothing.
local function current(base)
  return function(c) return { base:crl(c.inter), base:crl(c.root) } end
end

recipes["cert-revoked"] = function(_, base)
  return base:change { row = 35, title = "the leaf is revoked",
    crl = function(c)
      return { base:crl(c.inter, { c.leaf }), base:crl(c.root) }
    end,
    faults = "23@0", alert = 44, fixed = { crl = current(base) } }
end

recipes["cert-revoked-intermediate"] = function(_, base)
  return base:change { row = 36, code = "cert-revoked",
    title = "the intermediate is revoked", verifier = { crl_check = "chain" },
    crl = function(c)
      return { base:crl(c.inter), base:crl(c.root, { c.inter }) }
    end,
    faults = "23@1", alert = 44, fixed = { crl = current(base) } }
end

recipes["crl-missing"] = function(_, base)
  return base:change { row = 37, title = "there is no CRL of the issuer",
    fault = "client", verifier = { crl_check = "leaf" },
    crl = function(c) return { base:crl(c.root) } end,
    faults = "3@0", alert = 48, fixed = { crl = current(base) } }
end

recipes["crl-expired"] = function(_, base)
  return base:change { row = 38, title = "the CRL has expired",
    fault = "client", crl = function(c)
      return { base:crl(c.inter, nil, { this_update = base.now - 9 * base.day,
        next_update = base.now - base.day }), base:crl(c.root) }
    end,
    faults = "12@0", alert = 45, fixed = { crl = current(base) } }
end

recipes["crl-not-yet-valid"] = function(_, base)
  return base:change { row = 39, title = "the CRL is of the future",
    fault = "client", crl = function(c)
      return { base:crl(c.inter, nil, { this_update = base.now + base.day,
        next_update = base.now + 9 * base.day }), base:crl(c.root) }
    end,
    faults = "11@0", alert = 42, fixed = { crl = current(base) } }
end

recipes["crl-bad-signature"] = function(_, base)
  return base:change { row = 40, title = "the CRL's signature is damaged",
    fault = "client", crl = function(c)
      return { base:crl(c.inter, nil, { tamper_signature = true }),
        base:crl(c.root) }
    end,
    faults = "8@0", alert = 51, fixed = { crl = current(base) } }
end

return recipes
