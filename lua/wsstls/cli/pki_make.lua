--- `wsstls pki make server --dns localhost --ip 127.0.0.1`.
-- @module wsstls.cli.pki_make
local terminal = require "wsstls.cli.terminal"
local words = require "wsstls.diagnosis.words"

local make = {}

local DESCRIPTION = "Make a certificate for a server or a client. The folder's "
  .. "own CA (ca.pem, ca.key) issues it and is made first when there is none: "
  .. "give ca.pem, and never ca.key, to whoever shall trust it."

local KINDS = { "server", "client", "ca", "self-signed" }

function make.define(parent, name)
  local command = parent:command(name)
    :summary "Make a certificate, and its CA when there is none."
    :description(DESCRIPTION)
  command:argument("kind", "server, client, ca or self-signed.")
    :choices(KINDS)
  command:option("--dns --host", "A DNS name. Repeat for more.")
    :argname "NAME":count "*":target "dns"
  command:option("--ip", "An IP address. Repeat for more.")
    :argname "ADDRESS":count "*"
  command:option("--email", "An e-mail address."):argname "ADDRESS":count "*"
  command:option("--uri", "A URI."):argname "URI":count "*"
  command:option("--cn", "The common name (default: the first name).")
    :argname "NAME"
  command:option("--subject", "The whole subject: CN=...,O=...")
    :argname "NAME"
  command:option("--days", "How long it is valid (397; a CA: 3650).")
    :argname "N":convert(tonumber)
  command:option("--not-before", "2026-01-31, or epoch seconds.")
    :argname "DATE"
  command:option("--not-after", "2026-12-31, or epoch seconds.")
    :argname "DATE"
  command:option("--key", "ec (default), P-384, rsa, rsa:3072, ed25519, or "
    .. "the file of a key that is there."):argname "KIND"
  command:option("--dir", "The folder (default: this one)."):argname "DIR"
    :default "."
  command:option("--name", "The files' name without .pem (default: the kind).")
    :argname "NAME"
  command:option("--ca --cacert", "Another CA's certificate.")
    :argname "FILE":target "ca"
  command:option("--ca-key", "Its key."):argname "FILE"
  command:option("--pass", "Password of an encrypted CA key: the word, "
    .. "env:NAME or file:PATH."):argname "WORD"
  command:flag("--force", "Replace files that somebody else made.")
  command:flag("--json", "Print JSON.")
end

