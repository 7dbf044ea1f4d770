-- Part 2: libwebsockets' own test server, as Debian packages it, with the
-- certificate that comes with it.
local helper = require "spec.helper"
local pki = require "wsstls.pki"
local show = require "demo.show"
local wss = require "wsstls"

local PROGRAM = "libwebsockets-test-server"
local SHARE = "/usr/share/libwebsockets-test-server/"
local FILE = PROGRAM .. ".pem"
local CERT = SHARE .. FILE
local PROTOCOL = "dumb-increment-protocol"
-- Seconds for a server to start or to answer.
local PATIENCE = 15

-- Read by the server's OpenSSL only: it refuses to load a 1024 bit RSA key
-- at the level that Debian sets.
local LAX = [[
openssl_conf = init
[init]
ssl_conf = ssl
[ssl]
system_default = lax
[lax]
CipherString = DEFAULT@SECLEVEL=0
]]

local say, check, must = show.say, show.check, show.must

local function missing()
  for _, program in ipairs { PROGRAM, "setsid", "mktemp" } do
    if not helper.installed(program) then return "the program " .. program end
  end
  if not helper.read(CERT) then return "the file " .. CERT end
  return nil
end

-- Dials until somebody listens; whatever happens then is the result.
local function dial(server, url, options)
  local deadline = os.time() + PATIENCE
  options.protocols = { PROTOCOL }
  while true do
    local conn, err, code = wss.connect(url, options)
    if conn or err.phase ~= "tcp" then return conn, err, code end
    local status, output = server:status()
    if status then
      error(("%s ended with status %d:\n%s"):format(PROGRAM, status, output),
        0)
    elseif os.time() >= deadline then
      error(("%s did not listen within %d s"):format(PROGRAM, PATIENCE), 0)
    end
    wss.step(0.05)
  end
end

