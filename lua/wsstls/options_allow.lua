--- The option `allow`: faults that may be, by code or by X509 name.
-- @module wsstls.options_allow

local core = require "wsstls.core"
local nearest = require "wsstls.nearest"
local types = require "wsstls.options_types"

-- number, name or code -> list of X509 numbers; made on first use, for the
-- core's table is what the OpenSSL at hand knows.
local index, words

local function build()
  index, words = {}, {}
  local function add(word, number)
    if not word then return end
    if not index[word] then
      index[word] = {}
      words[#words + 1] = word
    end
    table.insert(index[word], number)
  end
  for _, row in ipairs(core.x509()) do
    if row.code ~= 0 then
      index[row.code] = { row.code }
      add(row.name, row.code)
      add(row.slug, row.code)
      if row.client_slug ~= row.slug then add(row.client_slug, row.code) end
    end
  end
  -- 50 is also a pin that does not match: this is the rules alone
  add("cert-webpki", core.ALLOW_WEBPKI)
  add("client-cert-webpki", core.ALLOW_WEBPKI)
end

--- `{"cert-expired", "X509_V_ERR_CERT_HAS_EXPIRED", 10}` -> list of numbers.
local function allow(value, name)
  if type(value) ~= "table" then value = { value } end
  if not types.is_list(value) then
    return types.wrong(name, "a list of codes", value)
  end
  if not index then build() end
  local list, seen = {}, {}
  for _, item in ipairs(value) do
    local numbers
    if type(item) == "string" then
      numbers = index[item] or index[item:gsub("^X509_V_ERR_", "")]
    elseif type(item) == "number" and item == item then
      numbers = index[item]
    end
    if not numbers then
      local near = type(item) == "string" and nearest(item, words)
      return nil, ("option '%s': '%s' is no code of a certificate fault%s")
        :format(name, tostring(item),
          near and ("; did you mean '" .. near .. "'?") or "")
    end
    for _, number in ipairs(numbers) do
      if not seen[number] then
        seen[number] = true
        list[#list + 1] = number
      end
    end
  end
  return list
end

return allow
