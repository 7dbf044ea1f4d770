--- The words in braces that speak of certificates, of trust and of names:
-- readers over the facts of one failure. See `wsstls.diagnosis.vars`.
-- @module wsstls.diagnosis.vars_certs
local commands = require "wsstls.diagnosis.commands"
local words = require "wsstls.diagnosis.words"

local get = {}

local function safe(s, max) return s and words.safe(s, max or 120) end

-- A name in prose: what is between the quotes was chosen by somebody else.
local function called(dn)
  if not dn then return nil end
  if dn == "" then return "(empty subject)" end
  -- backquotes mark commands in a text
  return '"' .. words.dn(dn):gsub("`", "'") .. '"'
end

function get.owner(f) return f:owner() end
function get.verifier(f) return f:verifier() end
function get.owner_cap(f)
  return f:owner() == "client" and "Client" or "Server"
end

function get.expected(f)
  return f.v and f.v.expected and safe(f.v.expected.value)
end

function get.expected_tag(f)
  local e = f.v and f.v.expected
  return e and ((e.kind == "ip" and "IP:" or "DNS:") .. safe(e.value))
end

-- The names a certificate presents, as the story shows them.
local function presented(p)
  if not p then return nil end
  local list, total = {}, 0
  local function put(tag, values)
    for _, value in ipairs(values or {}) do
      total = total + 1
      if #list < 8 then list[#list + 1] = tag .. safe(value) end
    end
  end
  put("DNS:", p.dns)
  put("IP:", p.ip)
  put("email:", p.email)
  put("URI:", p.uri)
  local san = total == 0 and "no subjectAltName" or table.concat(list, ", ")
  if total > #list then san = san .. (" and %d more"):format(total - #list) end
  return (p.cn and "CN=" .. safe(p.cn) or "no common name"), san
end

function get.presented(f)
  local cn, san = presented(f.v and f.v.presented)
  return cn and cn .. "; " .. san
end

function get.cn(f)
  local p = f.v and f.v.presented
  return p and p.cn and "CN=" .. safe(p.cn)
end

local function is_host(s)
  return type(s) == "string" and s:find("^[%w*][%w.*-]*$") ~= nil
    and not s:find("^[%d.]+$")
end

-- A wildcard is one for the shell as well.
local function quoted(name)
  return name:find("*", 1, true) and "'" .. name .. "'" or name
end

