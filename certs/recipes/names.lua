--- 13-19: the name or address that was dialled, and the names there are.
local recipes = {}

recipes["cert-host-mismatch"] = function(_, base)
  return base:change { row = 13, title = "another host", host = "localhost",
    leaf = { cn = "other.test", dns = "other.test", ip = base.absent },
    faults = "62@0", alert = 42 }
end

recipes["cert-ip-mismatch"] = function(_, base)
  return base:change { row = 14, title = "another address", ip = "127.0.0.1",
    leaf = { ip = "127.0.0.2" }, faults = "64@0", alert = 42 }
end

recipes["cert-ip-only-in-cn"] = function(_, base)
  return base:change { row = 15, code = "cert-ip-mismatch", ip = "127.0.0.1",
    title = "the address is in the common name only",
    leaf = { cn = "127.0.0.1", dns = base.absent, ip = base.absent },
    faults = "64@0", alert = 42 }
end

recipes["cert-ip-as-dns"] = function(_, base)
  return base:change { row = 16, code = "cert-ip-mismatch", ip = "127.0.0.1",
    title = "the address is written as a dNSName",
    leaf = { dns = "127.0.0.1", ip = base.absent },
    faults = "64@0", alert = 42 }
end

recipes["cert-wildcard-two-labels"] = function(_, base)
  return base:change { row = 17, code = "cert-host-mismatch",
    title = "a wildcard for two labels", host = "x.y.wss.test",
    leaf = { cn = "wss", dns = "*.wss.test" }, faults = "62@0", alert = 42,
    fixed = { leaf = { cn = "wss", dns = "*.y.wss.test" } } }
end

recipes["cert-wildcard-apex"] = function(_, base)
  return base:change { row = 18, code = "cert-host-mismatch",
    title = "a wildcard for the domain itself", host = "wss.test",
    leaf = { cn = "wss", dns = "*.wss.test" }, faults = "62@0", alert = 42,
    fixed = { leaf = { cn = "wss", dns = { "*.wss.test", "wss.test" } } } }
end

recipes["cert-host-only-in-cn"] = function(_, base)
  return base:change { row = 19, code = "cert-host-mismatch",
    title = "the host is in the common name only", host = "localhost",
    leaf = { dns = base.absent, ip = base.absent },
    faults = "62@0", alert = 42,
    differs = {
      openssl = "OK: its default consults the common name",
      node = "OK: so does this",
      python = "OK: and this",
      gnutls = "OK: and this" } }
end

return recipes
