--- Diagnosis of the HTTP upgrade, on both sides.
-- @module wsstls.diagnosis.upgrade
local vars = require "wsstls.diagnosis.vars"

local REJECTED = "upgrade-rejected"

local function status_is(status)
  return function(f) return f.o.http ~= nil and f.o.http.status == status end
end

local function rejections(add)
  add { slug = "upgrade-alpn-h2", refines = REJECTED, fault = "client",
    part = "application protocol", negotiated = true,
    title = "ALPN chose h2, where the HTTP/1.1 upgrade does not exist",
    applies = function(f)
      return f.o.tls ~= nil and f.o.tls.alpn == "h2"
    end,
    what = "The two sides agreed on HTTP/2 and then one spoke HTTP/1.1.",
    why = "the client offered h2 and the server took it; WebSocket over "
      .. "HTTP/2 is another handshake (RFC 8441)",
    fix = 'offer alpn = {"http/1.1"} only (the default)',
    source = "RFC 7301; RFC 6455 4.1; RFC 8441" }
  local rows = {
    { "upgrade-not-websocket", 200, "the server answered {status}: it "
        .. "serves something else than WebSocket there",
      "An ordinary HTTP answer came instead of 101.",
      "the path is served by a web server or a framework's ordinary route, "
        .. "or a proxy in front dropped the Upgrade header",
      "check the path; a reverse proxy must pass Upgrade and Connection on "
        .. "(nginx: proxy_http_version 1.1 and both headers)",
      "RFC 6455 4.1" },
    { "upgrade-forbidden", 403, "the server answered {status}: it "
        .. "forbids the upgrade",
      "The server understood the request and refuses it.",
      "many servers check Origin, an address or a token here",
      "send the `origin` or the `headers` that the server expects",
      "RFC 9110 15.5.4; RFC 6455 10.2" },
    { "upgrade-not-found", 404, "the server answered {status}: there is "
        .. "nothing at {path}",
      "The server has no such path.",
      "the path is misspelt, or the service is mounted elsewhere",
      "check the path, with its case and slashes",
      "RFC 9110 15.5.5" },
    { "upgrade-version", 426, "the server answered {status}: it wants "
        .. "another WebSocket version or protocol",
      "The server answered 426 Upgrade Required.",
      "it did not take the request for an upgrade to WebSocket version 13: "
        .. "a proxy may have dropped the headers",
      "see its Sec-WebSocket-Version and Upgrade headers in the answer",
      "RFC 6455 4.4; RFC 9110 15.5.22" },
    { "upgrade-bad-gateway", 502, "a gateway answered {status}: it could "
        .. "not reach the server behind it",
      "A reverse proxy answered; the server behind it did not.",
      "the server behind it is down, or answered the gateway with something "
        .. "that is not HTTP (TLS where plain text was wanted, or the "
        .. "reverse)",
      "look at the gateway's log and at the server behind it",
      "RFC 9110 15.6.3" },
    { "upgrade-unavailable", 503, "the server answered {status}: it is "
        .. "not available now",
      "The server is overloaded or being maintained.",
      "it says so itself; its Retry-After header may say for how long",
      "try again later",
      "RFC 9110 15.6.4" },
  }
  for _, row in ipairs(rows) do
    add { slug = row[1], refines = REJECTED, applies = status_is(row[2]),
      title = row[3], what = row[4], why = row[5], fix = row[6],
      source = row[7], part = "answer" }
  end
  add { slug = REJECTED, part = "answer",
    title = "the server answered the upgrade with {status}",
    what = "The server answered with another status than 101.",
    why = "the request did not become a WebSocket: what the server says of "
      .. "it is in the answer",
    fix = "see the answer and the server's log; check path, headers and "
      .. "origin",
    source = "RFC 6455 4.1; RFC 9110 15" }
  add { slug = "upgrade-unauthorized", part = "credentials",
    fault = "client",
    what = "The server wants credentials before the upgrade.",
    why = "no credentials were sent, or they were not accepted; the "
      .. "WWW-Authenticate header in the answer names the scheme",
    fix = 'send them: headers = { Authorization = "Bearer ..." }, or a '
      .. "cookie of a session",
    source = "RFC 9110 15.5.2" }
  add { slug = "upgrade-redirect", part = "address",
    title = "the server redirects to {location}, and redirects are not "
      .. "followed",
    what = "The server answered 301, 302, 303, 307 or 308 with a Location.",
    why = "following it silently would hide where the connection goes; "
      .. "browsers do not follow it either",
    fix = "dial {ws_location} if that is where it should go; a missing final "
      .. "slash in the path is the usual cause",
    source = "RFC 6455 4.1; RFC 9110 15.4" }
  add { slug = "upgrade-redirect-no-location", part = "answer",
    what = "The server answered with a redirect that does not say where to.",
    why = "a 301, 302, 303, 307 or 308 should carry Location",
    fix = "repair the server's redirect; check the path of {url}",
    source = "RFC 9110 10.2.2, 15.4" }
