--- Every option there is: its name, its type, where it may stand.
--
-- One row per option; `options.lua` reads them. Groups: `identity` (own
-- certificate), `trust` (whom to believe), `wire` (TLS itself), `answer` (TLS
-- of servers), `name` (whom to expect), `session` (WebSocket), `client`,
-- `server`.
-- @module wsstls.options_specs

local types = require "wsstls.options_types"
local allow = require "wsstls.options_allow"
local relay = require "wsstls.options_relay"

local specs = {}

local callback = types["function"]

specs.identity = {
  cert = types.material, key = types.material, pkcs12 = types.material,
  key_password = types.password, pkcs12_password = types.password,
  chain = types.materials, send_root = types.boolean,
}

specs.trust = {
  ca = types.materials, ca_file = types.text, ca_path = types.text,
  system_ca = types.boolean, crl = types.materials, crl_file = types.text,
  crl_check = types.or_false(types.choice { "leaf", "chain" }),
  crl_extended = types.boolean, -- use delta CRLs, and indirect ones
  policy = types.choice { "openssl", "webpki" },
  strict = types.boolean, partial_chain = types.boolean,
  verify_depth = types.integer(0, 100),
  verify_time = types.integer(-62135596800, 253402300799),
  purpose = types.choice { "sslserver", "sslclient", "any", "nssslserver",
    "smimesign", "smimeencrypt", "crlsign", "ocsphelper", "timestampsign" },
  pin_sha256 = types.pins, allow = allow, cn_fallback = types.boolean,
  security_level = types.integer(0, 5),
}

specs.wire = {
  min_version = types.version, max_version = types.version,
  ciphers = types.colons, ciphersuites = types.colons, groups = types.colons,
  sigalgs = types.colons, alpn = types.alpn,
  keylog = function(value, name)
    if type(value) == "function" then return value end
    if types.text(value, name) then return value end
    return types.wrong(name, "a path or a function", value)
  end,
}

-- What only a server does in the handshake.
specs.answer = {
  alpn_strict = types.boolean, tickets = types.integer(0, 100),
}

specs.name = {
  verify_host = types.or_false(types.host),
  verify_ip = types.or_false(types.ip),
}

local function verify(value, name)
  if type(value) == "boolean" or type(value) == "function" then return value end
  return types.wrong(name, "true, false or a function", value)
end

local MAX_MESSAGE = types.integer(1, 2147483647)

specs.session = {
  protocols = types.protocols, timeout = types.timeout,
  max_message = MAX_MESSAGE, compress = types.boolean,
  ping_interval = types.seconds_or_off, ping_timeout = types.seconds_or_off,
  on_open = callback, on_message = callback, on_close = callback,
}

specs.client = {
  verify = verify, sni = types.or_false(types.host),
  connect_to = types.address, headers = types.headers,
  origin = types.header_value, on_error = callback,
  proxy = types.proxy,
}

local HANDLERS = { on_open = callback, on_message = callback,
  on_close = callback, on_upgrade = callback, protocols = types.protocols }

specs.handlers = HANDLERS

specs.server = {
  host = types.host, port = types.integer(0, 65535), tls = types.boolean,
  verify = verify,
  client_verify = types.choice { "none", "optional", "required" },
  dh_file = types.text, backlog = types.integer(1, 65535),
  max_connections = types.integer(1, 1000000),
  handshake_timeout = types.seconds,
  on_request = callback, on_upgrade = callback, on_tls_error = callback,
  on_error = callback,
}

specs.offline = {
  chain = types.materials, cert = types.material, host = types.host,
  ip = types.ip, time = specs.trust.verify_time, verify = types.boolean,
  pkcs12 = types.material, pkcs12_password = types.password,
  key_password = types.password,
}

specs.raw_connect = {
  host = types.host, port = types.integer(1, 65535), timeout = types.timeout,
  read_ahead = types.boolean,
}

specs.raw_listen = {
  host = types.host, port = types.integer(0, 65535),
  backlog = types.integer(1, 65535), handshake_timeout = types.seconds,
  read_ahead = types.boolean,
}

-- Frames are built on purpose, so nothing is refused that can be written.
specs.frame = {
  fin = types.boolean, rsv1 = types.boolean, rsv2 = types.boolean,
  rsv3 = types.boolean, opcode = types.opcode, mask = types.mask,
  payload = types.bytes, length = types.length,
  length_bits = types.choice { 7, 16, 64 },
}

specs.relay = relay.options

--- How neighbours (curl, Python, Node, LuaSec, lua-http, Go) spell ours.
specs.aliases = {
  cafile = "ca_file", capath = "ca_path", cacert = "ca_file",
  ca_certs = "ca_file", cadata = "ca", ca_cert = "ca", root_ca = "ca",
  certificate = "cert", certfile = "cert", cert_file = "cert",
  private_key = "key", keyfile = "key", key_file = "key",
  passphrase = "key_password", password = "key_password", pfx = "pkcs12",
  p12 = "pkcs12", servername = "sni", server_name = "sni",
  server_hostname = "verify_host", hostname = "verify_host",
  rejectUnauthorized = "verify", insecure = "verify", ssl_verify = "verify",
  verify_mode = "verify", maxPayload = "max_message",
  max_size = "max_message", max_payload = "max_message",
  subprotocols = "protocols", subprotocol = "protocols",
  protocol = "protocols", extra_headers = "headers",
  additional_headers = "headers", perMessageDeflate = "compress",
  compression = "compress", curves = "groups", curve = "groups",
  ecdh_curve = "groups", signature_algorithms = "sigalgs",
  minVersion = "min_version", maxVersion = "max_version",
  cipher = "ciphers", ciphers13 = "ciphersuites", alpn_protocols = "alpn",
  ALPNProtocols = "alpn", handshakeTimeout = "handshake_timeout",
  open_timeout = "timeout", requestCert = "client_verify",
  client_auth = "client_verify", dhparam = "dh_file", dhfile = "dh_file",
  crlfile = "crl_file", depth = "verify_depth", bind = "host",
  address = "host", onopen = "on_open", onmessage = "on_message",
  onclose = "on_close", onerror = "on_error", ssl = "tls",
  keepalive = "ping_interval", pinnedpubkey = "pin_sha256",
  target = "upstream", backend = "upstream", listen = "host",
  toxics = "rules", rule = "rules",
}

return specs
