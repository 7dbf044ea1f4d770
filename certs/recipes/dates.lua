--- 9-12: dates.
local recipes = {}

recipes["cert-expired"] = function(_, base)
  return base:change { row = 9, title = "the leaf has expired",
    leaf = base.past, faults = "10@0", alert = 45 }
end

recipes["cert-not-yet-valid"] = function(_, base)
  return base:change { row = 10, title = "the leaf is of the future",
    leaf = base.future, faults = "9@0", alert = 42 }
end

recipes["cert-expired-intermediate"] = function(_, base)
  return base:change { row = 11, code = "cert-expired",
    title = "the intermediate has expired",
    inter = base.past, faults = "10@1", alert = 45,
    differs = {
      nss = "-8162: it has a word of its own for issuers" } }
end

recipes["cert-expired-root"] = function(_, base)
  return base:change { row = 12, code = "cert-expired",
    title = "the root has expired",
    root = base.past, faults = "10@2", alert = 45,
    differs = {
      nss = "-8162: it has a word of its own for issuers" } }
end

return recipes
