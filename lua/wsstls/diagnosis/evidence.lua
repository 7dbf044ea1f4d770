--- Evidence: what the record shows of a failure, as lines of text.
--
-- Only what was seen: verdicts with their depth, alerts with their direction,
-- the system's error, the answer, the close. Conclusions are the entries'.
-- @module wsstls.diagnosis.evidence
local names = require "wsstls.names"
local vars = require "wsstls.diagnosis.vars"
local words = require "wsstls.diagnosis.words"

local evidence = {}

local MAX_ROWS = 8

local function number(n) return words.number(n) end

--- "X509 64 IP_ADDRESS_MISMATCH at depth 0"
function evidence.fault(row)
  local known = names.x509(row.code)
  local name = row.name or known and known.name or "UNCLASSIFIED"
  local text = ("X509 %s %s at depth %s"):format(number(row.code),
    words.safe(name, 60), number(row.depth or 0))
  if not known and row.text and row.text ~= "" then
    text = text .. " (" .. words.safe(row.text, 100) .. ")"
  end
  return text
end

--- "alert 42 bad_certificate sent"
function evidence.alert(alert)
  return ("alert %s %s %s"):format(number(alert.number),
    words.safe(names.alert(alert.number) or alert.name or "unknown", 60),
    alert.direction == "sent" and "sent" or "received")
end

