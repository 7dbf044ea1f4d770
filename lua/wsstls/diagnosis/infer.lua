--- The code of a record that does not say it: one read from a file, or one
-- of a side that only watched. Cause before symptom: a verdict of our own
-- comes before an alert, an alert before OpenSSL's queue, that before errno,
-- and the HTTP answer before the way the connection ended.
-- @module wsstls.diagnosis.infer
local names = require "wsstls.names"

local infer = {}

local ERRNO = {
  ECONNREFUSED = "tcp-refused", ECONNRESET = "tcp-reset",
  EPIPE = "tcp-reset", ENETUNREACH = "tcp-unreachable",
  EHOSTUNREACH = "tcp-unreachable", ETIMEDOUT = "timeout-connect",
  EADDRINUSE = "listen-in-use", EMFILE = "limit-files",
  ENFILE = "limit-files", ENOMEM = "limit-memory",
  EAI_NONAME = "dns-not-found", EAI_AGAIN = "dns-failed",
  EAI_FAIL = "dns-failed",
}

local ALERT = {
  [20] = "tls-bad-record-mac", [40] = "tls-handshake-failure",
  [70] = "tls-version-mismatch", [112] = "tls-sni-unknown",
  [116] = "client-cert-missing", [120] = "tls-no-alpn",
}

-- These speak of a certificate (RFC 8446 6.2); 51 does too before TLS 1.3.
local CERTIFICATE = { [42] = true, [43] = true, [44] = true, [45] = true,
                      [46] = true, [48] = true, [49] = true, [51] = true }

--- The code for a verify-result, or nil when it is ok.
-- @tparam table v
-- @tparam boolean client_cert a client's certificate was judged
function infer.verdict(v, client_cert)
  -- with verify = false the faults are known and decide nothing
  if v.ok ~= false or v.unchecked then return nil end
  if type(v.slug) == "string" then return v.slug end
  local known = names.x509(v.code)
  local first = v.errors and v.errors[1]
  local name = first and first.name or v.name
  local slug = first and first.slug or known and known.slug
    or "cert-unclassified"
  slug = slug:gsub("^client%-", "")
  if slug == "cert-verify-callback" and type(name) == "string"
     and not names.x509(name) then
    slug = name:find("PIN") and "cert-pin-mismatch" or "cert-webpki"
  end
  return client_cert and "client-" .. slug or slug
end

local function from_alert(o)
  for _, alert in ipairs(o.alerts or {}) do
    if alert.direction == "received" and alert.number ~= 0 then
      if CERTIFICATE[alert.number] then
        return o.side == "server" and "cert-rejected"
          or "client-cert-rejected"
      end
      return ALERT[alert.number] or "tls-alert"
    end
  end
  return nil
end

local function from_openssl(o)
  for _, row in ipairs(o.openssl or {}) do
    local known = names.openssl(row.code)
    if known and known.slug then return known.slug end
  end
  return nil
end

local REDIRECT = { [301] = true, [302] = true, [303] = true, [307] = true,
                   [308] = true }

local function from_http(o)
  local status = o.http and o.http.status
  if not status or status == 101 then return nil end
  if status == 401 then return "upgrade-unauthorized" end
  if REDIRECT[status] then
    local headers = o.http.headers or {}
    return headers.location and "upgrade-redirect"
      or "upgrade-redirect-no-location"
  end
  return o.side ~= "server" and "upgrade-rejected" or "upgrade-refused"
end

--- The code a record stands for, or nil when nothing in it failed.
-- @tparam table o an observation
function infer.code(o)
  local code = o.verify and infer.verdict(o.verify, o.side == "server")
    or from_alert(o) or from_openssl(o)
    or ERRNO[o.os_error and o.os_error.name] or from_http(o)
  if code then return code end
  if o.close and o.close.code == 1006 then return "closed-abnormally" end
  if o.close and o.close.code and o.close.code ~= 1000 then
    return "closed"
  end
  return nil
end

local OTHER = { client = "server", server = "client" }

--- Who ended it and in which phase, as far as a record shows: our own verdict
-- or alert is ours, a fatal alert received is the peer's.
-- @tparam table o an observation
-- @treturn string|nil a party
-- @treturn string|nil a phase
function infer.rejection(o)
  local side = o.side == "server" and "server" or "client"
  if o.verify and o.verify.ok == false and not o.verify.unchecked then
    return side, "verify"
  end
  for _, alert in ipairs(o.alerts or {}) do
    if alert.level ~= "warning" and alert.number ~= 0 then
      return alert.direction == "sent" and side or OTHER[side], "tls"
    end
  end
  if o.http and o.http.status and o.http.status ~= 101 then
    return "server", "upgrade"
  end
  return nil
end

return infer
