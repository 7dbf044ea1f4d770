-- How an open connection ends: close codes and reasons, violations of the
-- protocol, and silence.
local endings = require("core.endings")
local helper = require("helper")
local wss = require("wsstls")

local unpack = table.unpack or unpack
local frame, close_payload = endings.frame, endings.close_payload
local SCHEMES = { "ws", "wss" }

local lab, ca

local function merged(a, b)
  local out = {}
  for name, value in pairs(a) do out[name] = value end
  for name, value in pairs(b or {}) do out[name] = value end
  return out
end

-- A server of ours and a client of ours, both open.
local function pair(scheme, server_options, client_options)
  local server, seen = endings.serve(merged({ tls = scheme == "wss" },
    server_options))
  local told = {}
  local conn = assert(wss.connect(server.url, merged({
    ca = endings.certs().ca,
    on_error = function(_, err) told[#told + 1] = err end,
  }, client_options)))
  helper.wait(function() return seen.conn end, 5, "open")
  return conn, seen.conn, seen, server, told
end

-- Both sides know the same close.
local function judge_close(conn, code, reason, by)
  helper.wait(function() return conn.state == "closed" end, 5, "closed")
  local _, err, slug = conn:receive(1)
  assert.equal("closed", slug)
  assert.is_nil(conn:error())
  endings.judge(err, { code = "closed", phase = "close" })
  local close = err.observation.close
  assert.equal(code, close.code)
  assert.equal(reason, close.reason)
  assert.equal(by, close.initiated_by)
  assert.is_true(close.clean)
  local again = select(2, conn:receive(0))
  assert.equal(err, again)
  local sent, _, why = conn:send("too late")
  assert.is_nil(sent)
  assert.equal("closed", why)
end

-- lws's client leaves TLS without a word, and some servers wait for one.
describe("a clean close of the client's", function()
  for _, version in ipairs { "TLSv1.2", "TLSv1.3" } do
    it("ends with a close_notify, " .. version, function()
      local listener = assert(wss.raw.listen {
        tls = { cert = endings.certs().leaf, max_version = version } })
      local peer
      wss.spawn(function()
        peer = assert(listener:accept(5))
        assert(peer:upgrade())
        assert(peer:read(8, 5)) -- a close frame, masked
        peer:write(wss.frame.build { opcode = 8 })
      end)
      local conn = assert(wss.connect("wss://127.0.0.1:" .. listener.port,
        { ca = endings.certs().ca }))
      assert(conn:close())
      helper.fails("closed", peer:read("all", 5))
      local alerts = helper.validated(peer:observation()).alerts
      assert.equal("close_notify", alerts[#alerts].name)
      assert.equal("received", alerts[#alerts].direction)
      alerts = helper.validated(conn:observation()).alerts
      assert.equal("close_notify", alerts[#alerts].name)
      assert.equal("sent", alerts[#alerts].direction)
      peer:close()
      listener:close()
    end)
  end
end)

describe("#slow a close", function()
  teardown(helper.cleanup)

  for _, case in ipairs {
    { 1000, "" }, { 1000, "bye" }, { 1001, "going" }, { 1008, "no" },
    { 1011, "oops" }, { 3000, "registered" },
    { 4001, "\195\188mlaut" }, { 4999, ("r"):rep(123) },
  } do
    local code, reason = unpack(case)
    it(("with %d %q is the same on both sides"):format(code, reason),
      function()
        for _, scheme in ipairs(SCHEMES) do
          local client, theirs, seen, server = pair(scheme)
          assert.is_true(client:close(code, reason))
          judge_close(client, code, reason, "local")
          judge_close(theirs, code, reason, "peer")
          assert.equal(code, seen.closes[1].close.code)
          assert.equal(1, #seen.closes)
          server:close()

          local told
          client, theirs, seen, server, told = pair(scheme)
          assert.is_true(theirs:close(code, reason))
          judge_close(client, code, reason, "peer")
          judge_close(theirs, code, reason, "local")
          assert.same({}, told)
          assert.same({}, seen.errors)
          assert.same({ dropped = 0 }, server:failures())
          server:close()
        end
      end)
  end

  it("by both at once is clean", function()
    for _, scheme in ipairs(SCHEMES) do
      local client, theirs, _, server = pair(scheme, {
        on_open = function(c) c:on("message", function() c:close(1001) end)
        end })
      client:send("go")
      client:close(1000)
      helper.wait(function() return theirs.state == "closed" end, 5)
      assert.is_nil(client:error())
      assert.is_nil(theirs:error())
      helper.validated(client:observation())
      helper.validated(theirs:observation())
      server:close()
    end
  end)

  it("of the server is 1001 for everybody", function()
    local client, _, _, server = pair("wss")
    server:close()
    judge_close(client, 1001, "", "peer")
  end)

  it("comes after what was sent before it", function()
    for _, scheme in ipairs(SCHEMES) do
      local client, theirs, _, server = pair(scheme)
      for i = 1, 50 do assert(theirs:send(("m"):rep(1000) .. i)) end
      theirs:close(1000, "done")
      for i = 1, 50 do
        assert.equal(("m"):rep(1000) .. i, (client:receive(2)))
      end
      judge_close(client, 1000, "done", "peer")
      server:close()
    end
  end)

  it("follows an error in a callback, with 1011", function()
    local server = assert(wss.listen { tls = false,
      on_message = function() error("a bug", 0) end })
    local client = assert(wss.connect(server.url))
    local ok, thrown = pcall(function()
      client:send("x")
      client:receive(2)
    end)
    assert.is_false(ok)
    assert.is_truthy(tostring(thrown):find("a bug", 1, true))
    judge_close(client, 1011, "", "peer")
    server:close()
  end)
end)

describe("#slow a peer's frames at our client", function()
  setup(function() lab, ca = endings.lab(), endings.certs().ca end)
  teardown(function()
    lab:stop()
    helper.cleanup()
  end)

  -- The peer sends `bytes` after the 101; what the client makes of it.
  local function got(scheme, bytes, options, after)
    local steps = { "head", "send " .. endings.answer() .. bytes,
      after or "frame" }
    if scheme == "wss" then table.insert(steps, 1, lab:tls()) end
    local port, job = lab:listen(unpack(steps))
    local told = {}
    local conn = assert(wss.connect(("%s://127.0.0.1:%d/"):format(scheme,
      port), merged({ ca = ca, on_error = function(_, err)
        told[#told + 1] = err
      end }, options)))
    local data, err, code = conn:receive(4)
    assert.is_nil(data)
    wss.step(0)
    return err, code, conn, told, job
  end

  local function violates(bytes, code, number, options)
    local job
    for _, scheme in ipairs(SCHEMES) do
      local err, slug, conn, told
      err, slug, conn, told, job = got(scheme, bytes, options)
      assert.equal(code, slug, tostring(err))
      assert.equal(1, #told)
      assert.equal(err, conn:error())
      local _, o = endings.judge(err, { code = code, phase = "open",
        fault = "server", rejected_by = "client" })
      -- what comes with the head, or on ws://, lws's client drops without a
      -- close frame: then it is 1006 (strict_spec.lua for the others)
      assert.is_true(o.close.code == number or
        number == 1002 and o.close.code == 1006, o.close.code)
      assert.equal("local", o.close.initiated_by)
      assert.is_false(o.close.clean)
    end
    return job
  end

  it("1000 with a reason, and without a code (1005), are clean", function()
    for _, scheme in ipairs(SCHEMES) do
      local err, code, conn = got(scheme,
        frame(136, close_payload(1000, "bye")))
      assert.equal("closed", code)
      assert.is_nil(conn:error())
      assert.equal("bye", err.observation.close.reason)
      err, code, conn = got(scheme, frame(136, ""))
      assert.equal("closed", code)
      assert.is_nil(conn:error())
      assert.equal(1005, err.observation.close.code)
      assert.is_true(err.observation.close.clean)
      helper.validated(err.observation)
    end
  end)

  it("with a close code that no frame may have are a violation", function()
    for _, payload in ipairs { close_payload(5000), close_payload(65535),
                               "x" } do
      violates(frame(136, payload), "ws-protocol-error", 1002)
    end
  end)

  for _, case in ipairs {
    { "an RSV bit", frame(128 + 64 + 1, "x") },
    { "opcode 3", frame(128 + 3, "x") },
    { "opcode 11", frame(128 + 11, "x") },
    { "a fragmented ping", frame(9, "x") },
    { "a ping of 126 bytes", frame(128 + 9, ("x"):rep(126)) },
    { "a continuation of nothing", frame(128, "x") },
    { "a text inside a fragmented text",
      frame(1, "x") .. frame(128 + 1, "y") },
  } do
    it("with " .. case[1] .. " are a violation", function()
      violates(case[2], "ws-protocol-error", 1002)
    end)
  end

  for _, case in ipairs {
    { "a text", frame(129, "hello", true) },
    { "a ping", frame(137, "p", true) },
    { "a close", frame(136, close_payload(1000), true) },
  } do
    it("with a mask are a violation: " .. case[1], function()
      violates(case[2], "ws-protocol-error", 1002)
    end)
  end

  it("that are not UTF-8 are 1007", function()
    for _, text in ipairs { "\255", "\192\175", "\237\160\128", "a\195",
                            "\244\144\128\128" } do
      violates(frame(129, text), "ws-invalid-utf8", 1007)
    end
    violates(frame(1, "\195") .. frame(128, ""), "ws-invalid-utf8", 1007)
    violates(frame(136, close_payload(1000, "\255")), "ws-invalid-utf8",
      1007)
  end)

  it("that are too big are 1009, whole and in fragments", function()
    violates(frame(130, ("x"):rep(101)), "ws-message-too-big", 1009,
      { max_message = 100 })
    violates(frame(2, ("x"):rep(60)) .. frame(128, ("x"):rep(60)),
      "ws-message-too-big", 1009, { max_message = 100 })
  end)

  it("tell the peer why we close", function()
    local job = violates(frame(129, "\255"), "ws-invalid-utf8", 1007)
    assert.equal(1007, endings.close_code(lab:result(job):match(
      "\r\n\r\n(.*)$")))
  end)

  it("that stop in the middle of one are closed-abnormally", function()
    for _, scheme in ipairs(SCHEMES) do
      local err, code = got(scheme, frame(129, "hello"):sub(1, 4), nil,
        "fin")
      assert.equal("closed-abnormally", code)
      endings.judge(err, { code = code, phase = "open" })
      assert.equal(1006, err.observation.close.code)
    end
  end)

  it("that stop altogether are timeout-ping", function()
    for _, scheme in ipairs(SCHEMES) do
      local err, code, _, told = got(scheme, "", { ping_interval = 0.1,
        ping_timeout = 0.1 }, "skip")
      assert.equal("timeout-ping", code)
      assert.equal(1, #told)
      endings.judge(err, { code = code, phase = "open" })
      assert.is_true(err.temporary)
      assert.equal(1006, err.observation.close.code)
    end
  end)

  it("that never answer our close are timeout-close", function()
    for _, scheme in ipairs(SCHEMES) do
      local steps = { "head", "send " .. endings.answer(), "skip" }
      if scheme == "wss" then table.insert(steps, 1, lab:tls()) end
      local conn = assert(wss.connect(("%s://127.0.0.1:%d/"):format(scheme,
        (lab:listen(unpack(steps)))), { ca = ca }))
      local ok, err, code = conn:close(1000, "bye", 0.2)
      assert.is_nil(ok)
      assert.equal("timeout-close", code)
      endings.judge(err, { code = code, phase = "close" })
      assert.equal("closed", conn.state)
      local o = conn:observation()
      assert.is_false(o.close.clean)
    end
  end)
end)
