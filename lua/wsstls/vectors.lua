--- Runs a corpus of certificate-verification vectors in x509-limbo's JSON
-- form (C2SP/x509-limbo, NIST PKITS and others) and says where it differs.
--
-- Each case is judged twice: with policy "openssl" and with policy "webpki".
-- The corpus is only read; nothing of it is needed to build or test.
-- @module wsstls.vectors

local core = require "wsstls.core"

local vectors = {}

local DAYS = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 }

--- Epoch seconds of an RFC 3339 time.
-- @tparam string text "2024-01-01T00:00:00+00:00"
-- @treturn ?number seconds since 1970, nil when it is no time
function vectors.epoch(text)
  local y, mo, d, h, mi, s, rest =
    text:match("^(%d+)-(%d+)-(%d+)T(%d+):(%d+):(%d+)(.*)$")
  if not y then return nil end
  y, mo, d = tonumber(y), tonumber(mo), tonumber(d)
  local leaps = mo > 2 and y or y - 1
  local days = (y - 1970) * 365 + DAYS[mo] + d - 1
    + math.floor(leaps / 4) - math.floor(leaps / 100)
    + math.floor(leaps / 400) - 477
  local sign, zh, zm = rest:match("([+-])(%d%d):?(%d%d)$")
  local zone = sign and (tonumber(zh) * 60 + tonumber(zm)) * 60 or 0
  if sign == "-" then zone = -zone end
  return days * 86400 + h * 3600 + mi * 60 + s - zone
end

local function is_case(case)
  return type(case) == "table" and type(case.peer_certificate) == "string"
    and (case.expected_result == "SUCCESS"
         or case.expected_result == "FAILURE")
end

--- Reads a corpus.
-- @tparam string path a JSON file with a list `testcases`
-- @treturn ?table the cases
-- @treturn ?string what is wrong with the file
function vectors.load(path)
  local found, json = pcall(require, "dkjson")
  if not found then return nil, "reading vectors needs the rock dkjson" end
  local file, err = io.open(path, "rb")
  if not file then return nil, err end
  local text = file:read("*a")
  file:close()
  local data, _, message = json.decode(text, 1, nil)
  if type(data) ~= "table" or type(data.testcases) ~= "table" then
    return nil, path .. ": " .. (message or "no list 'testcases'")
  end
  for i, case in ipairs(data.testcases) do
    if not is_case(case) then
      return nil, ("%s: testcase %d needs a peer_certificate and an "
        .. "expected_result, SUCCESS or FAILURE"):format(path, i)
    end
  end
  return data.testcases
end

local function names_of(case, o)
  local name = case.expected_peer_name
  if type(name) ~= "table" then
    -- a client's names are a list; the first one is asked for
    name = type(case.expected_peer_names) == "table"
      and case.expected_peer_names[1]
  end
  if type(name) ~= "table" then return end
  if name.kind == "DNS" then o.host = name.value end
  if name.kind == "IP" then o.ip = name.value end
  if name.kind == "RFC822" then o.email = name.value end
end

local function is_list(x)
  return type(x) == "table" and #x > 0
end

--- The purpose a case names; nil when it leaves that to the role.
function vectors.purpose(case)
  if case.x_nopurpose then return "any" end
  for _, usage in ipairs(case.extended_key_usage or {}) do
    if usage == "serverAuth" then return "sslserver" end
    if usage == "clientAuth" then return "sslclient" end
  end
end

--- The options of core.verify for one case.
-- @tparam table case an entry of `testcases`
-- @tparam string policy "openssl" | "webpki"
-- @treturn table
function vectors.options(case, policy)
  local client = case.validation_kind == "CLIENT"
  local o = {
    policy = policy, cn_fallback = policy == "openssl",
    ca = case.trusted_certs or {}, peer = client and "client" or "server",
    chain = { case.peer_certificate },
    purpose = vectors.purpose(case),
  }
  for _, pem in ipairs(case.untrusted_intermediates or {}) do
    o.chain[#o.chain + 1] = pem
  end
  if type(case.validation_time) == "string" then
    o.time = vectors.epoch(case.validation_time)
  end
  if type(case.max_chain_depth) == "number" then
    o.verify_depth = case.max_chain_depth
  end
  if is_list(case.crls) then
    o.crl, o.crl_check = case.crls, "chain"
    o.crl_extended = true
  end
  if case.x_nopurpose then -- PKITS: RFC 5280 6.1 with policy processing
    o.policy_check = true
  end
  names_of(case, o)
  return o
end

--- Judges one case.
-- @treturn table `{ id, expected, got, agrees, result, reason }`
function vectors.judge(case, policy)
  local result, slug, message = core.verify(vectors.options(case, policy))
  local ok = result ~= nil and result.ok
  local reason
  if not result then
    reason = slug .. ": " .. message
  elseif not ok then
    reason = result.code .. "@" .. result.depth .. " " .. result.name
  else
    reason = "accepted"
  end
  local got = ok and "SUCCESS" or "FAILURE"
  return { id = case.id, expected = case.expected_result, got = got,
    agrees = got == case.expected_result, result = result, reason = reason }
end

--- Has the web PKI anything to say to this case? PKITS is older than it.
local function concerns(case, policy)
  return policy ~= "webpki" or not case.x_nopurpose
end

--- Judges every case under one policy.
-- @treturn table `{ total, agree, differences = { judged, ... }, judged }`
function vectors.run(cases, policy)
  local report = { total = 0, agree = 0, differences = {}, judged = {} }
  for i, case in ipairs(cases) do
    if concerns(case, policy) then
      local judged = vectors.judge(case, policy)
      report.total = report.total + 1
      report.judged[i] = judged
      if judged.agrees then
        report.agree = report.agree + 1
      else
        report.differences[#report.differences + 1] = judged
      end
    end
  end
  return report
end

local POLICIES = { "openssl", "webpki" }

local function print_differences(cases, reports, write)
  for i, case in ipairs(cases) do
    local lines, differs = {}, false
    for _, policy in ipairs(POLICIES) do
      local judged = reports[policy].judged[i]
      if judged then
        differs = differs or not judged.agrees
        lines[#lines + 1] = ("  %-8s %s %s\n"):format(policy,
          judged.agrees and "agrees " or "DIFFERS", judged.reason)
      end
    end
    if differs then
      write(("%s\n  expected %s\n%s"):format(case.id, case.expected_result,
        table.concat(lines)))
    end
  end
end

--- Runs a file and prints agreement and each difference.
-- @tparam string path
-- @tparam[opt=io.write] function write
-- @treturn ?table reports by policy
-- @treturn ?string what is wrong with the file
function vectors.main(path, write)
  write = write or function(text) io.stdout:write(text) end
  local cases, err = vectors.load(path)
  if not cases then return nil, err end
  local reports = { openssl = vectors.run(cases, "openssl"),
    webpki = vectors.run(cases, "webpki") }
  print_differences(cases, reports, write)
  for _, policy in ipairs(POLICIES) do
    local r = reports[policy]
    if r.total > 0 then
      write(("%s: %d of %d as expected\n"):format(policy, r.agree, r.total))
    end
  end
  return reports
end

return vectors
