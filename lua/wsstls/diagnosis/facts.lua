--- What a record says, in the form in which predicates and texts ask for it.
--
-- Pure: reads the tables it is given and nothing else. Every field of a
-- record may be absent (a connection can end before anything is known, and
-- records come from files too), so every reader here answers nil then.
-- @module wsstls.diagnosis.facts
local codes = require "wsstls.codes"
local infer = require "wsstls.diagnosis.infer"
local names = require "wsstls.names"
local vars = require "wsstls.diagnosis.vars"

local facts = {}
local methods = {}
local mt = { __index = methods }

local function is_verdict(x)
  return type(x.ok) == "boolean" and type(x.errors) == "table"
    and x.schema == nil
end

--- Facts of an error, an observation or a verify-result.
-- @tparam table|nil x nil gives facts of nothing: texts come out general
-- @tparam[opt] string code the code to speak of, when `x` does not say
-- @treturn table facts; `facts.code` is nil when nothing failed
function facts.new(x, code)
  x = x or {}
  local f = { o = {} }
  if x.code and (x.phase or x.message) and not x.schema
     and not is_verdict(x) then
    f.o, f.code, f.detail = x.observation or {}, x.code, x.detail
    f.phase, f.fault, f.rejected_by = x.phase, x.fault, x.rejected_by
    f.side = x.side
  elseif is_verdict(x) then
    f.o = { verify = x, side = "client" }
  else
    f.o = x
    local e = type(x.error) == "table" and x.error or {}
    f.code, f.detail = e.code, e.detail
    f.phase, f.fault, f.rejected_by = e.phase, e.fault, e.rejected_by
  end
  f.v = type(f.o.verify) == "table" and f.o.verify or nil
  -- with verify = false nothing was decided: there is no verdict to tell
  if f.v and f.v.unchecked then f.v, f.unchecked = nil, f.v end
  f.side = f.side or f.o.side
  f.code = f.code or code or infer.code(f.o)
  local row = f.code and codes.get(f.code)
  if row then
    local _, phase = infer.rejection(f.o)
    f.phase = f.phase or phase or row.phase
    f.fault = f.fault or codes.fault(f.code, f.side)
    -- a detail that repeats the code's sentence says nothing more
    if f.detail == row.text or f.detail == "" then f.detail = nil end
  end
  if f.code and (not f.rejected_by or f.rejected_by == "unknown") then
    f.rejected_by = infer.rejection(f.o)
  end
  f.rejected_by = f.rejected_by or "unknown"
  return setmetatable(f, mt)
end

--- The same facts told for another code (an entry's own).
function methods:with(code)
  local copy = {}
  for key, value in pairs(self) do copy[key] = value end
  copy.told = code
  return setmetatable(copy, mt)
end

--- The code the texts are about.
function methods:about() return self.told or self.code or "" end

--- Whose certificate is judged, "server" or "client"; and by whom.
function methods:owner()
  return self:about():match("^client%-") and "client" or "server"
end

function methods:verifier()
  return self:owner() == "client" and "server" or "client"
end

--- The certificate at a depth of the built chain (0 is the leaf), or nil.
function methods:cert(depth)
  local chain = self.v and (self.v.chain or self.v.sent)
  return chain and depth and chain[depth + 1]
end

--- The leaf, from the built chain or from what was sent, or nil.
function methods:leaf()
  return self:cert(0) or (self.v and self.v.sent and self.v.sent[1])
end

--- The first fault with this X.509 code (and depth), or nil.
function methods:has(code, depth)
  for _, row in ipairs(self.v and self.v.errors or {}) do
    if row.code == code and (not depth or row.depth == depth) then
      return row
    end
  end
  local v = self.v
  if v and not v.ok and v.code == code and (not depth or v.depth == depth)
  then
    return { code = v.code, name = v.name, text = v.text, depth = v.depth }
  end
  return nil
end

--- Our code for a row of a verify-result: what the core said, else by number.
function methods:slug_of(row)
  local known = names.x509(row.code)
  local slug = row.slug or known and known.slug or "cert-unclassified"
  slug = slug:gsub("^client%-", "")
  return (self:owner() == "client" or self.side == "server")
    and "client-" .. slug or slug
end

--- The fault a code of ours stands for: the deciding one when that has the
-- code, else the first one that does, or nil.
function methods:culprit()
  local v = self.v
  if not v or v.ok then return nil end
  for _, row in ipairs(v.errors or {}) do
    if self:slug_of(row) == self:about() then return row end
  end
  return (v.errors or {})[1]
    or { code = v.code, name = v.name, text = v.text, depth = v.depth }
end

--- The first alert of a direction (and number), or nil. close_notify is an
-- end, not a complaint, and is passed over unless asked for.
function methods:alert(direction, number)
  for _, alert in ipairs(self.o.alerts or {}) do
    if alert.direction == direction
       and (number and alert.number == number
            or not number and alert.number ~= 0) then
      return alert
    end
  end
  return nil
end

--- True when OpenSSL's queue held this packed code.
function methods:openssl(code)
  for _, row in ipairs(self.o.openssl or {}) do
    if names.openssl_code(row.code) == code then return true end
  end
  return false
end

--- A header of the HTTP answer (name in lower case), or nil.
function methods:header(name)
  local headers = self.o.http and self.o.http.headers
  return headers and headers[name]
end

--- True when the timeline (or the phase reached) shows the event.
function methods:event(name)
  for _, row in ipairs(self.o.timeline or {}) do
    if row.event == name then return true end
  end
  return false
end

--- True when this side's TLS handshake was complete.
function methods:established()
  local phase = self.o.phase or self.phase
  return phase == "upgrade" or phase == "open" or phase == "close"
    or self:event("tls-established")
end

--- True when a word appears in what this side or lws wrote of the failure.
function methods:says(pattern)
  local o = self.o
  local texts = { self.detail or "", o.close and o.close.reason or "" }
  for _, line in ipairs(o.lws or {}) do
    texts[#texts + 1] = type(line) == "table" and (line.text or "") or line
  end
  for _, row in ipairs(o.timeline or {}) do
    if type(row.detail) == "string" then texts[#texts + 1] = row.detail end
  end
  for _, text in ipairs(texts) do
    if text:lower():find(pattern) then return true end
  end
  return false
end

--- The lowest and highest TLS version the ClientHello offered, as 1.0 .. 1.3
-- (0.3 is SSL 3), or nil.
function methods:offered_range()
  local low, high
  for _, name in ipairs(self.o.hello and self.o.hello.versions or {}) do
    local minor = tostring(name):match("^TLSv1%.?(%d*)$")
    local n = minor and (minor == "" and 0 or tonumber(minor))
      or (tostring(name):match("^SSL") and -1)
    if n then
      low = (not low or n < low) and n or low
      high = (not high or n > high) and n or high
    end
  end
  return low, high
end

--- Fills `{name}` in a text from the record, or with general words.
-- @tparam string|function text
-- @treturn string
function methods:fill(text)
  if type(text) == "function" then text = text(self) end
  if not text then return nil end
  return (text:gsub("{([%w_]+)}", function(name)
    return vars.get(self, name)
  end))
end

return facts