end

-- A head that is right and not read: why, and what helps; nil for others.
local function unread(f)
  local said = f.detail or ""
  if said:find("libwebsockets", 1, true) then
    return "libwebsockets overlooks the line behind a header whose name "
      .. "begins one that it knows, as X-Auth begins X-Auth-Token, and reads "
      .. "no more than so much of some headers",
      "rename that header, or send it where nothing important follows"
  elseif said:find("longer than %d") or said:find("too many", 1, true) then
    return "the headers are more than is read", "send fewer, or shorter ones"
  end
end

local function answers(add)
  add { slug = "upgrade-bad-accept", part = "answer",
    title = "Sec-WebSocket-Accept is wrong or missing",
    what = "The 101 does not prove that the server read this request.",
    why = "the header must be the SHA-1 of the request's key and a fixed "
      .. "GUID; it was {accept}: a cached answer, a server that computes it "
      .. "wrongly, or one that does not know WebSocket",
    fix = "repair the server's handshake; go round caches in front of it",
    source = "RFC 6455 1.3, 4.2.2" }
  add { slug = "upgrade-bad-upgrade-header", part = "answer",
    what = "The 101 lacks `Upgrade: websocket`.",
    why = "the header must be there and say websocket; a proxy may have "
      .. "dropped it as hop-by-hop",
    fix = "repair the server's handshake, or let the proxy pass Upgrade on",
    source = "RFC 6455 4.1, 4.2.2" }
  add { slug = "upgrade-bad-connection-header", part = "answer",
    what = "The 101 lacks `Connection: Upgrade`.",
    why = "the header must be there and contain Upgrade; a proxy may have "
      .. "dropped or replaced it",
    fix = "repair the server's handshake, or let the proxy pass Connection on",
    source = "RFC 6455 4.1, 4.2.2" }
  add { slug = "upgrade-bad-subprotocol", part = "answer",
    title = "the server chose {subprotocol}, which was not offered",
    what = "The 101 names a subprotocol that the client did not ask for.",
    why = "a server may only choose one of the offered subprotocols, or none",
    fix = "offer that one in `protocols`, or repair the server's choice",
    source = "RFC 6455 4.1, 4.2.2" }
  add { slug = "upgrade-bad-extension", part = "answer",
    what = "The 101 names an extension that the client did not ask for.",
    why = "a server may only accept what was offered; frames would be read "
      .. "wrongly otherwise",
    fix = "repair the server, or set compress = true when it insists on "
      .. "permessage-deflate",
    source = "RFC 6455 9.1; RFC 7692" }
  add { slug = "upgrade-http-version", part = "HTTP version",
    fault = function(f) return f.side == "server" and "client" or "server" end,
    what = "The handshake was made in HTTP/1.0.",
    why = "WebSocket needs HTTP/1.1 or newer on both sides; a proxy that "
      .. "speaks 1.0 to what is behind it is the usual cause",
    fix = "let the {other} or the proxy in front speak HTTP/1.1 (nginx: "
      .. "proxy_http_version 1.1)",
    source = "RFC 6455 4.1, 4.2.1" }
  add { slug = "upgrade-no-request", refines = "upgrade-no-response",
    fault = "unknown", part = "request",
    title = "the client left without a request",
    applies = function(f)
      return f.side == "server" and not f:event "http-request"
    end,
    what = "A client connected and left again before it asked for anything.",
    why = "curl, Node and others look at the certificate's name after their "
      .. "handshake, and leave like this when it does not suit them, without "
      .. "an alert; so do probes and port scanners",
    certainty = "possible", doubt = "what the client thought of it is not in "
      .. "this record",
    fix = "read the client's own error; a probe needs none",
    source = "RFC 6455 4.1; RFC 9110 4.3.4" }
  add { slug = "upgrade-no-response", part = "answer",
    what = "The request was sent and the connection ended without a byte of "
      .. "an answer.",
    why = function(f)
      return vars.known(f, "wss_url") and "a port that wants TLS drops a "
        .. "plain request like this; else the server crashed or did not like "
        .. "the request"
        or "the server crashed or dropped the request; in TLS 1.3 a server "
        .. "that refuses the client's certificate can look like this"
    end,
    fix = function(f)
      return (vars.known(f, "wss_url") and "dial {wss_url} if the port "
        .. "serves TLS; else " or "") .. "look at the server's log at this "
        .. "time"
    end,
    source = "RFC 6455 4.1; RFC 9112 9.5" }
  add { slug = "upgrade-truncated", part = "answer",
    what = "The answer began and the connection ended inside it.",
    why = "the server or a proxy broke off while answering",
    fix = "look at the server's log at this time",
    source = "RFC 9112 8" }
  add { slug = "upgrade-bad-response", part = "answer",
    what = "The answer to the upgrade is not HTTP, or cannot be read.",
    why = function(f)
      return (unread(f)) or "the port serves another protocol"
    end,
    fix = function(f)
      return select(2, unread(f))
        or "check the port; what it said is in the record"
    end,
    source = "RFC 9112 4" }
  add { slug = "timeout-upgrade", part = "answer", fault = "server",
    what = "TCP and TLS stand, the request was sent, and no whole answer "
      .. "came.",
    why = "the server accepted the connection and does not serve it: it is "
      .. "overloaded or stuck, or waits for something behind it",
    fix = "look at the server; `timeout = {upgrade = SECONDS}` gives it longer",
    source = "RFC 6455 4.1" }
