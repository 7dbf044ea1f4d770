local http = require "wsstls.http"
local upgrade = require "wsstls.upgrade"

local REQUEST = {
  "GET /chat?x=1 HTTP/1.1", "Host: a.test", "Upgrade: websocket",
  "Connection: keep-alive, Upgrade",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  "Sec-WebSocket-Version: 13",
}

-- The request with lines replaced: { [n] = "other line" | false }, and more.
local function request(changes, more)
  local lines = {}
  for i, line in ipairs(REQUEST) do
    local changed = changes and changes[i]
    if changed ~= false then lines[#lines + 1] = changed or line end
  end
  for _, line in ipairs(more or {}) do lines[#lines + 1] = line end
  return table.concat(lines, "\r\n") .. "\r\n\r\n"
end

local function judged(changes, more)
  local head = assert(http.parse_request(request(changes, more)))
  return upgrade.judge_request(head)
end

local function answers(status, slug, refusal)
  assert.is_table(refusal)
  assert.equal(status, refusal.status)
  assert.equal(slug, refusal.slug)
end

describe("a request head", function()
  it("is read into its parts", function()
    local head = http.parse_request(request(nil, { "X-A: 1", "x-a: 2" }))
    assert.equal("GET", head.method)
    assert.equal("/chat", head.path)
    assert.equal("x=1", head.query)
    assert.equal("/chat?x=1", head.target)
    assert.equal("1.1", head.version)
    assert.equal("1, 2", head.headers["x-a"])
    assert.same({ ["x-a"] = true }, head.repeated)
  end)

  it("keeps the commas of cookies apart", function()
    local head = http.parse_response("HTTP/1.1 200 OK\r\n"
      .. "Set-Cookie: a=1, b\r\nSet-Cookie: c=2\r\n\r\n")
    assert.equal("a=1, b\nc=2", head.headers["set-cookie"])
  end)

  it("takes the absolute form, as a server must", function()
    local head = http.parse_request(request {
      [1] = "GET http://a.test/x?y HTTP/1.1" })
    assert.equal("/x", head.path)
    assert.equal("y", head.query)
    head = http.parse_request(request { [1] = "GET http://a.test HTTP/1.1" })
    assert.equal("/", head.path)
  end)

  it("is refused when it could be read in two ways", function()
    for _, more in ipairs { "Folded: a\r\n b", "No-Colon", "Bad Name: x",
        "Space : x", "Ctl: a\1b", "Nul: a\0b", ": empty", "CR: a\rb" } do
      assert.is_nil(http.parse_request(request(nil, { more })), more)
    end
    assert.is_nil(http.parse_request("GET / HTTP/1.1\nHost: a\n\n"))
    assert.is_nil(http.parse_request("GET /\r\n\r\n"))
    assert.is_nil(http.parse_request("GET  / HTTP/1.1\r\n\r\n"))
    assert.is_nil(http.parse_request("G(T / HTTP/1.1\r\n\r\n"))
    assert.is_nil(http.parse_request("GET / HTTP/1.1\r\nHost: a\r\n"))
    assert.is_nil(http.parse_request(""))
  end)

  it("has a bounded number of lines", function()
    local many = {}
    for i = 1, http.MAX_HEADERS do many[i] = "X-A: 1" end
    local head, message = http.parse_request(request(nil, many))
    assert.is_nil(head)
    assert.matches("too many", message)
  end)
end)

describe("the server's judgement of a request", function()
  it("passes a good upgrade", function()
    assert.is_nil(judged())
    assert.is_nil(judged { [3] = "Upgrade: WebSocket",
                           [4] = "connection: upgrade" })
  end)

  it("answers 505 to another HTTP version", function()
    answers(505, "upgrade-http-version", judged {
      [1] = "GET / HTTP/1.0" })
  end)

  it("answers 405 with Allow to another method", function()
    local refusal = judged { [1] = "POST / HTTP/1.1" }
    answers(405, "upgrade-bad-method", refusal)
    assert.same({ { "Allow", "GET" } }, refusal.headers)
  end)

  it("wants exactly one Host", function()
    answers(400, "upgrade-bad-request", judged { [2] = false })
    answers(400, "upgrade-bad-request", judged { [2] = "Host:" })
    answers(400, "upgrade-bad-request", judged(nil, { "Host: b.test" }))
  end)

  it("wants the Upgrade and Connection tokens", function()
    answers(400, "upgrade-bad-request", judged { [3] = "Upgrade: h2c" })
    answers(400, "upgrade-bad-request", judged { [3] = false })
    answers(400, "upgrade-bad-request", judged { [4] = "Connection: close" })
    answers(400, "upgrade-bad-request", judged { [4] = false })
  end)

  it("answers 426 with its version to another one", function()
    for _, line in ipairs { "Sec-WebSocket-Version: 8",
                            "Sec-WebSocket-Version: 013", false } do
      local refusal = judged { [6] = line }
      answers(426, "upgrade-client-version", refusal)
      assert.same({ "Sec-WebSocket-Version", "13" }, refusal.headers[1])
    end
  end)

  it("answers 400 to a key that is not 16 bytes in base64", function()
    for _, line in ipairs { false, "Sec-WebSocket-Key:",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZR==",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZTE=",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25j*Q==" } do
      answers(400, "upgrade-missing-key", judged { [5] = line })
    end
    answers(400, "upgrade-missing-key", judged(nil, { REQUEST[5] }))
  end)

  it("answers 400 to a body", function()
    answers(400, "upgrade-bad-request", judged(nil, {
      "Content-Length: 5" }))
    answers(400, "upgrade-bad-request", judged(nil, {
      "Transfer-Encoding: chunked" }))
  end)

  it("answers 431 to more extensions than lws reads", function()
    local name = "Sec-WebSocket-Extensions: "
    assert.is_nil(judged(nil, { name .. ("x"):rep(254) }))
    answers(431, "upgrade-bad-request", judged(nil, {
      name .. ("x"):rep(255) }))
    answers(431, "upgrade-bad-request", judged(nil, {
      name .. ("x"):rep(200), name .. ("y"):rep(100) }))
  end)

  it("tells an attempt from a plain request", function()
    local plain = http.parse_request("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    assert.is_false(upgrade.is_attempt(plain))
    assert.is_true(upgrade.is_attempt(http.parse_request(request())))
    assert.is_true(upgrade.is_attempt(http.parse_request(request {
      [3] = false })))
  end)
end)

describe("the choice of a subprotocol", function()
  it("is the client's first that the server has", function()
    assert.equal("b", (upgrade.choose({ "a", "b", "c" }, { "c", "b" })))
  end)

  it("is the client's first when the server has no list", function()
    assert.equal("a", (upgrade.choose({ "a", "b" }, nil)))
  end)

  it("is none when the client offers none", function()
    local chosen, refusal = upgrade.choose({}, { "a" })
    assert.is_nil(chosen)
    assert.is_nil(refusal)
  end)

  it("is a refusal when nothing matches", function()
    local chosen, refusal = upgrade.choose({ "x" }, { "a" })
    assert.is_nil(chosen)
    answers(400, "upgrade-no-subprotocol", refusal)
    assert.matches("x", refusal.message)
    assert.matches("a", refusal.message)
  end)

  it("reads the offer in order and refuses a malformed one", function()
    local function offered(value)
      return upgrade.offered {
        headers = { ["sec-websocket-protocol"] = value } }
    end
    assert.same({ "a", "b" }, offered("a , b"))
    assert.same({}, offered(nil))
    local list, refusal = offered("a, a")
    assert.is_nil(list)
    answers(400, "upgrade-bad-request", refusal)
    assert.is_nil((offered("a b")))
  end)
end)

local GOOD = { "HTTP/1.1 101 Switching Protocols", "Upgrade: websocket",
  "Connection: Upgrade",
  "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" }

local function response(changes, more)
  local lines = {}
  for i, line in ipairs(GOOD) do
    local changed = changes and changes[i]
    if changed ~= false then lines[#lines + 1] = changed or line end
  end
  for _, line in ipairs(more or {}) do lines[#lines + 1] = line end
  return table.concat(lines, "\r\n") .. "\r\n\r\n"
end

describe("the client's judgement of a response", function()
  local function refused(slug, text, offer)
    local head, got, message = upgrade.judge_response(text, offer or {})
    assert.is_nil(head)
    assert.equal(slug, got)
    assert.is_string(message)
    return message
  end

  it("passes a good 101", function()
    local head = upgrade.judge_response(response(), {})
    assert.equal(101, head.status)
    assert.equal("websocket", head.headers.upgrade)
  end)

  it("names what is not HTTP", function()
    refused("upgrade-bad-response", "SSH-2.0-OpenSSH_9.2\r\n\r\n")
    refused("upgrade-bad-response", "")
    refused("upgrade-bad-response", "HTTP/1.1 1O1 Nope\r\n\r\n")
    refused("upgrade-bad-response", response { [2] = "no colon" })
  end)

  it("sorts the statuses", function()
    local function status(line, more)
      return response({ [1] = line, [2] = false, [3] = false, [4] = false },
        more)
    end
    refused("upgrade-unauthorized", status("HTTP/1.1 401 Unauthorized"))
    for _, code in ipairs { 200, 403, 404, 426, 500, 502, 503, 100, 103 } do
      local said = refused("upgrade-rejected", status("HTTP/1.1 " .. code
        .. " Some reason"))
      assert.matches(code .. " Some reason instead of 101", said)
    end
    for _, code in ipairs { 301, 302, 303, 307, 308 } do
      refused("upgrade-redirect-no-location", status("HTTP/1.1 " .. code
        .. " Moved"))
      local said = refused("upgrade-redirect", status("HTTP/1.1 " .. code
        .. " Moved", { "Location: wss://b.test/" }))
      assert.matches("wss://b.test/", said, 1, true)
    end
    refused("upgrade-rejected", status("HTTP/1.1 304 Not Modified"))
    refused("upgrade-rejected", status("HTTP/1.1 418"))
  end)

  it("wants HTTP/1.1 for the 101", function()
    refused("upgrade-http-version", response {
      [1] = "HTTP/1.0 101 Switching Protocols" })
  end)

  it("wants the Upgrade header to say websocket alone", function()
    refused("upgrade-bad-upgrade-header", response { [2] = false })
    refused("upgrade-bad-upgrade-header", response { [2] = "Upgrade: h2c" })
    assert.is_table(upgrade.judge_response(response {
      [2] = "UPGRADE: WebSocket" }, {}))
  end)

  it("wants the Connection header to say Upgrade", function()
    refused("upgrade-bad-connection-header", response { [3] = false })
    refused("upgrade-bad-connection-header", response {
      [3] = "Connection: close" })
    assert.is_table(upgrade.judge_response(response {
      [3] = "Connection: keep-alive, upgrade" }, {}))
  end)

  it("wants one Sec-WebSocket-Accept, of the value it is told", function()
    refused("upgrade-bad-accept", response { [4] = false })
    refused("upgrade-bad-accept", response(nil, { GOOD[4] }))
    local value = GOOD[4]:match(": (.*)")
    assert.is_table(upgrade.judge_response(response(), {}, value))
    local head, slug, message = upgrade.judge_response(response(), {}, "abc")
    assert.is_nil(head)
    assert.equal("upgrade-bad-accept", slug)
    assert.is_truthy(message:find(value, 1, true))
    assert.is_truthy(message:find("abc", 1, true))
  end)

  it("says that a head is too long, not that it is no HTTP", function()
    local _, slug, message = upgrade.judge_response(
      response(nil, { "X: " .. ("y"):rep(17000) }), {})
    assert.equal("upgrade-bad-response", slug)
    assert.is_truthy(message:find("longer than 16384", 1, true))
  end)

  it("takes only a subprotocol that was offered", function()
    local line = { "Sec-WebSocket-Protocol: chat" }
    refused("upgrade-bad-subprotocol", response(nil, line))
    refused("upgrade-bad-subprotocol", response(nil, line),
      { protocols = { "superchat" } })
    refused("upgrade-bad-subprotocol",
      response(nil, { "Sec-WebSocket-Protocol: chat, superchat" }),
      { protocols = { "chat", "superchat" } })
    assert.is_table(upgrade.judge_response(response(nil, line),
      { protocols = { "superchat", "chat" } }))
  end)

  it("takes only an extension that was offered", function()
    local line = { "Sec-WebSocket-Extensions: permessage-deflate; "
      .. "server_no_context_takeover" }
    refused("upgrade-bad-extension", response(nil, line))
    assert.is_table(upgrade.judge_response(response(nil, line),
      { extensions = { ["permessage-deflate"] = true } }))
    refused("upgrade-bad-extension", response(nil, { line[1] .. ", foo" }),
      { extensions = { ["permessage-deflate"] = true } })
  end)
end)

describe("an answer", function()
  it("has a proper status line, a length and the end of the connection",
    function()
      assert.equal("HTTP/1.1 426 Upgrade Required\r\n"
        .. "Sec-WebSocket-Version: 13\r\n"
        .. "Content-Type: text/plain; charset=utf-8\r\n"
        .. "Content-Length: 3\r\nConnection: close\r\n\r\nno\n",
        http.answer(426, { ["Sec-WebSocket-Version"] = 13 }, "no\n"))
    end)

  it("keeps the caller's content type, and the framing to itself", function()
    local bytes = http.answer(200, { { "content-type", "text/html" },
      { "Content-Length", "999" }, { "Connection", "keep-alive" },
      { "Transfer-Encoding", "chunked" } }, "x")
    assert.matches("content%-type: text/html\r\n", bytes)
    assert.is_nil(bytes:find("999") or bytes:find("chunked")
      or bytes:find("keep-alive", 1, true) or bytes:find("plain"))
  end)

  it("cannot be split by a header value", function()
    local bytes, message = http.answer(200, { ["X-A"] = "a\r\nX-B: b" })
    assert.is_nil(bytes)
    assert.matches("X%-A", message)
    assert.is_nil((http.answer(200, { ["X A"] = "a" })))
    assert.is_nil((http.answer(200, { { "X-A" } })))
    assert.is_nil((http.answer(200, { "X-A: 1" })))
  end)

  it("repeats a header that has several values", function()
    assert.same({ { "A", "3" }, { "B", "1" }, { "B", "2" } },
      http.header_list { B = { "1", "2" }, A = 3 })
  end)
end)