-- What a new certificate needs: the dialled name and all it had before.
function get.make(f)
  local v, owner = f.v, f:owner()
  if owner == "client" then
    local cn = v and v.presented and v.presented.cn
    return commands.make({ { "cn", is_host(cn) and cn or "client" } }, owner)
  end
  if not (v and (v.expected or v.presented)) then return nil end
  local names, seen = {}, {}
  local function put(kind, value)
    if type(value) ~= "string" or seen[value] or #names > 5 then return end
    if not (is_host(value) or value:find("^[%x.:]+$")) then return end
    seen[value] = true
    names[#names + 1] = { kind, quoted(value) }
  end
  local e, p = v.expected, v.presented or {}
  if e then put(e.kind == "ip" and "ip" or "dns", e.value) end
  for _, name in ipairs(p.dns or {}) do
    if is_host(name) then put("dns", name) end
  end
  for _, ip in ipairs(p.ip or {}) do put("ip", ip) end
  -- beside other names a common name is often no name of a host
  if #(p.dns or {}) == 0 and is_host(p.cn) then put("dns", p.cn) end
  return #names > 0 and commands.make(names, owner) or nil
end

-- Where the files that `make` saves go.
function get.install(f)
  if f:owner() ~= "client" then return nil end
  return 'give the client `cert = "client.pem"` and `key = "client.key"`, '
    .. 'and the server `ca_file = "ca.pem"`'
end

local function of_leaf(field)
  return function(f)
    local leaf = f:leaf()
    return leaf and called(leaf[field])
  end
end

get.leaf, get.leaf_issuer = of_leaf("subject"), of_leaf("issuer")

local function culprit_cert(f)
  local row = f:culprit()
  return row and f:cert(row.depth), row
end

function get.culprit(f)
  local cert, row = culprit_cert(f)
  local subject = row and row.subject or cert and cert.subject
  return called(subject)
end

-- A reader of the certificate at the fault's depth.
local function of_culprit(read)
  return function(f)
    local cert = culprit_cert(f)
    return cert and read(cert, f)
  end
end

get.culprit_issuer = of_culprit(function(cert) return called(cert.issuer) end)

-- "certificate", "intermediate" or "root": what stands at the fault's depth.
function get.culprit_part(f)
  local cert, row = culprit_cert(f)
  if not row then return nil end
  if row.depth == 0 then return "certificate" end
  return cert and cert.self_signed and "root" or "intermediate"
end

local function of_top(field)
  return function(f)
    local chain = f.v and (f.v.chain or f.v.sent)
    local cert = chain and chain[#chain]
    return cert and called(cert[field])
  end
end

get.top, get.top_issuer = of_top("subject"), of_top("issuer")

function get.depth(f)
  local row = f:culprit()
  return row and "depth " .. words.number(row.depth)
end

function get.depth_limit(f)
  local policy = f.v and f.v.policy
  return policy and policy.depth and words.number(policy.depth)
end

get.not_before = of_culprit(function(cert)
  return cert.not_before and words.date(cert.not_before)
end)

get.not_after = of_culprit(function(cert)
  return cert.not_after and words.date(cert.not_after)
end)

local function checked_at(f)
  return f.v and f.v.policy and f.v.policy.time
end

function get.now(f)
  return checked_at(f) and words.date(checked_at(f))
end

get.late = of_culprit(function(cert, f)
  return cert.not_after and checked_at(f)
    and words.span(checked_at(f) - cert.not_after)
end)

get.early = of_culprit(function(cert, f)
  return cert.not_before and checked_at(f)
    and words.span(cert.not_before - checked_at(f))
end)

get.key = of_culprit(function(cert)
  local key = cert.key
  if not key or not key.type then return nil end
  return safe(key.curve and key.type:upper() .. " " .. key.curve
    or ("%s %s"):format(key.type:upper(), words.number(key.bits or 0)))
end)

get.signature = of_culprit(function(cert)
  return safe(cert.signature_algorithm)
end)

get.serial = of_culprit(function(cert) return safe(cert.serial) end)

local function listed(list)
  return list and #list > 0 and words.list(list) or nil
end

get.eku = of_culprit(function(cert)
  return listed(cert.extended_key_usage)
end)

get.ku = of_culprit(function(cert) return listed(cert.key_usage) end)

function get.purpose(f)
  return f:owner() == "client" and "clientAuth" or "serverAuth"
end

-- What the verifier trusts. The system's store is read as it is needed, so
-- that nobody knows how many certificates are in it.
function get.trust(f)
  local trust = f.v and f.v.policy and f.v.policy.trust
  if not trust or type(trust.count) ~= "number" then return nil end
  local list = {}
  if trust.file then
    list[1] = safe(trust.file)
  elseif trust.count > 0 then
    list[1] = words.number(trust.count) .. " given"
  end
  if trust.path then list[#list + 1] = "those in " .. safe(trust.path) end
  if trust.system then
    list[#list + 1] = #list > 0 and "the system's"
      or "the system's; no ca option was given"
  end
  return ("the trusted certificates (%s)"):format(
    #list > 0 and table.concat(list, ", ") or "none")
end

function get.wildcard(f)
  for _, name in ipairs(f.v and f.v.presented and f.v.presented.dns or {}) do
    if name:find("^%*%.") then return safe(name) end
  end
  return nil
end

function get.x509(f)
  local row = f:culprit()
  return row and ("%s %s"):format(words.number(row.code), row.name or "")
end

function get.rule(f)
  local row = f:culprit()
  local text = row and (row.text or row.name)
  return text and safe(text)
end

return { readers = get, presented = presented }
