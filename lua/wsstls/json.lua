--- JSON text of records, verdicts, results and errors (RFC 8259).
--
-- The writing itself is dkjson's, loaded when the first text is asked for:
-- the module needs nothing but Lua, OpenSSL and libwebsockets until then.
-- Here the values are made ready: text that a peer chose becomes valid UTF-8,
-- credentials are taken out, lists stay lists when they are empty, keys are
-- sorted so that equal values give equal text.
-- @module wsstls.json
local words = require "wsstls.diagnosis.words"

local json = {}

-- The tables of docs/api.md that map names to values; any other empty table is
-- a list that has nothing in it.
local MAPS = { headers = true, tls = true, policy = true, trust = true,
               http = true, san = true, close = true, hello = true,
               key = true, peer = true, observation = true, env = true }

-- Tables whose every string value may let somebody in.
local SECRETS = { password = true, key_password = true, key_pem = true,
                  pkcs12_password = true, authorization = true,
                  cookie = true, ["proxy-authorization"] = true,
                  ["set-cookie"] = true }

local OBJECT = { __jsontype = "object" }
local ARRAY = { __jsontype = "array" }

local function library()
  local ok, dkjson = pcall(require, "dkjson")
  if ok then return dkjson end
  error("JSON needs the Lua module dkjson: `luarocks install dkjson`, or "
    .. "the Debian package lua-dkjson", 0)
end

local prepare

local function is_list(x)
  local count = 0
  for key in pairs(x) do
    if type(key) ~= "number" or key < 1 or key % 1 ~= 0 then return false end
    count = count + 1
  end
  return count == #x
end

local function prepare_table(x, name, open, keys)
  if open[x] then error("json: a table contains itself", 0) end
  open[x] = true
  -- an error makes its message when it is asked for it, and then has it
  if type(x.code) == "string" then local _ = x.message end
  local copy = {}
  if next(x) == nil then
    setmetatable(copy, MAPS[name] and OBJECT or ARRAY)
  elseif is_list(x) then
    for i, value in ipairs(x) do copy[i] = prepare(value, nil, open, keys) end
    setmetatable(copy, ARRAY)
  else
    for key, value in pairs(x) do
      local text = words.utf8(tostring(key))
      keys[text] = true
      if type(value) == "string" and type(key) == "string"
         and SECRETS[key:lower()] then
        copy[text] = "[redacted]"
      else
        copy[text] = prepare(value, key, open, keys)
      end
    end
    setmetatable(copy, OBJECT)
  end
  open[x] = nil
  return copy
end

-- dkjson writes null for NaN and the infinities, which JSON cannot say.
function prepare(x, name, open, keys)
  local kind = type(x)
  if kind == "string" then return words.utf8(words.redact(x)) end
  if kind == "number" or kind == "boolean" or kind == "nil" then return x end
  if kind == "table" then return prepare_table(x, name, open, keys) end
  error("json: cannot show a " .. kind
    .. (name and " (" .. tostring(name) .. ")" or ""), 0)
end

--- The JSON text of `x`: nil, booleans, numbers, strings and tables of them.
-- @tparam any x
-- @tparam[opt] table options `indent = true` for several lines
-- @treturn string; raises for functions, userdata and cycles, and when
-- dkjson is not installed
function json.encode(x, options)
  local dkjson = library()
  local keys, order = {}, {}
  local copy = prepare(x, nil, {}, keys)
  for key in pairs(keys) do order[#order + 1] = key end
  table.sort(order)
  return dkjson.encode(copy, { keyorder = order,
                               indent = options and options.indent })
end

--- The value of a JSON text.
-- @tparam string text
-- @treturn any|nil, string null is nil; on a mistake nil and where it is
function json.decode(text)
  local value, _, bad = library().decode(text, 1, nil)
  if bad then return nil, "json: " .. bad end
  return value
end

return setmetatable(json, { __call = function(_, x, options)
  return json.encode(x, options)
end })
