-- Part 1: both ends are ours, so both ends tell what they saw.
local pki = require "wsstls.pki"
local show = require "demo.show"
local wss = require "wsstls"

-- Seconds for whatever should happen at once on one machine.
local PATIENCE = 10

local say, check, must = show.say, show.check, show.must

-- The client has its error as soon as it has sent its alert; the server is
-- turned until it has read that.
local function failure(server, number)
  local deadline = os.time() + PATIENCE
  while #server:failures() < number and os.time() < deadline do
    wss.step(0.1)
  end
  return must("the server recorded the failure as well",
    server:failures()[number], "nothing")
end

local function both_sides(err, seen, client_saw, server_saw)
  check("the client: alert " .. client_saw,
    show.alerts(err.observation) == client_saw, show.alerts(err.observation))
  check("the server: alert " .. server_saw,
    show.alerts(seen) == server_saw, show.alerts(seen))
  check("the server knows whose connection it was",
    seen.peer.ip == "127.0.0.1" and seen.peer.port > 0, seen.peer.ip)
end

local function start()
  show.step("A server whose certificate has a common name and no more")
  say("The certificate is made like the one that comes with libwebsockets' "
    .. "test server: signed by itself, with a common name, without a "
    .. "subjectAltName.")
  local cert = pki.self_signed { cn = "localhost" }
  local info = cert:info()
  local server = must("a server listens", wss.listen {
    cert = cert,
    on_message = function(conn, data, kind) conn:send(data, kind) end,
  })
  show.gap()
  show.rows {
    { "url", server.url }, { "subject", info.subject },
    { "issuer", info.issuer .. " (itself)" },
    { "subjectAltName", show.names(info) },
  }
  return server, cert
end

local function dial_untrusted(server)
  show.step("The client dials it by its IP address")
  say("The client trusts the system's certificate authorities. It fails, and "
    .. "the error tells this story:")
  local conn, err, code = wss.connect(server.url)
  must("the connection fails", not conn, conn)
  show.block(err:story())
  check("the error's code is cert-self-signed", code == "cert-self-signed",
    code)
  check("18 (self-signed, not trusted) decides, and 64 (IP address mismatch) "
    .. "stands beside it, both at depth 0, the server's own certificate",
    show.faults(err.observation.verify) == "18@0 64@0",
    show.faults(err.observation.verify))
  show.gap()
  say("OpenSSL stops at 18. wsstls looks on, so that the second fault is "
    .. "known before the first one is repaired.")
  show.step("The same moment, seen by the server")
  say("server:failures() has a record of every handshake that failed:")
  local seen = failure(server, 1)
  show.block(wss.explain(seen))
  both_sides(err, seen, "48 unknown_ca sent", "48 unknown_ca received")
end

local function compared(verify)
  local rows = { { "dialled", verify.expected.kind:upper() .. ":"
    .. verify.expected.value } }
  for _, pair in ipairs(verify.compared) do
    rows[#rows + 1] = {
      pair.source == "cn" and "common name" or "subjectAltName",
      ("%s: %s"):format(pair.presented or "none", pair.why or "equal"),
    }
  end
  return rows
end

local function dial_trusted(server, cert)
  show.step("The client is told to trust that very certificate")
  say("Suppose the 18 is repaired first: the client gets the certificate "
    .. "itself as its option \"ca\". The second fault was there all along:")
  local conn, err, code = wss.connect(server.url, { ca = cert })
  must("the connection still fails", not conn, conn)
  show.block(err:story())
  check("the error's code is cert-ip-mismatch", code == "cert-ip-mismatch",
    code)
  local verify = err.observation.verify
  check("64 (IP address mismatch) decides, at depth 0, and nothing else is "
    .. "wrong",
    show.faults(verify) == "64@0", show.faults(verify))
  show.gap()
  say("What was compared with what:")
  show.rows(compared(verify))
  show.gap()
  local seen = failure(server, 2)
  both_sides(err, seen, "42 bad_certificate sent",
    "42 bad_certificate received")
end

local function repair(server)
  show.step("The repair: a certificate that names the address")
  local ca = pki.ca { cn = "Demo CA" }
  local leaf = ca:issue {
    cn = "localhost", dns = { "localhost" }, ip = { "127.0.0.1" },
  }
  show.rows {
    { "subject", leaf:info().subject }, { "issuer", leaf:info().issuer },
    { "subjectAltName", show.names(leaf:info()) },
  }
  show.gap()
  local port = server.port
  must("server:reload takes it without a restart", server:reload {
    cert = leaf })
  check("the server listens where it did", server.port == port, server.port)
  return ca
end

local function talk(server, ca)
  show.step("The client dials again, and trusts the CA")
  local closed
  local conn = must("the connection is open",
    wss.connect(server.url, { ca = ca }))
  local tls, verify = conn:tls(), conn:verify_result()
  show.gap()
  show.rows {
    { "TLS", tls.version .. ", " .. tls.cipher },
    { "verified", verify.expected.kind:upper() .. ":" .. verify.expected.value
      .. " against " .. show.names(verify.chain[1]) },
  }
  show.gap()
  check("no fault is left: X509 0 OK", verify.ok and verify.code == 0,
    show.faults(verify))
  server:connections()[1]:on("close", function(_, close) closed = close end)
  for _, message in ipairs { "hello", "still there?" } do
    conn:send(message)
    local data, kind = conn:receive(PATIENCE)
    check(("sent %q, and the server sent it back"):format(message),
      data == message and kind == "text", data or kind)
  end
  local block = ("\0\255"):rep(50000)
  conn:send(block, "binary")
  local data, kind = conn:receive(PATIENCE)
  check("sent 100000 binary bytes, and the server sent them back",
    data == block and kind == "binary", data and #data or kind)
  must("the closing handshake is done", conn:close(1000, "done"))
  local close = conn:observation().close
  check("closed with 1000, cleanly, by the client",
    close.code == 1000 and close.clean and close.initiated_by == "local",
    close.code)
  local deadline = os.time() + PATIENCE
  while not closed and os.time() < deadline do wss.step(0.1) end
  check("the server saw 1000 and the reason \"done\"",
    closed and closed.code == 1000 and closed.reason == "done",
    closed and closed.code)
end

return function()
  show.part("Part 1: our server, our client")
  local server, cert = start()
  local ok, err = pcall(function()
    dial_untrusted(server)
    dial_trusted(server, cert)
    talk(server, repair(server))
  end)
  server:close()
  if not ok then error(err, 0) end
end
