--- The options of a client on the command line, under curl's names.
-- @module wsstls.cli.connection
local terminal = require "wsstls.cli.terminal"

local connection = {}

local VERSIONS = { "1.0", "1.1", "1.2", "1.3" }

--- Adds them to an argparse command.
function connection.define(command)
  command:option("--cacert", "Trust the certificates of this file. Repeat for "
    .. "more."):argname "FILE":count "*"
  command:option("--capath", "Trust a folder by subject hash."):argname "DIR"
  command:flag("--system-ca", "Trust the system's authorities as well.")
  command:option("--cert -E", "Our certificate: PEM, DER or PKCS#12.")
    :argname "FILE"
  command:option("--key", "Its private key."):argname "FILE"
  command:option("--pass", "Password of the key or the PKCS#12 file: the word "
    .. "itself, env:NAME or file:PATH."):argname "WORD"
  command:flag("--insecure -k", "Verify nothing. The report says so.")
  command:option("--connect-to", "Dial this address, expect the URL's name.")
    :argname "HOST:PORT"
  command:option("--resolve", "As curl: this address for the URL's host.")
    :argname "HOST:PORT:ADDRESS"
  command:option("--header -H", "A header of the upgrade request. Repeat for "
    .. "more."):argname "LINE":count "*"
  command:option("--proxy -x", "http://USER:PASS@HOST:PORT, or env.")
    :argname "URL"
  command:option("--protocol", "Ask for a subprotocol. Repeat for more.")
    :argname "NAME":count "*"
  command:option("--tls-min", "The lowest TLS version."):choices(VERSIONS)
  command:option("--tls-max", "The highest TLS version."):choices(VERSIONS)
  command:option("--ciphers", "TLS 1.2 ciphers, in OpenSSL's syntax.")
    :argname "LIST"
  command:option("--crlfile", "A CRL. Repeat for more."):argname "FILE"
    :count "*"
  command:option("--policy", "webpki judges as browsers and Go do.")
    :choices { "openssl", "webpki" }
  command:option("--allow", "Tolerate this fault. Repeat for more.")
    :argname "CODE":count "*"
  command:option("--pinnedpubkey", "SHA-256 of the public key, as curl's.")
    :argname "PIN":count "*"
  command:option("--keylog", "Append TLS secrets for Wireshark.")
    :argname "FILE"
  command:option("--max-time -m", "Seconds for all of it."):argname "SECONDS"
    :convert(tonumber)
end

local function list(items)
  return items and items[1] and items or nil
end

local function headers_of(lines)
  local out = {}
  for i, line in ipairs(lines) do
    local name, value = line:match "^([^:]+):%s*(.-)%s*$"
    if not name then
      terminal.stop(("--header: '%s' is not \"Name: value\""):format(line))
    end
    out[i] = { name, value }
  end
  return list(out)
end

local function address_of(args)
  if not args.resolve then return args.connect_to end
  local port, address = args.resolve:match "^[^:]+:(%d+):(.+)$"
  if not port then
    terminal.stop(("--resolve: '%s' is not HOST:PORT:ADDRESS")
      :format(args.resolve))
  end
  if address:find(":", 1, true) and address:sub(1, 1) ~= "[" then
    address = "[" .. address .. "]"
  end
  return address .. ":" .. port
end

--- The options of `wss.connect` that the command line asks for.
function connection.options(args)
  return { ca = list(args.cacert), ca_path = args.capath,
    system_ca = args.system_ca or nil, cert = args.cert, key = args.key,
    key_password = terminal.password(args.pass),
    verify = not args.insecure, connect_to = address_of(args),
    headers = headers_of(args.header), proxy = args.proxy,
    protocols = list(args.protocol), min_version = args.tls_min,
    max_version = args.tls_max, ciphers = args.ciphers,
    crl = list(args.crlfile), policy = args.policy,
    allow = list(args.allow), pin_sha256 = list(args.pinnedpubkey),
    keylog = args.keylog, timeout = args.max_time }
end

return connection
