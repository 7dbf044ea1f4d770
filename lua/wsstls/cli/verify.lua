--- `wsstls verify CHAIN`: a verdict on a chain without a network.
-- @module wsstls.cli.verify
local terminal = require "wsstls.cli.terminal"
local text = require "wsstls.report.text"
local words = require "wsstls.diagnosis.words"

local verify = {}

local DESCRIPTION = "Judge a chain: PEM, DER or PKCS#12, the leaf first. "
  .. "Without --cacert and --capath the system's authorities are trusted. "
  .. "Every fault is listed, not only the first."

function verify.define(parser)
  local command = parser:command("verify")
    :summary "Judge a certificate chain without a network."
    :description(DESCRIPTION)
  command:argument("chain", "A file; - is standard input.")
  command:option("--cacert --ca", "Trust the certificates of this file."
    .. " Repeat for more."):argname "FILE":count "*":target "ca"
  command:option("--capath", "Trust a folder by subject hash.")
    :argname "DIR"
  command:flag("--system-ca", "Trust the system's authorities as well.")
  command:option("--untrusted --chain", "More certificates of the chain.")
    :argname "FILE":count "*":target "untrusted"
  command:option("--host", "The name that was dialled."):argname "NAME"
  command:option("--ip", "The address that was dialled."):argname "ADDRESS"
  command:option("--time", "Judge at that time: 2026-01-31, "
    .. "2026-01-31T12:00:00Z or epoch seconds."):argname "TIME"
  command:option("--policy", "webpki judges as browsers and Go do, and shows "
    .. "OpenSSL's verdict beside it."):choices { "openssl", "webpki" }
  command:option("--purpose", "sslserver (default), sslclient, any, ...")
    :argname "NAME"
  command:option("--crl --crlfile", "A CRL. Repeat for more.")
    :argname "FILE":count "*":target "crl"
  command:option("--crl-check", "Ask for a CRL of the leaf's issuer, or of "
    .. "all."):choices { "leaf", "chain" }
  command:flag("--strict", "As RFC 5280 wants it.")
  command:flag("--partial-chain", "An intermediate may be the anchor.")
  command:flag("--cn-fallback", "Without DNS names the common name counts.")
  command:option("--depth", "The most intermediates."):argname "N"
    :convert(tonumber)
  command:option("--security-level", "0 to 5."):argname "N":convert(tonumber)
  command:option("--allow", "Tolerate this fault. Repeat for more.")
    :argname "CODE":count "*"
  command:option("--pass", "Password of a PKCS#12 file: the word itself, "
    .. "env:NAME or file:PATH."):argname "WORD"
  command:flag("--json", "Print the verify-result as JSON.")
end

local function list(items)
  return items and items[1] and items or nil
end

local function options_of(args)
  local chain = { args.chain == "-" and terminal.read "-" or args.chain }
  for _, path in ipairs(args.untrusted) do chain[#chain + 1] = path end
  return { chain = chain, ca = list(args.ca), ca_path = args.capath,
    system_ca = args.system_ca or nil, host = args.host, ip = args.ip,
    time = terminal.time(args.time, "--time"), policy = args.policy,
    purpose = args.purpose, crl = list(args.crl),
    crl_check = args.crl_check, strict = args.strict,
    partial_chain = args.partial_chain, cn_fallback = args.cn_fallback,
    verify_depth = args.depth, security_level = args.security_level,
    allow = list(args.allow),
    key_password = terminal.password(args.pass) }
end

local function fault(f)
  return ("%d %s at depth %d"):format(f.code, words.safe(f.name, 60), f.depth)
end

local function faults(result)
  local out = {}
  for i, f in ipairs(result.errors) do out[i] = fault(f) end
  return out
end

local function pad(s, width)
  return s .. (" "):rep(math.max(1, width - #s))
end

-- Both verdicts, a column for each.
local function side_by_side(result)
  local left, right = faults(result.openssl), faults(result)
  local out = { "  " .. pad("", 10) .. pad("openssl", 34) .. "webpki",
    "  " .. pad("verdict", 10)
      .. pad(result.openssl.ok and "accepts" or "rejects", 34)
      .. (result.ok and "accepts" or "rejects") }
  for i = 1, math.max(#left, #right) do
    out[#out + 1] = ("  " .. pad(i == 1 and "faults" or "", 10)
      .. pad(left[i] or "", 34) .. (right[i] or "")):gsub("%s+$", "")
  end
  return table.concat(out, "\n")
end

local function cert_line(cert, i)
  local key = cert.key
  return ("%d %s, %s to %s, %s"):format(i - 1, words.safe(cert.subject, 60),
    words.date(cert.not_before, true), words.date(cert.not_after, true),
    key.curve and "EC " .. key.curve or ("%s %s"):format(
      key.type:upper(), words.number(key.bits)))
end

local function name_line(result)
  if not result.expected then return "not checked (give --host or --ip)" end
  for _, row in ipairs(result.compared) do
    if row.match then
      return ("%s, by %s of the %s"):format(row.expected,
        words.safe(row.presented, 60),
        row.source == "cn" and "common name" or "subjectAltName")
    end
  end
  return result.expected.value
end

local function accepted_story(result)
  local rows = { { "name", name_line(result) } }
  for i, cert in ipairs(result.chain) do
    rows[#rows + 1] = { i == 1 and "chain" or "", cert_line(cert, i) }
  end
  local policy = result.policy
  rows[#rows + 1] = { "judged", ("at %s for %s%s"):format(
    words.date(policy.time), policy.purpose,
    policy.security_level and ", security level "
      .. words.number(policy.security_level) or "") }
  for i, f in ipairs(result.accepted) do
    rows[#rows + 1] = { i == 1 and "tolerated" or "", fault(f) }
  end
  return text.block("OK: " .. words.safe(result.chain[1].subject, 60), rows)
end

function verify.run(args)
  local wss = require "wsstls"
  local result = terminal.try(wss.verify, options_of(args))
  if args.json then
    terminal.json(result)
    return result.ok and 0 or 3
  end
  if result.openssl then terminal.say(side_by_side(result)) end
  if result.ok then
    local story = accepted_story(result)
    terminal.say((story:gsub("^OK", terminal.paint("green", "OK"))))
    return 0
  end
  terminal.say(terminal.story(text.story(result)))
  return 3
end

return verify
