-- Answers to an upgrade, good and bad, as the client judges them.
local endings = require("core.endings")
local helper = require("helper")
local wss = require("wsstls")

local answer, fails = endings.answer, endings.fails
local SCHEMES = { "ws", "wss" }

local lab, ca

local function serving(scheme, ...)
  local port
  if scheme == "wss" then
    port = lab:listen(lab:tls(), ...)
  else
    port = lab:listen(...)
  end
  return ("%s://127.0.0.1:%d/"):format(scheme, port)
end

local function both_schemes(fn)
  for _, scheme in ipairs(SCHEMES) do fn(scheme) end
end

-- Answers the head with `text`, in both schemes, and judges the failure.
local function refused(text, expect, options, after)
  both_schemes(function(scheme)
    local o = { ca = ca }
    for name, value in pairs(options or {}) do o[name] = value end
    local err, record = fails(serving(scheme, "head", "send " .. text,
      after or "skip"), o, expect)
    assert.equal("upgrade", record.phase)
    if expect.status then
      assert.equal(expect.status, record.http.status)
    end
    if expect.check then expect.check(err, record) end
  end)
end

local function status(line, headers, body)
  return ("HTTP/1.1 %s\r\n%sContent-Length: %d\r\n\r\n%s"):format(line,
    headers or "", #(body or ""), body or "")
end

describe("an answer that is not 101", function()
  setup(function() lab, ca = endings.lab(), endings.certs().ca end)
  teardown(function()
    lab:stop()
    helper.cleanup()
  end)

  it("401 is upgrade-unauthorized, with everything it said", function()
    refused(status("401 Unauthorized",
      "WWW-Authenticate: Basic realm=\"x\"\r\nX-Twice: a\r\nX-Twice: b\r\n",
      "who are you?\n"), {
        code = "upgrade-unauthorized", phase = "upgrade", fault = "server",
        rejected_by = "server", status = 401,
        check = function(err, record)
          local http = record.http
          assert.equal("Unauthorized", http.reason)
          assert.equal("Basic realm=\"x\"", http.headers["www-authenticate"])
          assert.equal("a, b", http.headers["x-twice"])
          assert.equal("who are you?\n", http.body)
          assert.is_false(err.temporary)
          assert.is_truthy(tostring(err):find("401", 1, true))
        end })
  end)

  for _, case in ipairs {
    { "200 OK", "200" }, { "403 Forbidden", "403" },
    { "404 Not Found", "404" }, { "426 Upgrade Required", "426" },
    { "500 Internal Server Error", "500" }, { "502 Bad Gateway", "502" },
    { "503 Service Unavailable", "503" }, { "504 Gateway Timeout", "504" },
    { "418 I'm a teapot", "418" },
  } do
    it(case[1] .. " is upgrade-rejected", function()
      local number = tonumber(case[2])
      refused(status(case[1], "X-Who: me\r\n", "no\n"), {
        code = "upgrade-rejected", phase = "upgrade", fault = "server",
        rejected_by = "server", status = number,
        check = function(err, record)
          assert.equal(case[1]:sub(5), record.http.reason)
          assert.equal("me", record.http.headers["x-who"])
          assert.equal("no\n", record.http.body)
          assert.equal(number >= 502, err.temporary)
        end })
    end)
  end

  it("keeps cookies to itself, and an empty reason empty", function()
    refused(status("403 ", "Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n"), {
      code = "upgrade-rejected", status = 403,
      check = function(err, record)
        assert.equal("[redacted]", record.http.headers["set-cookie"])
        assert.equal("", record.http.reason)
        assert.is_nil((err:story() .. wss.json(record)):find("a=1", 1, true))
      end })
  end)

  it("301 is upgrade-redirect, and is not followed", function()
    for _, line in ipairs { "301 Moved Permanently", "302 Found",
                            "307 Temporary Redirect" } do
      refused(status(line, "Location: wss://other.test/x\r\n"), {
        code = "upgrade-redirect", phase = "upgrade", rejected_by = "server",
        status = tonumber(line:sub(1, 3)),
        check = function(err, record)
          assert.equal("wss://other.test/x", record.http.headers.location)
          assert.is_truthy(tostring(err):find("other.test", 1, true))
        end })
    end
  end)

  it("301 without Location is told apart", function()
    refused(status("301 Moved Permanently"), {
      code = "upgrade-redirect-no-location", phase = "upgrade",
      status = 301 })
  end)

  it("has a body that ends with the connection, or is cut", function()
    refused("HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\nto the end", {
      code = "upgrade-rejected", status = 403,
      check = function(_, record)
        assert.equal("to the end", record.http.body)
      end }, nil, "fin")
    refused(status("403 Forbidden", "", ("x "):rep(35000)), {
      code = "upgrade-rejected", status = 403,
      check = function(_, record)
        assert.equal(65536, #record.http.body)
      end })
  end)

  it("has a body in chunks: whole, with trailers, cut, or none", function()
    local eight = "2000\r\n" .. ("x"):rep(8192) .. "\r\n"
    for _, case in ipairs {
      { "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", "hello world" },
      { "5;why=not\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n", "hello" },
      { "7\r\n\n0\r\n\r\nX\r\n1\r\nY\r\n00\r\n\r\n",
        "\n0\r\n\r\nXY" },
      { "a\r\nhell", "hell", "fin" },
      { "5\r\nhello\r\n", "hello", "fin" },
      { "xyz\r\nhello\r\n0\r\n\r\n", "xyz\r\nhello\r\n0\r\n\r\n" },
      { "5\r\nhello, world", "5\r\nhello, world" },
      { eight:rep(7) .. "0\r\n\r\n", ("x"):rep(7 * 8192) },
      { eight:rep(10) .. "0\r\n\r\n", ("x"):rep(65536 - 62) },
    } do
      refused("HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n"
        .. case[1], { code = "upgrade-rejected", status = 403,
          check = function(_, record)
            assert.equal(case[2], record.http.body)
          end }, nil, case[3])
    end
  end)

  it("is told when its body is never finished", function()
    refused("HTTP/1.1 403 Forbidden\r\nContent-Length: 100\r\n\r\nhalf", {
      code = "upgrade-rejected", status = 403,
      check = function(_, record)
        assert.equal("half", record.http.body)
      end }, { timeout = { upgrade = 0.3 } })
  end)
end)

describe("a 101 that is not an upgrade", function()
  setup(function() lab, ca = endings.lab(), endings.certs().ca end)
  teardown(function()
    lab:stop()
    helper.cleanup()
  end)

  local function wrong(code, change, first, options)
    return refused(answer(change, first), { code = code, phase = "upgrade",
      fault = "server", rejected_by = "client", status = 101 }, options)
  end

  it("has a wrong or no Sec-WebSocket-Accept", function()
    wrong("upgrade-bad-accept",
      { ["Sec-WebSocket-Accept"] = "AAAAAAAAAAAAAAAAAAAAAAAAAAA=" })
    wrong("upgrade-bad-accept", { ["Sec-WebSocket-Accept"] = false })
    wrong("upgrade-bad-accept", { ["Sec-WebSocket-Accept"] = "" })
    wrong("upgrade-bad-accept",
      { more = "Sec-WebSocket-Accept: {accept}" })
  end)

  it("is right, and libwebsockets overlooks a part of it", function()
    wrong("upgrade-bad-response", { more = "X-Auth: a" })
    wrong("upgrade-bad-response", { Upgrade = "websocket\r\nX-R: x" })
  end)

  it("has a wrong or no Upgrade", function()
    wrong("upgrade-bad-upgrade-header", { Upgrade = false })
    wrong("upgrade-bad-upgrade-header", { Upgrade = "h2c" })
  end)

  it("has a wrong or no Connection", function()
    wrong("upgrade-bad-connection-header", { Connection = false })
    wrong("upgrade-bad-connection-header", { Connection = "keep-alive" })
  end)

  it("chooses a subprotocol nobody offered", function()
    wrong("upgrade-bad-subprotocol",
      { more = "Sec-WebSocket-Protocol: chat" })
    wrong("upgrade-bad-subprotocol",
      { more = "Sec-WebSocket-Protocol: news" }, nil,
      { protocols = { "chat" } })
    wrong("upgrade-bad-subprotocol",
      { more = "Sec-WebSocket-Protocol: a, b" }, nil,
      { protocols = { "a", "b" } })
  end)

  it("chooses an extension nobody offered", function()
    wrong("upgrade-bad-extension",
      { more = "Sec-WebSocket-Extensions: permessage-deflate" })
    wrong("upgrade-bad-extension",
      { more = "Sec-WebSocket-Extensions: x-mine" }, nil,
      { compress = true })
  end)

  it("is of HTTP/1.0", function()
    wrong("upgrade-http-version", nil, "HTTP/1.0 101 Switching Protocols")
  end)

  it("is no HTTP at all", function()
    refused("\1\2\3\4 hello\r\n\r\n", { code = "upgrade-bad-response",
      phase = "upgrade", fault = "server", rejected_by = "client" })
    refused("220 mail.test ESMTP\r\n\r\n", { code = "upgrade-bad-response",
      phase = "upgrade" })
    refused("HTTP/1.1 abc Hello\r\n\r\n", { code = "upgrade-bad-response",
      phase = "upgrade" })
  end)

  it("never ends", function()
    refused("HTTP/1.1 101 Switching Protocols\r\nX: " .. ("y"):rep(200000), {
      code = "upgrade-bad-response", phase = "upgrade", fault = "server" })
  end)
end)

describe("a 101 that is good, however it comes", function()
  setup(function() lab, ca = endings.lab(), endings.certs().ca end)
  teardown(function()
    lab:stop()
    helper.cleanup()
  end)

  -- After the answer the peer greets with one message and closes with 1000.
  local function accepted(scheme, step, options, check)
    local o = { ca = ca, timeout = 4 }
    for name, value in pairs(options or {}) do o[name] = value end
    local url = serving(scheme, "head", step, "send " ..
      endings.frame(129, "hello") .. endings.frame(136,
        endings.close_payload(1000, "bye")), "skip")
    local conn = assert(wss.connect(url, o))
    assert.equal("hello", (conn:receive(3)))
    local _, err, code = conn:receive(3)
    assert.equal("closed", code, tostring(err))
    assert.is_nil(conn:error())
    local record = helper.validated(conn:observation())
    assert.equal(1000, record.close.code)
    assert.equal("bye", record.close.reason)
    assert.equal("peer", record.close.initiated_by)
    assert.is_true(record.close.clean)
    assert.equal(101, record.http.status)
    if check then check(conn, record) end
  end

  it("in one piece", function()
    both_schemes(function(scheme)
      accepted(scheme, "send " .. answer())
    end)
  end)

  it("byte by byte, in records and segments of their own", function()
    both_schemes(function(scheme)
      accepted(scheme, "drip " .. answer())
    end)
  end)

  it("after a 103 Early Hints", function()
    both_schemes(function(scheme)
      accepted(scheme, "send HTTP/1.1 103 Early Hints\r\n" ..
        "Link: </a>; rel=preload\r\n\r\n" .. answer())
    end)
  end)

  it("with other words of the same meaning", function()
    both_schemes(function(scheme)
      accepted(scheme, "send " .. answer({ Upgrade = "WebSocket",
        Connection = "keep-alive, upgrade" }, "HTTP/1.1 101 "))
    end)
  end)

  it("with headers of 8 KiB", function()
    both_schemes(function(scheme)
      accepted(scheme, "send " .. answer { more = "X-Big: " ..
        ("b"):rep(8000) }, nil, function(conn)
        assert.equal(8000, #conn.headers["x-big"])
      end)
    end)
  end)

  it("with the subprotocol and the extension we offered", function()
    both_schemes(function(scheme)
      accepted(scheme, "send " .. answer {
        more = "Sec-WebSocket-Protocol: b\r\n" ..
          "Sec-WebSocket-Extensions: permessage-deflate" },
        { protocols = { "a", "b" }, compress = true },
        function(conn) assert.equal("b", conn.protocol) end)
    end)
  end)
end)
