--- `wsstls pki p12`: PKCS#12 files from PEM, and PEM from them.
-- @module wsstls.cli.pki_p12
local terminal = require "wsstls.cli.terminal"

local p12 = {}

local DESCRIPTION = "Pack a certificate, its chain and its key into a PKCS#12 "
  .. "file (.p12, .pfx), or unpack one: what FILE is decides. The key is "
  .. "looked for in FILE, in --key, and beside it (server.pem, server.key)."

function p12.define(parent, name)
  local command = parent:command(name)
    :summary "Pack PEM files into PKCS#12, or unpack it."
    :description(DESCRIPTION)
  command:argument("file", "The certificate, or the PKCS#12 file.")
  command:option("--key", "The private key."):argname "FILE"
  command:option("--out -o", "What to write (default: FILE's name with .p12; "
    .. "unpacked: .pem, .key and -ca.pem)."):argname "FILE":target "out"
  command:option("--pass", "The PKCS#12 file's password: the word, env:NAME "
    .. "or file:PATH (default: empty)."):argname "WORD"
  command:option("--key-pass", "Password of the PEM key, likewise.")
    :argname "WORD"
  command:option("--name", "The friendly name."):argname "NAME"
  command:option("--algorithm", "aes (default); 3des for old Windows, Java "
    .. "and macOS; rc2 for what is older still.")
    :choices { "aes", "3des", "rc2" }
  command:flag("--json", "Print JSON.")
end

local function without_ending(path)
  return (path:gsub("%.[^./]*$", ""))
end

local function report(args, files)
  if args.json then
    terminal.json { files = files }
  else
    for _, path in ipairs(files) do terminal.say("wrote    " .. path) end
  end
  return 0
end

local function unpack_into(args, object)
  local base = without_ending(args.out or args.file)
  local o = { cert = base .. ".pem", key = base .. ".key" }
  local files = { o.cert, o.key }
  if object:ca_pem() then
    o.ca = base .. "-ca.pem"
    files[3] = o.ca
  end
  o.password = terminal.password(args.key_pass)
  terminal.try(object.save, object, o)
  return report(args, files)
end

-- Certificate and key as one object.
local function with_key(args, object)
  local pki = require "wsstls.pki"
  local key_pass = terminal.password(args.key_pass)
  local path = args.key
  if not path then
    local own = object:key_pem()
    if own then return object end
    path = without_ending(args.file) .. ".key"
    if not terminal.exists(path) then
      terminal.stop(args.file .. " has no private key, and there is no "
        .. path .. "; --key names it")
    end
  end
  local key, err, code = pki.load(path, key_pass)
  if code == "config-password-missing" then
    terminal.stop(path .. ": the key is encrypted; give its password with "
      .. "--key-pass")
  elseif not key then
    terminal.stop(tostring(err))
  end
  local key_pem = key:key_pem()
  if not key_pem then terminal.stop(path .. " holds no private key") end
  local whole = terminal.try(pki.load, object:chain_pem()
    .. (object:ca_pem() or "") .. key_pem)
  if (whole:info().warnings[1] or ""):find("config-key-mismatch", 1, true) then
    terminal.stop(("%s is not the key of %s (config-key-mismatch)"):format(
      path, args.file))
  end
  return whole
end

function p12.run(args)
  local pki = require "wsstls.pki"
  local password = terminal.password(args.pass)
  local object = terminal.try(pki.load, args.file, password)
  if object.kind == "pkcs12" then return unpack_into(args, object) end
  if object.kind ~= "certificate" then
    terminal.stop(("%s: this is a %s, a certificate was expected"):format(
      args.file, object.kind))
  end
  local whole = with_key(args, object)
  local out = args.out or without_ending(args.file) .. ".p12"
  terminal.try(whole.save, whole, { pkcs12 = out, password = password or "",
    name = args.name, algorithm = args.algorithm })
  return report(args, { out })
end

return p12
