--- `wsstls pki show FILE...`: what is in a file, and who will object to it.
-- @module wsstls.cli.pki_show
local terminal = require "wsstls.cli.terminal"
local text = require "wsstls.report.text"
local words = require "wsstls.diagnosis.words"

local show = {}

function show.define(parent, name)
  local command = parent:command(name)
    :summary "Show what is in a file, and who will object to it."
    :description("Certificates, keys, requests, CRLs, PKCS#12; PEM or DER. "
      .. "All that a PEM file holds is shown.")
  command:argument("file", "Files; - is standard input."):args "+"
  command:option("--pass", "Password: the word, env:NAME or file:PATH.")
    :argname "WORD"
  command:flag("--text", "As `openssl x509 -text` prints it.")
  command:flag("--json", "Print JSON.")
end

local NAME = { certificate = "certificate", key = "private key",
  csr = "certificate request", crl = "CRL", pkcs12 = "PKCS#12" }

local function list(items)
  return items and items[1] and words.list(items) or nil
end

local function key_line(key)
  return key.curve and "EC " .. key.curve
    or ("%s %s"):format(key.type:upper(), words.number(key.bits))
end

local LABELS = { { "dns", "DNS:" }, { "ip", "IP:" }, { "email", "email:" },
  { "uri", "URI:" }, { "dirname", "dirName:" }, { "othername", "otherName:" },
  { "rid", "RID:" } }

local function san_line(san)
  local out = {}
  for _, row in ipairs(LABELS) do
    for _, value in ipairs(san and san[row[1]] or {}) do
      out[#out + 1] = row[2] .. value
    end
  end
  return #out > 0 and words.list(out) or "none"
end

local function dates(from, to)
  return from and ("%s to %s"):format(words.date(from),
    to and words.date(to) or "no end") or nil
end

local function cert_rows(info)
  local ca = info.is_ca and "yes" .. (info.path_length
    and ", path length " .. words.number(info.path_length) or "") or "no"
  return {
    { "subject", words.safe(info.subject) },
    { "issuer", info.self_signed and "itself" or words.safe(info.issuer) },
    { "names", san_line(info.san) },
    { "valid", dates(info.not_before, info.not_after) },
    { "key", key_line(info.key) },
    { "signed with", words.safe(info.signature_algorithm) },
    { "CA", ca },
    { "key usage", list(info.key_usage) },
    { "extended", list(info.extended_key_usage) },
    { "serial", info.serial },
    { "sha256", info.sha256 }, { "pin", info.spki_sha256 },
  }
end

local function crl_rows(info)
  local revoked = {}
  for i, entry in ipairs(info.revoked or {}) do
    revoked[i] = entry.serial .. (entry.reason and " (" .. entry.reason .. ")"
      or "")
  end
  return { { "issuer", words.safe(info.issuer) },
    { "valid", dates(info.this_update, info.next_update) },
    { "number", info.number }, { "revoked", list(revoked) or "none" } }
end

local function rows_of(kind, info)
  if kind == "crl" then return crl_rows(info) end
  if kind == "key" then
    return { { "key", key_line(info.key) }, { "pin", info.spki_sha256 } }
  elseif kind == "csr" then
    return { { "subject", words.safe(info.subject) },
      { "names", san_line(info.san) }, { "key", key_line(info.key) },
      { "pin", info.spki_sha256 } }
  end
  return cert_rows(info)
end

local function block(name, object)
  local kind = object.kind == "pkcs12" and "certificate" or object.kind
  local info = object:info()
  local rows, full = rows_of(kind, info), {}
  for i = 1, #rows do
    if rows[i][2] then full[#full + 1] = rows[i] end
  end
  for i, warning in ipairs(info.warnings or {}) do
    full[#full + 1] = { i == 1 and "warning" or "", warning }
  end
  return text.block(("%s: %s"):format(name, NAME[kind] or kind), full)
end

-- Every PEM block by itself; what else there is (DER, PKCS#12) as a whole,
-- with the certificates it brings along.
local function objects_of(path, password)
  local pki = require "wsstls.pki"
  local bytes = terminal.read(path)
  local objects = {}
  local function load(piece)
    local object, err = pki.load(piece, password)
    if not object then
      local why = terminal.spell(tostring(err))
      terminal.stop(why:find(path, 1, true) and why
        or ("%s: %s"):format(path, why))
    end
    objects[#objects + 1] = object
    return object
  end
  local function blocks(pem)
    for label, body in pem:gmatch("%-%-%-%-%-BEGIN ([^\n-]+)%-%-%-%-%-(.-)"
        .. "%-%-%-%-%-END ") do
      if not label:find "PARAMETERS" then
        load(("-----BEGIN %s-----%s-----END %s-----\n"):format(label, body,
          label))
      end
    end
  end
  blocks(bytes)
  if objects[1] then return objects end
  local whole = load(path == "-" and bytes or path)
  if whole.kind == "pkcs12" then
    objects = {}
    blocks(whole:chain_pem())
    local root = whole:ca_pem()
    if root then blocks(root) end
    local key = whole:key_pem()
    if key then blocks(key) end
  end
  return objects
end

local function json_of(path, objects)
  local out = {}
  for i, object in ipairs(objects) do
    out[i] = object:info()
    out[i].file = path
  end
  return out
end

function show.run(args)
  local password = terminal.password(args.pass)
  local all = {}
  for n, path in ipairs(args.file) do
    local objects = objects_of(path, password)
    for i, object in ipairs(objects) do
      if args.json then
        all[#all + 1] = json_of(path, { object })[1]
      elseif args.text then
        terminal.say(terminal.try(object.text, object))
      else
        if n > 1 or i > 1 then terminal.say "" end
        terminal.say(block(#objects > 1 and ("%s, %d of %d"):format(path, i,
          #objects) or path, object))
      end
    end
  end
  if args.json then terminal.json(all) end
  return 0
end

return show
