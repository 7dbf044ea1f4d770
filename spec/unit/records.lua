-- Records as the core makes them, for specs without a socket. Fixed dates.
local errors = require("wsstls.errors")

local records = {}

-- Lua's own: a spec's `assert` is luassert
records.assert = assert

-- 2026-07-01 00:00:00 UTC, the time of every check here
records.NOW = 1782864000

--- A certificate of 2026; `o` changes any field.
function records.cert(cn, issuer, o)
  local cert = {
    subject = cn and "CN=" .. cn or "", issuer = "CN=" .. (issuer or cn),
    serial = "0a1b", version = 3, not_before = 1767225600,
    not_after = 1798761600, key = { type = "ec", bits = 256,
    curve = "P-256" }, signature_algorithm = "ecdsa-with-SHA256",
    san = { dns = {}, ip = {}, email = {}, uri = {} }, is_ca = false,
    key_usage = {}, extended_key_usage = {}, sha256 = ("ab"):rep(32),
    spki_sha256 = "q83vq83vq83vq83vq83vq83vq83vq83vq83vq83vq80=",
    self_signed = issuer == nil, pem = "",
  }
  for key, value in pairs(o or {}) do cert[key] = value end
  return cert
end

local NAMES = require("wsstls.names")

--- A rejection. `faults` is a list of {code, depth, implied}; `o` changes
-- any field of the verify-result.
function records.verdict(faults, chain, o)
  local errors_list = {}
  for i, fault in ipairs(faults) do
    local row = NAMES.x509(fault[1])
    local cert = chain[(fault[2] or 0) + 1]
    errors_list[i] = { code = fault[1], depth = fault[2] or 0,
                       name = fault.name or row and row.name
                         or "UNCLASSIFIED",
                       text = row and row.text or "something new",
                       subject = cert and cert.subject or "",
                       implied = fault.implied or false, slug = fault.slug }
  end
  local first = errors_list[1]
  local v = {
    ok = false, code = first.code, name = first.name, text = first.text,
    depth = first.depth, errors = errors_list, accepted = {},
    chain = chain, sent = chain, expected = records.dns("localhost"),
    policy = { purpose = "sslserver", depth = 100, time = records.NOW,
               flags = {}, trust = { count = 1 } },
  }
  for key, value in pairs(o or {}) do v[key] = value end
  return v
end

function records.ip(value) return { kind = "ip", value = value } end
function records.dns(value) return { kind = "dns", value = value } end

--- What a certificate presents: a common name and any lists.
function records.presented(cn, o)
  local p = { cn = cn, dns = {}, ip = {}, email = {}, uri = {} }
  for key, value in pairs(o or {}) do p[key] = value end
  return p
end

local ALERT = { [0] = "warning" }

--- A record; `o` changes any field. `sent` and `received` there are numbers
-- of alerts.
function records.record(o)
  local r = { schema = 1, side = "client", engine = "lws", phase = "tls",
              started = records.NOW, alerts = {}, openssl = {},
              timeline = {} }
  for key, value in pairs(o or {}) do r[key] = value end
  for _, direction in ipairs { "sent", "received" } do
    local number = r[direction]
    r[direction] = nil
    if number then
      table.insert(r.alerts, { direction = direction,
        level = ALERT[number] or "fatal", number = number,
        name = NAMES.alert(number) or "unknown", at = 0.012 })
    end
  end
  return r
end

--- An error as the core's outcome and record make it.
function records.error(code, o, outcome)
  outcome = outcome or {}
  outcome.code = code
  return errors.from_core(outcome, o and records.record(o))
end

return records
