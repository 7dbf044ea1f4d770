--- Option names and types of wsstls.pki: one checker for all of it.
-- @module wsstls.pki.check
local nearest = require "wsstls.nearest"

local check = {}

-- How other tools call it.
local ALIASES = {
  san = "dns", sans = "dns", subject_alt_name = "dns", altnames = "dns",
  alt_names = "dns", hosts = "dns", hostname = "dns", host = "dns",
  domain = "dns", domains = "dns", ips = "ip", address = "ip",
  ip_address = "ip", emails = "email", uris = "uri", url = "uri",
  common_name = "cn", dn = "subject", name = "cn",
  validity = "days", expires = "not_after", valid_until = "not_after",
  valid_from = "not_before", start_date = "not_before",
  end_date = "not_after", ku = "key_usage", eku = "extended_key_usage",
  ext_key_usage = "extended_key_usage", pathlen = "path_length",
  path_len = "path_length", md = "digest", hash = "digest",
  algorithm = "key", bits = "key", curve = "key", key_type = "key",
  type = "key", is_ca = "ca", constraints = "name_constraints",
  passphrase = "password", pass = "password", certificate = "cert",
  private_key = "key", fullchain = "chain", p12 = "pkcs12", pfx = "pkcs12",
  root = "ca", lastupdate = "this_update", nextupdate = "next_update",
}

local function expected(kinds)
  return (kinds:gsub("|", " or "))
end

--- Checks `o` against `spec`, name -> "string|table".
-- @tparam table spec
-- @tparam table|nil o
-- @tparam string where e.g. "pki.ca"
-- @treturn table|nil `o`, or {} for nil; nil and a sentence on misuse
function check.options(spec, o, where)
  if o == nil then return {} end
  if type(o) ~= "table" then
    return nil, ("%s: expected a table of options, got %s"):format(where,
      type(o))
  end
  for name, value in pairs(o) do
    local kinds = type(name) == "string" and spec[name]
    if not kinds then
      local list = {}
      for known in pairs(spec) do list[#list + 1] = known end
      table.sort(list)
      local near = type(name) == "string" and nearest(name, list, ALIASES)
      return nil, ("%s: unknown option '%s'%s"):format(where, tostring(name),
        near and (" (did you mean '%s'?)"):format(near) or "")
    end
    if not ("|" .. kinds .. "|"):find("|" .. type(value) .. "|", 1, true) then
      return nil, ("%s: option '%s': expected %s, got %s"):format(where, name,
        expected(kinds), type(value))
    end
  end
  return o
end

--- `value` if it is in `list`; else nil and a sentence with the nearest.
function check.member(value, list, where)
  for _, item in ipairs(list) do
    if item == value then return value end
  end
  local near = type(value) == "string" and nearest(value, list)
  return nil, ("%s: there is no '%s'%s"):format(where, tostring(value),
    near and (" (did you mean '%s'?)"):format(near)
    or "; expected one of " .. table.concat(list, ", "))
end

return check