-- The server's own word for the alert, from its log; it may be written a
-- moment after we have our error.
local function its_words(server, number)
  local deadline = os.time() + PATIENCE
  local found
  repeat
    found = {}
    for words in server:output():gmatch("openssl error: ([^\n]+)") do
      found[#found + 1] = words
    end
    if not found[number] then wss.step(0.05) end
  until found[number] or os.time() >= deadline
  return found[number] or "(nothing)"
end

local function lacks(info)
  local list = {}
  if #info.san.ip == 0 and #info.san.dns == 0 then
    list[#list + 1] = "a subjectAltName: without one it is valid for no name "
      .. "and no address at all"
  end
  if info.key.type == "rsa" and info.key.bits < 2048 then
    list[#list + 1] = ("a key of today's size: RSA with %d bits where 2048 "
      .. "are the least"):format(info.key.bits)
  end
  if info.self_signed then
    list[#list + 1] = "an issuer: it signed itself, so every client has to "
      .. "be given this very certificate"
  end
  if info.is_ca then
    list[#list + 1] = "the limits of a server's certificate: it says "
      .. "CA:TRUE, so whoever trusts it lets its key, which is in a public "
      .. "package, sign for every name"
  end
  return list
end

local function introduce(info)
  show.step("The program and its certificate")
  show.rows {
    { "program", PROGRAM }, { "certificate", FILE }, { "in", SHARE },
    { "common name", info.subject:match("CN=([^,]*)") },
    { "key", ("%s, %d bits"):format(info.key.type:upper(), info.key.bits) },
    { "subjectAltName", show.names(info) },
  }
  show.gap()
  say("The key is so short that OpenSSL refuses to load it at the "
    .. "security level Debian sets. The server is therefore started with an "
    .. "OPENSSL_CONF of its own that lowers the level to 0, for that process "
    .. "only.")
end

local function as_packaged(server, url)
  show.step("Dialled by IP, with the client's defaults")
  local conn, err, code = dial(server, url, {})
  must("the connection fails", not conn, conn)
  show.block(err:story())
  check("the error's code is cert-key-too-weak", code == "cert-key-too-weak",
    code)
  local verify = err.observation.verify
  check("66 (key too small) decides, with 18 (self-signed) and 64 (IP address "
    .. "mismatch) behind it",
    show.faults(verify) == "66@0 18@0 64@0", show.faults(verify))
  check("the client: alert 42 bad_certificate sent",
    show.alerts(err.observation) == "42 bad_certificate sent",
    show.alerts(err.observation))
  local words = its_words(server, 1)
  check("the server's own log: " .. words,
    words:find("alert bad certificate", 1, true), words)
end

local function tolerated(server, url)
  show.step("With security_level = 0, and its certificate as ca_file")
  say("The short key is tolerated and the certificate is trusted. One fault "
    .. "is left:")
  local conn, err, code = dial(server, url,
    { ca_file = CERT, security_level = 0 })
  must("the connection still fails", not conn, conn)
  show.block(err:story())
  check("the error's code is cert-ip-mismatch", code == "cert-ip-mismatch",
    code)
  local verify = err.observation.verify
  check("64 (IP address mismatch) alone, at depth 0",
    show.faults(verify) == "64@0", show.faults(verify))
  local words = its_words(server, 2)
  check("the server's own log: " .. words,
    words:find("alert bad certificate", 1, true), words)
end

local function verdict(info)
  show.step("What this certificate lacks")
  local list = lacks(info)
  for i, words in ipairs(list) do show.rows { { i .. ".", words } } end
  show.gap()
  check("a subjectAltName is among it", list[1]
    and list[1]:find("subjectAltName", 1, true), list[1])
end

local function issue(dir)
  show.step("A new certificate, and the server started again with it")
  local ca = pki.ca { cn = "Demo CA" }
  local leaf = ca:issue {
    cn = "localhost", dns = { "localhost" }, ip = { "127.0.0.1" },
  }
  must("certificate and key are saved", leaf:save {
    cert = dir .. "/server.pem", key = dir .. "/server.key" })
  show.gap()
  show.rows {
    { "command", PROGRAM .. " -s -p PORT -C server.pem -K server.key" },
    { "subjectAltName", show.names(leaf:info()) },
  }
  show.gap()
  say("OpenSSL's security level is Debian's own again.")
  show.gap()
  return ca
end

local function count(server, url, ca)
  local conn, err = dial(server, url, { ca = ca })
  must("the connection is open", conn, err)
  check("the subprotocol is " .. PROTOCOL, conn.protocol == PROTOCOL,
    conn.protocol)
  local verify = conn:verify_result()
  check("verified: IP:127.0.0.1 is in the certificate, no fault is left",
    verify.ok and verify.code == 0, show.faults(verify))
  local numbers = {}
  for i = 1, 4 do
    local data, failed = conn:receive(PATIENCE)
    must("message " .. i .. ": " .. tostring(data), data, failed)
    numbers[i] = tonumber(data)
  end
  check("they are numbers that count up by one", numbers[1]
    and numbers[4] == numbers[1] + 3, table.concat(numbers, " "))
  must("the closing handshake is done", conn:close(1000))
  local close = conn:observation().close
  check("closed with 1000, cleanly", close.code == 1000 and close.clean,
    close.code)
end

local function run(dir)
  local info = assert(pki.load(CERT)):info()
  local port = helper.free_port()
  local url = ("wss://127.0.0.1:%d/"):format(port)
  local function start(extra, env)
    local command = { PROGRAM, "-s", "-p", port, "-d", "15" }
    for _, word in ipairs(extra) do command[#command + 1] = word end
    return helper.spawn { command = command, env = env }
  end
  introduce(info)
  local server = start({}, {
    OPENSSL_CONF = helper.write(dir .. "/openssl.cnf", LAX) })
  as_packaged(server, url)
  tolerated(server, url)
  verdict(info)
  server:stop()
  local ca = issue(dir)
  count(start({ "-C", dir .. "/server.pem", "-K", dir .. "/server.key" }),
    url, ca)
end

--- @treturn string|nil what is missing, when the part could not be run
return function()
  show.part("Part 2: libwebsockets-test-server and the certificate it has")
  local lacking = missing()
  if lacking then
    say("Not run: " .. lacking .. " is not here. On Debian the packages "
      .. "libwebsockets-test-server and libwebsockets-test-server-common "
      .. "have it; `make demo` installs them there.")
    return lacking
  end
  local ok, err = pcall(run, helper.dir())
  helper.cleanup()
  if not ok then error(err, 0) end
  return nil
end