end

-- A ClientHello that came to a port without TLS: it is taken for the method
-- of a request (record type 22, version 3.x: RFC 8446 5.1).
local function hello(f)
  local method = f.o.http and f.o.http.method
  return type(method) == "string" and method:find("^\22\3") ~= nil
end

local function requests(add)
  local function request(slug, o)
    o.slug, o.part, o.fault = slug, "request", "client"
    add(o)
  end
  request("upgrade-client-version", {
    what = "The client asked for another WebSocket version than 13; our "
      .. "server answered 426.",
    why = "Sec-WebSocket-Version must be 13; other numbers are drafts of "
      .. "2010 and 2011",
    fix = "use a client that speaks RFC 6455",
    source = "RFC 6455 4.2.1, 4.4" })
  request("upgrade-missing-key", {
    what = "Sec-WebSocket-Key is missing or not 16 bytes in base64; our "
      .. "server answered 400.",
    why = "without the key no answer can prove that the request was read",
    fix = "repair the client; curl needs the header given by hand",
    source = "RFC 6455 4.1, 4.2.1" })
  request("upgrade-no-subprotocol", {
    what = "The client offered subprotocols and the server has none of them; "
      .. "our server answered 400.",
    why = "the lists in `protocols` of both sides have nothing in common",
    fix = "let both sides name the same subprotocol, or leave `protocols` "
      .. "out at the client",
    source = "RFC 6455 4.2.2, 1.9" })
  request("upgrade-bad-method", {
    what = "The request is not a GET; our server answered 405.",
    why = "the handshake must be a GET",
    fix = "repair the client",
    source = "RFC 6455 4.1, 4.2.1" })
  request("upgrade-bad-request", {
    title = function(f)
      return hello(f) and "the client speaks TLS to a port that has none"
        or f.detail and "{detail}" or "the request is not a WebSocket upgrade"
    end,
    what = "An ordinary or a malformed HTTP request came to a WebSocket "
      .. "server.",
    why = function(f)
      return hello(f) and "the first bytes are a TLS ClientHello: the client "
        .. "was given a wss:// or https:// URL, and this server listens "
        .. "without a certificate"
        or (unread(f))
        or "a browser's page request, a health check or a port scanner; or a "
        .. "proxy dropped Upgrade and Connection"
    end,
    fix = function(f)
      return hello(f) and "dial ws://, or give the server `cert` and `key`"
        or select(2, unread(f))
        or "answer such requests with on_request, or let the proxy pass both "
        .. "headers on"
    end,
    source = "RFC 6455 4.2.1" })
  request("upgrade-refused", {
    what = "The server's own on_upgrade, path or limit refused the request.",
    why = "no path of `paths` fits, or on_upgrade or a limit said no",
    fix = "nothing when it was meant; else see on_upgrade and paths",
    source = "wsstls: listen" })
end

return function(add)
  rejections(add)
  answers(add)
  requests(add)
end
