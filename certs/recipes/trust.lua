--- 1-8: whom the client trusts, and what the server sends to get there.
local recipes = {}

recipes["cert-self-signed"] = function(_, base)
  return base:change { row = 1, title = "a leaf that signs itself",
    self_signed = true, faults = "18@0", alert = 48 }
end

recipes["cert-self-signed-no-san"] = function(_, base)
  return base:change { row = 2, code = "cert-self-signed", ip = "127.0.0.1",
    title = "a CN-only leaf that signs itself, dialled by IP",
    self_signed = true, leaf = { dns = base.absent, ip = base.absent },
    faults = "18@0 64@0", alert = 48 }
end

-- Trust alone repairs only half of the above.
recipes["cert-self-signed-no-san-trusted"] = function(_, base)
  return base:change { row = 2, code = "cert-ip-mismatch", ip = "127.0.0.1",
    title = "the same once it is trusted",
    self_signed = true, leaf = { dns = base.absent, ip = base.absent },
    trust = function(c) return { c.leaf } end, faults = "64@0", alert = 42,
    differs = {
      gnutls = "constraints: an anchor has to be a CA",
      nss = "-8156: an anchor has to be a CA",
      chromium = "-207: an anchor has to be a CA" } }
end

recipes["cert-chain-incomplete"] = function(_, base)
  return base:change { row = 3, code = "cert-untrusted",
    title = "an intermediate was not sent",
    sent = function(c) return { c.leaf } end,
    faults = "20@0 21@0*", alert = 48 }
end

recipes["cert-untrusted-root"] = function(_, base)
  return base:change { row = 4, code = "cert-untrusted",
    title = "the chain ends at an unknown root",
    trust = function() return { base:stranger() } end,
    faults = "20@1", alert = 48 }
end

recipes["cert-untrusted-root-sent"] = function(_, base)
  return base:change { row = 5, code = "cert-untrusted",
    title = "the same, and the root is sent", sender = { send_root = true },
    sent = function(c) return { c.leaf, c.inter, c.root } end,
    trust = function() return { base:stranger() } end,
    faults = "19@2", alert = 48,
    differs = {
      nss = "-8172: the issuer is there and marked as not trusted" } }
end

recipes["cert-imposter-root"] = function(_, base)
  return base:change { row = 6, code = "cert-untrusted",
    title = "a trusted root has the same name and another key",
    trust = function() return { base:stranger { cn = "Test Root" } } end,
    faults = "20@1", alert = 48 }
end

recipes["trust-store-empty"] = function(_, base)
  return base:change { row = 7, code = "cert-untrusted", fault = "client",
    title = "the client trusts nothing", trust = function() return {} end,
    faults = "20@1", alert = 48 }
end

recipes["cert-partial-chain"] = function(_, base)
  local function trust(c) return { c.inter } end
  return base:change { row = 8, fault = "client",
    title = "an intermediate is the anchor", trust = trust,
    sent = function(c) return { c.leaf } end, faults = "2@1", alert = 48,
    fixed = { trust = trust, verifier = { partial_chain = true } } }
end

return recipes
