--- 46: what looks odd and must pass.
local recipes = {}

recipes["control-good"] = function(_, base)
  return base:change { row = 46, title = "nothing is wrong", control = true,
    faults = "" }
end

recipes["control-reversed-chain"] = function(_, base)
  return base:change { row = 46, title = "the intermediates in wrong order",
    control = true, faults = "", sent = function(c)
      local lower = base:inter(c.inter, { cn = "Lower Intermediate",
        key = base:key "lower" })
      c.leaf = base:leaf(lower)
      return { c.leaf, c.inter, lower }
    end }
end

recipes["control-root-sent"] = function(_, base)
  return base:change { row = 46, title = "the root is sent, too",
    control = true, faults = "", sender = { send_root = true },
    sent = function(c) return { c.leaf, c.inter, c.root } end }
end

recipes["control-empty-subject"] = function(_, base)
  return base:change { row = 46, title = "no subject, names in the SAN only",
    control = true, faults = "", leaf = { cn = base.absent } }
end

recipes["control-many-sans"] = function(_, base)
  local names = {}
  for i = 1, 999 do names[i] = ("host%d.wss.test"):format(i) end
  names[1000] = "localhost"
  return base:change { row = 46, title = "1000 names", control = true,
    faults = "", leaf = { dns = names } }
end

recipes["control-idn"] = function(_, base)
  return base:change { row = 46, title = "a name beyond ASCII",
    control = true, faults = "", host = "xn--bcher-kva.test",
    leaf = { cn = "books", dns = "b\195\188cher.test" } }
end

return recipes
