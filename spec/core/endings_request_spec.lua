-- Requests, good and bad, as our server answers them.
local endings = require("core.endings")
local helper = require("helper")
local wss = require("wsstls")

local request = endings.request
local SCHEMES = { "ws", "wss" }

local unpack = table.unpack or unpack

local lab

-- Sends `text` to a server of ours; what the client read, and the judged
-- failure of the server.
local function sent(scheme, text, expect, options)
  local o = { tls = scheme == "wss" }
  for name, value in pairs(options or {}) do o[name] = value end
  local server, seen = endings.serve(o)
  local steps = { "send " .. text, "rest" }
  if scheme == "wss" then table.insert(steps, 1, "tls") end
  local job = lab:connect(server.port, unpack(steps))
  local answer = lab:result(job)
  local record
  if expect then
    record = endings.failure(server, seen, expect)
    assert.equal(0, #seen.tls_errors)
  else
    assert.same({ dropped = 0 }, server:failures())
  end
  server:close()
  return answer, record
end

local function both_schemes(...)
  local answer, record
  for _, scheme in ipairs(SCHEMES) do
    answer, record = sent(scheme, ...)
  end
  return answer, record
end

-- The answer's status line must be a good one.
local function refused(number, code, text, options)
  for _, scheme in ipairs(SCHEMES) do
    local answer, record = sent(scheme, text, { code = code,
      phase = "upgrade", fault = "client", rejected_by = "server" }, options)
    local status, reason = answer:match("^HTTP/1%.1 (%d+) ([^\r]+)\r\n")
    assert.equal(tostring(number), status, answer)
    assert.is_true(#reason > 1, answer)
    assert.is_truthy(answer:find("\r\n\r\n", 1, true))
    assert.equal(scheme == "wss" and "TLSv1.3" or nil,
      record.tls and record.tls.version)
    if number == 426 then
      assert.is_truthy(answer:lower():find(
        "\r\nsec-websocket-version: 13\r\n", 1, true), answer)
    end
    if code ~= "upgrade-http-version" then
      assert.equal("localhost", record.http.headers.host)
    end
  end
end

describe("a request that is not a good upgrade", function()
  setup(function() lab = endings.lab() end)
  teardown(function()
    lab:stop()
    helper.cleanup()
  end)

  it("of version 8 gets 426 and the version to use", function()
    refused(426, "upgrade-client-version",
      request { ["Sec-WebSocket-Version"] = "8" })
    refused(426, "upgrade-client-version",
      request { ["Sec-WebSocket-Version"] = false })
  end)

  it("without a key, or with half of one, gets 400", function()
    refused(400, "upgrade-missing-key",
      request { ["Sec-WebSocket-Key"] = false })
    refused(400, "upgrade-missing-key",
      request { ["Sec-WebSocket-Key"] = "c2hvcnQ=" })
  end)

  it("by POST gets 405", function()
    refused(405, "upgrade-bad-method", request(nil, "POST / HTTP/1.1"))
  end)

  it("of HTTP/1.0 gets 505", function()
    refused(505, "upgrade-http-version", request(nil, "GET / HTTP/1.0"))
  end)

  it("without a common subprotocol gets 400", function()
    refused(400, "upgrade-no-subprotocol",
      request { more = "Sec-WebSocket-Protocol: a, b" },
      { protocols = { "c" } })
  end)

  it("with a wrong Upgrade or Connection gets 400", function()
    refused(400, "upgrade-bad-request", request { Upgrade = "h2c" })
    refused(400, "upgrade-bad-request", request { Connection = "close" })
  end)

  it("that asks for something else gets 404", function()
    refused(404, "upgrade-bad-request", "GET /x HTTP/1.1\r\n" ..
      "Host: localhost\r\n\r\n")
  end)

  it("of a path without a service gets 404", function()
    refused(404, "upgrade-refused", request(nil, "GET /b?x=/a HTTP/1.1"),
      { paths = { ["/a"] = {} } })
  end)

  it("that on_upgrade refuses gets its answer", function()
    refused(401, "upgrade-refused", request(), {
      on_upgrade = function() return { status = 401,
        headers = { ["WWW-Authenticate"] = "Basic" }, body = "who?" } end })
    refused(403, "upgrade-refused", request(), {
      on_upgrade = function() return false end })
  end)

  it("that is plain HTTP is no failure where on_request answers", function()
    local answer = both_schemes("GET /hi?a=b HTTP/1.1\r\nHost: localhost\r\n"
      .. "\r\n", nil, { on_request = function(r)
        return { status = 200, body = r.path .. " " .. r.query }
      end })
    assert.is_truthy(answer:find("^HTTP/1.1 200 "))
    assert.is_truthy(answer:find("/hi a=b", 1, true))
  end)

  it("that cannot be read gets 400", function()
    for _, scheme in ipairs(SCHEMES) do
      local answer = sent(scheme, "nonsense\r\n\r\n", {
        code = "upgrade-bad-request", phase = "upgrade", fault = "client",
        rejected_by = "server" })
      assert.is_truthy(answer:find("^HTTP/1.1 400 "), answer)
    end
  end)

  it("with blanks behind its Upgrade is refused: lws wants none", function()
    for _, scheme in ipairs(SCHEMES) do
      sent(scheme, request { Upgrade = "websocket  " }, {
        code = "upgrade-bad-request", phase = "upgrade", fault = "client",
        rejected_by = "server" })
    end
  end)

  it("that libwebsockets would wait on for ever gets 400 at once", function()
    refused(400, "upgrade-bad-request", request { more = "X-Auth: a" })
  end)

  it("that is more than libwebsockets reads gets 431, and why", function()
    for limit, o in pairs {
        ["longer than 62 bytes"] = { more = "Sec-WebSocket-Protocol: "
          .. ("p"):rep(63) },
        ["longer than 126 bytes"] = { more = "Sec-WebSocket-Protocol: "
          .. ("p"):rep(43) .. ", " .. ("q"):rep(40) .. ", " .. ("r"):rep(40) },
        ["is a number"] = { more = "Sec-WebSocket-Protocol: 1.0" },
        ["more than 60 arguments"] = {} } do
      local answer = sent("ws", request(o, "GET /?" .. ("a&"):rep(
        next(o) and 1 or 60) .. " HTTP/1.1"), { code = "upgrade-bad-request" })
      assert.is_truthy(answer:find("^HTTP/1.1 431 "), answer)
      assert.is_truthy(answer:find(limit, 1, true), answer)
    end
  end)

  it("whose path has a broken escape gets 400", function()
    refused(400, "upgrade-bad-request", request({},
      "GET /a%zz HTTP/1.1"))
  end)

  it("that has too many headers gets 431", function()
    for _, scheme in ipairs(SCHEMES) do
      local answer = sent(scheme, request { more = "X: " ..
        ("y"):rep(70000) }, { code = "upgrade-bad-request",
          phase = "upgrade", fault = "client", rejected_by = "server" })
      assert.is_truthy(answer:find("^HTTP/1.1 431 "), answer:sub(1, 100))
    end
  end)

  it("that says it has a body gets 400", function()
    refused(400, "upgrade-bad-request", request {
      more = "Content-Length: 5" } .. "hello")
  end)

  it("is told to our own client, on both sides", function()
    for _, scheme in ipairs(SCHEMES) do
      endings.both {
        server = { tls = scheme == "wss", protocols = { "a" } },
        client = { ca = endings.certs().ca, protocols = { "b" } },
        expect = {
          client = { code = "upgrade-rejected", phase = "upgrade",
            rejected_by = "server" },
          server = { code = "upgrade-no-subprotocol", phase = "upgrade",
            fault = "client", rejected_by = "server" },
        },
        check = function(_, mine, theirs)
          assert.equal(400, mine.http.status)
          assert.is_truthy(mine.http.body:find("subprotocol", 1, true))
          assert.equal("GET", theirs.http.method)
        end,
      }
    end
  end)

  it("is refused with 503 when nobody accepts", function()
    local c = endings.certs()
    local server = assert(wss.listen { cert = c.leaf, backlog = 1 })
    local first = assert(wss.connect(server.url, { ca = c.ca }))
    local _, err, code = wss.connect(server.url, { ca = c.ca })
    assert.equal("upgrade-rejected", code)
    assert.equal(503, err.observation.http.status)
    assert.is_true(err.temporary)
    helper.wait(function() return server:failures()[1] end)
    endings.judge_failure(server:failures()[1],
      { code = "limit-connections" })
    first:close()
    server:close()
  end)
end)

describe("a request that is good", function()
  setup(function() lab = endings.lab() end)
  teardown(function()
    lab:stop()
    helper.cleanup()
  end)

  -- however it comes: the connection opens, says hello and closes
  local function accepted(scheme, options, ...)
    local o = { tls = scheme == "wss" }
    for name, value in pairs(options) do o[name] = value end
    o.on_message = function(conn, data) conn:send(data) end
    local server, seen = endings.serve(o)
    local steps = { ... }
    steps[#steps + 1] = "head"
    steps[#steps + 1] = "send " .. endings.frame(129, "hello", true)
    steps[#steps + 1] = "read 7"
    steps[#steps + 1] = "send " .. endings.frame(136,
      endings.close_payload(1000, "bye"), true)
    steps[#steps + 1] = "rest"
    if scheme == "wss" then table.insert(steps, 1, "tls") end
    local read = lab:result(lab:connect(server.port,
      unpack(steps)))
    helper.wait(function() return seen.closes[1] end, 5, "on_close")
    assert.equal(1, seen.opened)
    local close = seen.closes[1].close
    assert.equal(1000, close.code)
    assert.equal("bye", close.reason)
    assert.equal("peer", close.initiated_by)
    assert.is_true(close.clean)
    assert.same({}, seen.errors)
    helper.validated(seen.conn:observation())
    server:close()
    assert.is_truthy(read:find("^HTTP/1.1 101 "), read)
    assert.is_truthy(read:find("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", 1, true))
    assert.is_truthy(read:find("\129\5hello", 1, true))
    return read, seen
  end

  it("opens the connection", function()
    for _, scheme in ipairs(SCHEMES) do
      accepted(scheme, {}, "send " .. request())
    end
  end)

  it("opens it byte by byte, too", function()
    for _, scheme in ipairs(SCHEMES) do
      accepted(scheme, {}, "drip " .. request())
    end
  end)

  it("may have headers of 8 KiB and several words", function()
    for _, scheme in ipairs(SCHEMES) do
      accepted(scheme, {}, "send " .. request {
        Connection = "keep-alive,  Upgrade",
        more = "X-Big: " .. ("b"):rep(8000) })
    end
  end)

  it("is answered with the subprotocol that both have", function()
    for _, scheme in ipairs(SCHEMES) do
      local read, seen = accepted(scheme, { protocols = { "c", "b" } },
        "send " .. request { more = "Sec-WebSocket-Protocol: a, b, c" })
      assert.is_truthy(read:lower():find(
        "\r\nsec-websocket-protocol: b\r\n", 1, true), read)
      assert.equal("b", seen.conn.protocol)
    end
  end)
end)
