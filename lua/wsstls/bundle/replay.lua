--- What has to be staged so that a failure happens again: server, client and
-- expectation of a scenario, and the files they need.
-- @module wsstls.bundle.replay
local core = require "wsstls.core"
local pki = require "wsstls.pki"
local stand_in = require "wsstls.pki.stand_in"

local replay = {}

-- Options of the client that say how it judges or what it offers; all are
-- plain data.
local KEPT = { "verify_depth", "strict", "partial_chain", "purpose", "policy",
  "cn_fallback", "security_level", "allow", "crl_check", "min_version",
  "max_version", "ciphers", "ciphersuites", "groups", "sigalgs", "alpn",
  "protocols", "compress", "max_message" }

local NO_PIN = ("A"):rep(43) .. "="

-- Codes of the chain that need more than certificates to happen again.
local NEEDS_CRL = { [8] = true, [11] = true, [12] = true }

local function kept_options(o)
  local out = {}
  for _, name in ipairs(KEPT) do
    local value = o[name]
    if type(value) ~= "function" then out[name] = value end
  end
  return out
end

-- The policy that judged, where the options are not known.
local function policy_options(verify, o)
  local policy = verify.policy or {}
  if next(o) == nil then
    for _, flag in ipairs(policy.flags or {}) do
      if flag == "strict" or flag == "partial_chain" then o[flag] = true end
    end
    if policy.purpose ~= "sslserver" then o.purpose = policy.purpose end
    o.verify_depth, o.security_level = policy.depth, policy.security_level
  end
  o.verify_time = policy.time
  return o
end

local function faults(verify)
  local list = {}
  for i, fault in ipairs(verify.errors) do
    list[i] = ("%d@%d"):format(fault.code, fault.depth)
  end
  return list
end

local function has(verify, code)
  for _, fault in ipairs(verify.errors) do
    if fault.code == code then return fault end
  end
  return nil
end

-- Every certificate that played a part: what was sent, and the anchor.
local function cast_of(verify)
  local certs, sent = {}, #verify.sent
  for i, cert in ipairs(verify.sent) do certs[i] = cert end
  if verify.anchor then
    local known
    for i, cert in ipairs(certs) do
      if cert.sha256 == verify.anchor.sha256 then known = i end
    end
    if known then return certs, sent, known end
    certs[sent + 1] = verify.anchor
    return certs, sent, sent + 1
  end
  return certs, sent, nil
end

