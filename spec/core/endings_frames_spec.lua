-- Frames that break the protocol, as our server judges them.
local endings = require("core.endings")
local helper = require("helper")

local unpack = table.unpack or unpack
local frame, close_payload = endings.frame, endings.close_payload
local SCHEMES = { "ws", "wss" }

local lab

-- A client upgrades and sends `bytes`, reads one frame and leaves; the
-- server's ending, and the frame.
local function got(scheme, bytes, options, after)
  local o = { tls = scheme == "wss" }
  for name, value in pairs(options or {}) do o[name] = value end
  local server, seen = endings.serve(o)
  local steps = { "send " .. endings.request(), "head", "send " .. bytes }
  for _, step in ipairs(after or { "frame", "fin" }) do
    steps[#steps + 1] = step
  end
  if scheme == "wss" then table.insert(steps, 1, "tls") end
  local job = lab:connect(server.port, unpack(steps))
  helper.wait(function() return seen.closes[1] end, 4, "on_close")
  local read
  if not after then read = lab:result(job):match("\r\n\r\n(.*)$") end
  server:close()
  assert.equal(1, #seen.closes)
  assert.equal(1, seen.opened)
  assert.same({ dropped = 0 }, server:failures())
  return seen, seen.closes[1].close, read
end

-- `rule`: what it breaks.
local function violates(bytes, code, number, options, rule)
  for _, scheme in ipairs(SCHEMES) do
    local seen, close, read = got(scheme, bytes, options)
    assert.equal(1, #seen.errors)
    local _, o = endings.judge(seen.errors[1], { code = code,
      phase = "open", fault = "client", rejected_by = "server" })
    assert.equal(seen.errors[1], seen.conn:error())
    assert.is_true(rule == nil or seen.errors[1]:matches(rule))
    assert.equal(number, close.code)
    assert.equal("local", close.initiated_by)
    assert.is_false(close.clean)
    assert.equal("server", o.side)
    assert.equal("127.0.0.1", o.peer.ip)
    -- the close frame that the peer must get (RFC 6455 7.1.7)
    assert.equal(number, endings.close_code(read))
  end
end

describe("#slow a client's frames at our server", function()
  setup(function() lab = endings.lab() end)
  teardown(function()
    lab:stop()
    helper.cleanup()
  end)

  for _, case in ipairs {
    { "an RSV bit", "ws-rsv-bits", frame(128 + 64 + 1, "x", true) },
    { "opcode 3", "ws-bad-opcode", frame(128 + 3, "x", true) },
    { "opcode 11", "ws-bad-opcode", frame(128 + 11, "x", true) },
    { "a fragmented ping", "ws-fragmented-control", frame(9, "x", true) },
    { "a continuation of nothing", "ws-bad-continuation",
      frame(128, "x", true) },
    { "a text inside a fragmented text", "ws-bad-continuation",
      frame(1, "x", true) .. frame(128 + 1, "y", true) },
  } do
    it("with " .. case[1] .. " are a violation, which is named", function()
      violates(case[3], "ws-protocol-error", 1002, nil, nil, case[2])
    end)
  end

  for _, case in ipairs {
    { "a text", frame(129, "hello") }, { "a ping", frame(137, "p") },
    { "a close", frame(136, close_payload(1000)) },
  } do
    it("without a mask are a violation: " .. case[1], function()
      violates(case[2], "ws-protocol-error", 1002)
    end)
  end

  it("say which rule they broke", function()
    for bytes, slug in pairs {
      [frame(129, "hello")] = "ws-unmasked-client-frame",
      [frame(128 + 64 + 1, "x", true)] = "ws-rsv-bits",
      [frame(128 + 3, "x", true)] = "ws-bad-opcode",
      [frame(9, "x", true)] = "ws-fragmented-control",
      [frame(128, "x", true)] = "ws-bad-continuation",
    } do
      local seen = got("wss", bytes)
      assert.is_true(require("wsstls.diagnosis").matches(slug,
        seen.errors[1]), slug .. "\n" .. seen.errors[1]:story())
    end
  end)

  it("with a close code that no frame may have are a violation", function()
    for _, payload in ipairs { close_payload(5000), close_payload(65535),
                               "x" } do
      violates(frame(136, payload, true), "ws-protocol-error", 1002)
    end
  end)

  it("that are not UTF-8 are 1007", function()
    for _, text in ipairs { "\255", "\192\175", "\237\160\128", "a\195" } do
      violates(frame(129, text, true), "ws-invalid-utf8", 1007)
    end
    violates(frame(1, "\195", true) .. frame(128, "", true),
      "ws-invalid-utf8", 1007)
    violates(frame(136, close_payload(1000, "\255"), true),
      "ws-invalid-utf8", 1007)
  end)

  it("that are too big are 1009", function()
    violates(frame(130, ("x"):rep(101), true), "ws-message-too-big", 1009,
      { max_message = 100 })
    violates(frame(2, ("x"):rep(60), true) ..
      frame(128, ("x"):rep(60), true), "ws-message-too-big", 1009,
      { max_message = 100 })
  end)

  it("that close without a code are clean, and 1005", function()
    for _, scheme in ipairs(SCHEMES) do
      local seen, close, read = got(scheme, frame(136, "", true))
      assert.equal(1005, close.code)
      assert.is_true(close.clean)
      assert.equal("peer", close.initiated_by)
      assert.same({}, seen.errors)
      assert.equal("\136\0", read)
    end
  end)

  it("that close with a code get it back", function()
    for _, scheme in ipairs(SCHEMES) do
      local _, close, read = got(scheme,
        frame(136, close_payload(4001, "mine"), true))
      assert.equal(4001, close.code)
      assert.equal("mine", close.reason)
      assert.equal("\136", read:sub(1, 1))
      assert.equal(close_payload(4001), read:sub(3, 4))
    end
  end)

  it("that stop are timeout-ping", function()
    for _, scheme in ipairs(SCHEMES) do
      local seen, close = got(scheme, "", { ping_interval = 0.1,
        ping_timeout = 0.1 }, { "skip" })
      endings.judge(seen.errors[1], { code = "timeout-ping",
        phase = "open" })
      assert.equal(1006, close.code)
    end
  end)

  it("that end in the middle are closed-abnormally", function()
    for _, scheme in ipairs(SCHEMES) do
      local seen, close = got(scheme, frame(129, "hello", true):sub(1, 5),
        nil, { "fin" })
      endings.judge(seen.errors[1], { code = "closed-abnormally",
        phase = "open" })
      assert.equal(1006, close.code)
      assert.is_false(close.clean)
    end
  end)
end)