-- What the record's alerts say in half a line, or nil. A close_notify is no
-- complaint.
local function alert_text(f)
  local list = {}
  for _, alert in ipairs(f.o.alerts or {}) do
    if alert.number ~= 0 and #list < 3 then
      list[#list + 1] = evidence.alert(alert)
    end
  end
  return #list > 0 and table.concat(list, ", ") or nil
end

-- True when the failure is our own verdict on a certificate.
local function verdict(f)
  return f.v and f.v.ok == false and f.v.errors and f.v.errors[1] ~= nil
end

local function openssl_text(row)
  local known = names.openssl(row.code)
  local text = row.reason or row.text or known and known.text or ""
  return ("OpenSSL %s %s"):format(names.openssl_code(row.code) or
    words.safe(row.code, 20), words.safe(text, 100))
end

-- OpenSSL's queue without what only repeats a verdict or an alert.
local function openssl_lines(f, max)
  local lines = {}
  for _, row in ipairs(f.o.openssl or {}) do
    local known = names.openssl(row.code)
    local repeats = known and (known.alert and f:alert("received", known.alert)
      or known.code == "0A000086" and verdict(f))
    if not repeats and #lines < max then
      lines[#lines + 1] = openssl_text(row)
    end
  end
  return lines
end

local function os_text(f)
  local e = f.o.os_error
  if not e then return nil end
  local name = vars.known(f, "errno")
  if e.name and e.text and e.text ~= "" then
    return name .. " " .. words.safe(e.text, 80)
  end
  return name
end

local BY = { ["local"] = "by this side", peer = "by the peer",
             network = "by the network" }

local function close_text(f)
  local close = f.o.close
  -- 1015 only numbers a failed handshake; it is never on the wire
  if not close or not close.code or close.code == 0 or close.code == 1015 then
    return nil
  end
  if close.code == 1006 then
    -- says nothing beside an error of the system
    if f.o.os_error then return nil end
    return close.initiated_by == "local"
      and "this side dropped the connection (1006)"
      or "no close frame came (1006)"
  end
  local text = "close " .. number(close.code)
  local meaning = names.close(close.code)
  if meaning then text = text .. " " .. meaning end
  if close.reason and close.reason ~= "" then
    text = text .. ' "' .. words.quote(close.reason, 123) .. '"'
  end
  return text .. (BY[close.initiated_by] and " " .. BY[close.initiated_by]
                  or "")
end

-- ", also 64 IP_ADDRESS_MISMATCH at depth 0", or nil.
local function beside(rows)
  local list = {}
  for i, row in ipairs(rows) do
    if i > 1 and not row.implied and #list < 3 then
      list[#list + 1] = evidence.fault(row):gsub("^X509 ", "")
    end
  end
  return #list > 0 and ", also " .. table.concat(list, ", ") or nil
end

--- Half a line for the one-line message, or nil.
-- @tparam table f facts
-- @tparam[opt] string title what stands before it
function evidence.short(f, title)
  local parts = {}
  if verdict(f) then
    parts[1] = evidence.fault(f.v.errors[1])
    local also = beside(f.v.errors)
    if also then parts[1] = parts[1] .. also end
    local about = f:about():gsub("^client%-", "")
    if about == "cert-ip-mismatch" or about == "cert-host-mismatch" then
      local cn, san = vars.presented(f.v.presented)
      if cn then
        parts[2] = ("presented %s and %s"):format(cn, san)
      end
    end
  else
    local status = f.o.http and f.o.http.status ~= 101
      and vars.known(f, "status")
    if status and not (title or ""):find(status, 1, true) then
      parts[#parts + 1] = "HTTP " .. status
    end
    parts[#parts + 1] = openssl_lines(f, 1)[1]
    parts[#parts + 1] = os_text(f)
    if f.phase == "open" or f.phase == "close" then
      parts[#parts + 1] = close_text(f)
    end
  end
  local text = table.concat(parts, ", ")
  local alerts = alert_text(f)
  if alerts then
    text = text == "" and alerts or ("%s (%s)"):format(text, alerts)
  end
  return text ~= "" and text or nil
end

-- The deciding fault and the alert; then the faults that no finding of their
-- own tells: what follows from another one, and the same at other depths.
local function verdict_lines(f, lines, told)
  local rows, follow, shown = f.v.errors, {}, 0
  for i, row in ipairs(rows) do
    if i == 1 then
      lines[1] = evidence.fault(row)
      lines[2] = alert_text(f)
    elseif row.implied then
      follow[#follow + 1] = ("%s at depth %s"):format(number(row.code),
        number(row.depth or 0))
    elseif not told[row] then
      shown = shown + 1
      if shown <= MAX_ROWS then lines[#lines + 1] = evidence.fault(row) end
    end
  end
  if shown > MAX_ROWS then
    lines[#lines + 1] = ("and %d more"):format(shown - MAX_ROWS)
  end
  if #follow > 0 then
    lines[#lines + 1] = ("%s %s from it"):format(words.list(follow, 4),
      #follow == 1 and "follows" or "follow")
  end
  if f.v.errors_cut then
    lines[#lines + 1] = "the list of faults was cut"
  end
  if not f.v.reason or f.v.reason == "" then return end
  if not f.code:find("pin-mismatch", 1, true) then
    lines[#lines + 1] = "the verify function said: "
      .. words.quote(f.v.reason, 160)
    return
  end
  local leaf = f.v.sent and f.v.sent[1] or f.v.chain and f.v.chain[1] or {}
  lines[#lines + 1] = "pinned: " .. words.quote(f.v.reason, 160)
  lines[#lines + 1] = "the certificate's key: sha256//"
    .. words.safe(leaf.spki_sha256 or "?")
end

-- What a connection did not look at belongs to its story.
local function unverified(f, lines)
  if f.o.verify_disabled or f.unchecked then
    lines[#lines + 1] = "the certificate was not verified (verify = false)"
    local rows = f.unchecked and f.unchecked.errors or {}
    if rows[1] then
      lines[#lines + 1] = "it would fail: " .. evidence.fault(rows[1])
        .. (beside(rows) or "")
    end
  elseif f.v and not f.v.expected and f:owner() == "server"
     and f.side == "client" and type(f.o.url) == "string" then
    lines[#lines + 1] = "no name was checked (verify_host = false)"
  end
end

local function tolerated(f, lines)
  for _, row in ipairs(f.v and f.v.accepted or {}) do
    lines[#lines + 1] = evidence.fault(row) .. " was tolerated (allow)"
  end
end

-- lws's own words help where it closes silently; elsewhere they only say
-- that something failed.
local function log_lines(f, lines)
  local code = f:about()
  if not (code:find("^ws%-") or code:find("^closed") or code:find("^upgrade")
          or code == "unknown" or code == "tls-failed") then
    return
  end
  local logs = f.o.lws or {}
  for i = math.max(1, #logs - 1), #logs do
    local line = logs[i]
    if type(line) == "table" then line = line.text end
    if line then
      lines[#lines + 1] = "libwebsockets: " .. words.quote(line, 160)
    end
  end
end

-- True when the core's sentence only tells the status of the answer, which
-- has lines of its own.
local function answer_says(f)
  return f.o.http ~= nil and f.o.http.status ~= nil
    and f.detail:find("^the server answered %d%d%d") ~= nil
end

--- Every line of evidence, in the order in which it matters.
-- @tparam table f facts
-- @tparam[opt] string title what the headline says already
-- @tparam[opt] table told rows of the verify-result told elsewhere (a set)
function evidence.lines(f, title, told)
  local lines = {}
  if verdict(f) then
    verdict_lines(f, lines, told or {})
  else
    lines[#lines + 1] = alert_text(f)
  end
  unverified(f, lines)
  tolerated(f, lines)
  if type(f.o.first_bytes) == "string" and f.o.first_bytes ~= "" then
    lines[#lines + 1] = ('the peer\'s first bytes: "%s"'):format(
      words.quote(f.o.first_bytes, 32))
  end
  for _, line in ipairs(openssl_lines(f, 3)) do lines[#lines + 1] = line end
  lines[#lines + 1] = os_text(f)
  lines[#lines + 1] = close_text(f)
  if f.detail and not verdict(f) and f.detail ~= title
     and not (title or ""):find(f.detail, 1, true)
     and not answer_says(f) then
    lines[#lines + 1] = words.quote(f.detail, 384)
  end
  log_lines(f, lines)
  if f:about():find("^timeout") and vars.known(f, "last_event") then
    lines[#lines + 1] = vars.known(f, "last_event")
    lines[#lines + 1] = vars.known(f, "waited")
  end
  return lines
end

local function key_text(cert)
  local key = cert.key
  if not key or not key.type then return nil end
  if key.curve then
    return words.safe(key.type:upper() .. " " .. key.curve, 40)
  end
  return words.safe(key.type:upper(), 20)
    .. (key.bits and " " .. number(key.bits) or "")
end

--- The chain, one line for each certificate, leaf first.
function evidence.chain(f)
  local v, lines = f.v, {}
  local chain = v and (v.chain and #v.chain > 0 and v.chain or v.sent)
  if not chain or v.ok then return lines end
  for i, cert in ipairs(chain) do
    if i > MAX_ROWS then
      lines[#lines + 1] = ("and %d more"):format(#chain - MAX_ROWS)
      break
    end
    local parts = { ("%d %s"):format(i - 1, words.dn(cert.subject)) }
    parts[#parts + 1] = cert.self_signed and "self-signed" or cert.issuer
      and cert.issuer ~= "" and "issued by " .. words.dn(cert.issuer)
      or nil
    if cert.not_before and cert.not_after then
      parts[#parts + 1] = ("%s to %s"):format(
        words.date(cert.not_before, true), words.date(cert.not_after, true))
    end
    parts[#parts + 1] = key_text(cert)
    lines[#lines + 1] = table.concat(parts, ", ")
  end
  return lines
end

return evidence