local function tampered(verify, certs)
  local list = {}
  for _, fault in ipairs(verify.errors) do
    local cert = fault.code == 7 and verify.chain[fault.depth + 1]
    for i, one in ipairs(certs) do
      if cert and one.sha256 == cert.sha256 then list[#list + 1] = i end
    end
  end
  return list
end

local function issues_others(certs, i)
  for k, other in ipairs(certs) do
    if k ~= i and other.issuer == certs[i].subject then return true end
  end
  return false
end

-- A CRL of every issuer, as good as new, with what was revoked.
local function add_crls(plan, verify, certs, actors)
  local fault, time = has(verify, 23), verify.policy.time
  local cert = fault and verify.chain[fault.depth + 1]
  if not cert then return end
  plan.client.crl = {}
  if fault.depth > 0 then plan.client.crl_check = "chain" end
  for i, one in ipairs(certs) do
    if issues_others(certs, i) then
      local ca = assert(pki.ca { cert = actors[i]:pem(),
                                 key = actors[i]:key_pem() })
      local name = ("issuer-%d.crl"):format(i)
      plan.files[name] = assert(ca:crl {
        revoked = one.subject == cert.issuer
          and { { serial = cert.serial, date = time - 1 } } or {},
        this_update = time - 3600, next_update = time + 86400 }):pem()
      plan.client.crl[#plan.client.crl + 1] = { file = name }
    end
  end
end

local function stage_chain(plan, verify)
  local certs, sent, anchor = cast_of(verify)
  local actors = stand_in(certs, tampered(verify, certs))
  local parts = {}
  for i = 1, sent do parts[i] = actors[i]:pem() end
  plan.files["server.pem"] = table.concat(parts)
  plan.files["server.key"] = actors[1]:key_pem()
  plan.server = { cert = { file = "server.pem" }, key = { file = "server.key" },
                  send_root = true, security_level = 0 }
  -- nothing that was sent is trusted unless it was
  plan.files["ca.pem"] = anchor and actors[anchor]:pem()
    or assert(pki.ca { cn = "nobody else" }):pem()
  add_crls(plan, verify, certs, actors)
  for _, fault in ipairs(verify.errors) do
    if NEEDS_CRL[fault.code] then
      plan.why = ("X509 %d needs the CRL, which is not in the record")
        :format(fault.code)
    end
  end
end

local function stage_verification(plan, err, observation)
  local verify = observation.verify
  stage_chain(plan, verify)
  policy_options(verify, plan.client)
  plan.client.ca = { file = "ca.pem" }
  local expected = verify.expected
  if expected then
    plan.client.host = expected.value
  else
    plan.client.verify_host = false
  end
  plan.expect = { code = err.code, verify = verify.code, depth = verify.depth,
                  errors = faults(verify) }
  if err.code == "cert-pin-mismatch" then
    plan.client.pin_sha256 = NO_PIN -- no key has it, as none had the other
  elseif err.code == "cert-verify-callback" then
    plan.why = "the verify function is not in the record"
  end
end

-- A good server for what fails elsewhere.
local function stage_good(plan)
  local ca = assert(pki.ca { cn = "Reproduction CA" })
  local leaf = assert(ca:issue { cn = "localhost", dns = { "localhost" } })
  plan.files["server.pem"] = leaf:pem()
  plan.files["server.key"] = leaf:key_pem()
  plan.files["ca.pem"] = ca:pem()
  plan.server = { cert = { file = "server.pem" },
                  key = { file = "server.key" } }
  plan.client.ca = { file = "ca.pem" }
end

local function offers(observation, version)
  for _, one in ipairs((observation.hello or {}).versions or {}) do
    if one == version then return true end
  end
  return false
end

local STAGES = {}

STAGES["tls-version-mismatch"] = function(plan, observation)
  stage_good(plan)
  if not offers(observation, "TLSv1.3") then
    plan.server.min_version = "TLSv1.3"
    plan.client.max_version = plan.client.max_version or "TLSv1.2"
  else
    plan.server.max_version = "TLSv1.2"
    plan.client.min_version = "TLSv1.3"
    if offers(observation, "TLSv1.2") then
      plan.note = "the client offered TLS 1.2 as well, the server took "
        .. "neither: here it offers 1.3 alone"
    end
  end
end

STAGES["tcp-refused"] = function(plan)
  plan.server = false
  plan.client.url = "wss://127.0.0.1:{free_port}/"
end

STAGES["dns-not-found"] = function(plan)
  plan.server = false
  plan.client.url = "wss://no-such-host.invalid:{free_port}/"
end

STAGES["client-cert-missing"] = function(plan)
  stage_good(plan)
  plan.server.client_verify = "required"
  plan.server.ca = { file = "ca.pem" }
end

local HOP = { connection = true, upgrade = true, ["content-length"] = true,
  ["transfer-encoding"] = true, ["keep-alive"] = true, date = true,
  ["set-cookie"] = true }

local function stage_answer(plan, http)
  stage_good(plan)
  local headers = {}
  for name, value in pairs(http.headers or {}) do
    if not HOP[name] then headers[name] = value end
  end
  plan.answer = { status = http.status, headers = headers, body = http.body }
  plan.expect.http_status = http.status
end

local function stage_close(plan, close)
  stage_good(plan)
  plan.close = { code = close.code, reason = close.reason or "" }
  plan.expect.close_code = close.code
end

-- A scenario of the catalogue that shows the same, for what has no stage.
local function from_catalogue(slug)
  for _, entry in ipairs(require "wsstls.catalogue") do
    if entry[2] == slug then
      return ("wsstls.catalogue.%s.%s"):format(entry[1], entry[2])
    end
  end
  return nil
end

local function stage(plan, err, observation)
  local http, close = observation.http, observation.close
  if observation.side ~= "client" then
    plan.why = "it is the server's record: the client's is needed"
  elseif observation.verify and not observation.verify.ok then
    stage_verification(plan, err, observation)
  elseif STAGES[err.code] then
    STAGES[err.code](plan, observation)
  elseif err.phase == "upgrade" and http and http.status
         and http.status ~= 101 then
    stage_answer(plan, http)
  elseif err.code == "closed" and close and close.code then
    stage_close(plan, close)
  else
    plan.instead = from_catalogue(err.code)
    plan.why = ("'%s' depends on more than a record holds"):format(err.code)
  end
end

--- @tparam table err
-- @tparam table observation the client's
-- @tparam table o options of the connection
-- @treturn table `{name, client, server, expect, files, answer, close, note,
-- why (it cannot be staged), instead (a module that shows the like)}`; a
-- value `{file = name}` stands for a file of the bundle
function replay.plan(err, observation, o)
  local plan = { name = "repro-" .. err.code, files = {}, server = {},
    client = kept_options(o), expect = { code = err.code },
    code = err.code, at = core.time and core.time() or os.time() }
  stage(plan, err, observation)
  return plan
end

return replay