-- What happened, told at the end.
local function report(args, done)
  if args.json then
    terminal.json { files = done.files, reused = done.reused,
      warnings = done.warnings, subject = done.subject }
    return 0
  end
  for _, path in ipairs(done.reused) do
    terminal.say(("used     %s"):format(path))
  end
  for _, file in ipairs(done.files) do
    terminal.say(("wrote    %s  %s"):format(
      terminal.paint("bold", file.path .. (" "):rep(24 - #file.path)),
      file.what))
  end
  for _, warning in ipairs(done.warnings) do
    io.stderr:write(terminal.paint("yellow", "warning"), "  ", warning, "\n")
  end
  return 0
end

local function until_date(object)
  local info = object:info()
  return ("%s, until %s"):format(words.safe(info.subject, 60),
    words.date(info.not_after, true))
end

local function add(done, path, what)
  done.files[#done.files + 1] = { path = path, what = what }
end

local function certificate_options(args)
  local cn = args.cn
  if not cn and not args.subject then
    cn = args.dns[1] or args.ip[1] or args.email[1] or args.uri[1]
      or args.kind
  end
  local function list(items) return items[1] and items or nil end
  return { cn = cn, subject = args.subject, dns = list(args.dns),
    ip = list(args.ip), email = list(args.email), uri = list(args.uri),
    days = args.days, not_before = tonumber(args.not_before)
      or args.not_before, not_after = tonumber(args.not_after)
      or args.not_after, key = args.key }
end

-- The CA of the folder, or the one that was named.
local function find_ca(args)
  local cert = args.ca or terminal.path(args.dir, "ca.pem")
  local key = args.ca_key or (args.ca and cert:gsub("%.[^./]*$", "") .. ".key")
    or terminal.path(args.dir, "ca.key")
  local has_cert, has_key = terminal.exists(cert), terminal.exists(key)
  if not has_cert and not has_key and not args.ca then
    return nil, cert, key
  end
  if not has_key then
    terminal.stop(("%s has no key: %s is not there (--ca-key names it)")
      :format(cert, key))
  elseif not has_cert then
    terminal.stop(("%s has no certificate: %s is not there"):format(key,
      cert))
  end
  local pki = require "wsstls.pki"
  local ca = terminal.try(pki.ca, { cert = cert, key = key,
    key_password = terminal.password(args.pass) })
  local info = ca:info()
  if not info.is_ca then
    terminal.stop(cert .. " is no CA: what it issues is rejected "
      .. "(cert-invalid-ca)")
  elseif info.not_after < os.time() then
    terminal.stop(("%s expired on %s: make another one (--force with pki "
      .. "make ca)"):format(cert, words.date(info.not_after, true)))
  end
  return ca, cert, key
end

-- True when the certificate at `path` is one that this CA made, so that it
-- may be replaced without a question.
local function is_ours(path, ca)
  local object = require("wsstls.pki").load(path)
  local info = object and object.kind == "certificate" and object:info()
  local issuer = ca and ca:info()
  return info and issuer and info.issuer == issuer.subject
    and info.authority_key_id == issuer.subject_key_id
end

local function refuse_to_replace(args, path, ca)
  if terminal.exists(path) and not args.force and not is_ours(path, ca) then
    terminal.stop(path .. " is there and somebody else made it; --force "
      .. "replaces it, --name chooses another name")
  end
end

-- Two CAs of one name and different keys are hard to tell apart: a part of
-- the key's hash makes the name its own.
local function named_ca(o)
  local pki = require "wsstls.pki"
  if not o.cn and not o.subject then
    local probe = terminal.try(pki.ca, { key = o.key })
    o.key = probe
    o.cn = "wsstls CA " .. probe:info().spki_sha256:gsub("[^%w]", ""):sub(1, 6)
  end
  return terminal.try(pki.ca, o)
end

local function make_ca(args, done)
  local cert = terminal.path(args.dir, (args.name or "ca") .. ".pem")
  local key = terminal.path(args.dir, (args.name or "ca") .. ".key")
  if (terminal.exists(cert) or terminal.exists(key)) and not args.force then
    terminal.stop(cert .. " is there; --force replaces it, and then nobody "
      .. "who trusts it trusts what is made next")
  end
  local o = certificate_options(args)
  o.cn = args.cn
  local ca = named_ca(o)
  terminal.folder(args.dir)
  terminal.try(ca.save, ca, { cert = cert, key = key })
  add(done, cert, until_date(ca) .. "; trust this one")
  add(done, key, "its key, mode 0600; keep it to yourself")
  done.subject, done.warnings = ca:info().subject, ca:info().warnings
end

local EKU = { server = { "serverAuth" }, client = { "clientAuth" } }

local function make_leaf(args, done)
  local pki = require "wsstls.pki"
  local base = args.name or args.kind
  local cert = terminal.path(args.dir, base .. ".pem")
  local key = terminal.path(args.dir, base .. ".key")
  local o = certificate_options(args)
  o.extended_key_usage = EKU[args.kind]
  local ca, ca_cert, ca_key, leaf, made
  if args.kind == "self-signed" then
    refuse_to_replace(args, cert)
    leaf = terminal.try(pki.self_signed, o)
  else
    ca, ca_cert, ca_key = find_ca(args)
    refuse_to_replace(args, cert, ca)
    made = not ca
    ca = ca or named_ca {}
    leaf = terminal.try(ca.issue, ca, o)
  end
  terminal.folder(args.dir)
  if made then
    terminal.try(ca.save, ca, { cert = ca_cert, key = ca_key })
    add(done, ca_cert, until_date(ca) .. "; trust this one")
    add(done, ca_key, "its key, mode 0600; keep it to yourself")
  elseif ca then
    done.reused = { ca_cert, ca_key }
  end
  terminal.try(leaf.save, leaf, { cert = cert, key = key })
  add(done, cert, until_date(leaf))
  add(done, key, "its key, mode 0600")
  done.subject, done.warnings = leaf:info().subject, leaf:info().warnings
end

-- What is said of servers does not concern a client's certificate.
local function for_clients(warnings)
  local out = {}
  for _, warning in ipairs(warnings) do
    if not warning:find "subjectAltName" and not warning:find "serverAuth" then
      out[#out + 1] = warning
    end
  end
  return out
end

function make.run(args)
  local done = { files = {}, reused = {}, warnings = {} }
  if args.kind == "ca" then
    make_ca(args, done)
  else
    make_leaf(args, done)
  end
  if args.kind == "client" then done.warnings = for_clients(done.warnings) end
  return report(args, done)
end

return make
