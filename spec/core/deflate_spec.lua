-- Our own permessage-deflate: what is agreed on, what stands on the wire,
-- what broken or hostile peers get, and both roles against Python and Node.
local endings = require("core.endings")
local helper = require("helper")
local stress = require("core.stress")

local MIB = 1024 * 1024
local DEFLATE = "permessage-deflate"

local function python(...)
  return { "/usr/bin/python3", helper.path("spec/core/peers/deflate.py"), ... }
end

-- A server that keeps what it receives and how each connection ended.
local function keeper(o)
  local seen = { messages = {}, codes = {} }
  local opts = { tls = false, compress = true,
    on_message = function(conn, data, kind)
      seen.messages[#seen.messages + 1] = data
      if seen.echo then conn:send(data, kind) end
    end,
    on_error = function(_, err)
      seen.codes[#seen.codes + 1] = err.code
    end }
  for name, value in pairs(o or {}) do opts[name] = value end
  seen.server = stress.server(opts)
  return seen
end

local function lines(text)
  local list = {}
  for line in text:gmatch("[^\n]+") do list[#list + 1] = line end
  return list
end

-- Runs the peer to its end; the lines it said.
local function run(...)
  local command = python(...)
  for i, word in ipairs(command) do command[i] = tostring(word) end
  local status, output = helper.spawn { command = command }:wait(60)
  if status ~= 0 then error(output, 2) end
  return lines(output)
end

local unpack = table.unpack or unpack

describe("#slow the server's answer to an offer", function()
  after_each(helper.cleanup)

  local function answers(cases)
    local seen, offers = keeper(), {}
    for i, case in ipairs(cases) do offers[i] = case[1] end
    local got = run("offers", seen.server.port,
      unpack(offers))
    for i, case in ipairs(cases) do
      assert.equal("101 " .. case[2], got[i], case[1])
    end
    seen.server:close()
  end

  it("repeats what binds the server, and takes any window", function()
    answers {
      { DEFLATE, DEFLATE },
      { DEFLATE .. "; client_max_window_bits", DEFLATE },
      { DEFLATE .. ";client_max_window_bits=9", DEFLATE },
      { DEFLATE .. "; server_no_context_takeover; client_max_window_bits",
        DEFLATE .. "; server_no_context_takeover" },
      { DEFLATE .. "; client_no_context_takeover;server_max_window_bits=10",
        DEFLATE .. "; client_no_context_takeover; "
          .. "server_max_window_bits=10" },
      { DEFLATE .. "; server_max_window_bits=8",
        DEFLATE .. "; server_max_window_bits=8" },
      { "", "none" },
    }
  end)

  it("goes without where the offer is not one of RFC 7692", function()
    local cases = {}
    for _, bad in ipairs { "foo", "server_no_context_takeover=1", "",
        "client_no_context_takeover; client_no_context_takeover",
        "server_max_window_bits", "server_max_window_bits=16",
        "server_max_window_bits=7", "server_max_window_bits=010",
        "server_max_window_bits=", "client_max_window_bits=x",
        "server_max_window_bits=" .. (" "):rep(50) .. "10",
        "server_max_window_bits=\"10\"" } do
      cases[#cases + 1] = { ("%s; %s; "):format(DEFLATE, bad), "none" }
    end
    cases[#cases + 1] = { "perm essage-deflate", "none" }
    cases[#cases + 1] = { "x-webkit-deflate-frame", "none" }
    answers(cases)
  end)

  it("chooses among several offers", function()
    answers {
      { "foo; bar=1, " .. DEFLATE, DEFLATE },
      { DEFLATE .. "; foo, " .. DEFLATE .. "; server_max_window_bits=9",
        DEFLATE .. "; server_max_window_bits=9" },
      { DEFLATE .. "; server_no_context_takeover, " .. DEFLATE,
        DEFLATE .. "; server_no_context_takeover" },
      { DEFLATE .. ", " .. DEFLATE .. "; client_no_context_takeover",
        DEFLATE .. "; client_no_context_takeover" },
      { DEFLATE .. "," .. DEFLATE .. "," .. DEFLATE, DEFLATE },
      { DEFLATE .. "; foo|" .. DEFLATE, DEFLATE },
      { ";x," .. DEFLATE .. "; server_no_context_takeover", "none" },
    }
  end)

  it("is 431 when the offers are endless", function()
    local seen = keeper()
    assert.same({ "431 none" }, run("offers", seen.server.port,
      DEFLATE .. ("; foo"):rep(60)))
    seen.server:close()
  end)
end)

describe("#slow the client's judgement of an answer", function()
  local wss

  setup(function() wss = require("wsstls") end)
  after_each(helper.cleanup)

  local function dial(answer, ...)
    local peer = helper.spawn { command = python("server", answer, ...),
      ready = "^port" }
    local url = "ws://127.0.0.1:" .. peer:output():match("port (%d+)")
    return peer, wss.connect(url, { compress = true, timeout = 10 })
  end

  it("takes what was offered", function()
    for _, answer in ipairs { "", DEFLATE,
        DEFLATE .. "; server_no_context_takeover",
        DEFLATE .. ";client_no_context_takeover;client_max_window_bits=8",
        DEFLATE .. "; server_max_window_bits=15; client_max_window_bits=\"9\"",
      } do
      local peer, conn, err = dial(answer, "end")
      assert(conn, err)
      peer:expect("offer permessage%-deflate; client_max_window_bits\n")
      assert.is_true(conn:send(("x"):rep(1000)))
      assert.is_true(conn:close())
    end
  end)

  it("refuses everything else", function()
    local lab = endings.lab()
    for _, answer in ipairs { DEFLATE .. "; foo", DEFLATE .. ", " .. DEFLATE,
        DEFLATE .. "|" .. DEFLATE, DEFLATE .. "; client_max_window_bits",
        DEFLATE .. "; server_max_window_bits=7", DEFLATE .. "; ;",
        DEFLATE .. "; server_no_context_takeover=x",
        DEFLATE .. "\t" .. DEFLATE, DEFLATE .. (" "):rep(1100) .. "; foo",
        DEFLATE .. "; server_max_window_bits=9; server_max_window_bits=9" } do
      local headers = answer:gsub("|", "\r\nSec-WebSocket-Extensions: ")
      local port = lab:listen("head", "send " .. endings.answer {
        more = "Sec-WebSocket-Extensions: " .. headers }, "rest")
      helper.fails("upgrade-bad-extension",
        wss.connect("ws://127.0.0.1:" .. port, { compress = true }))
    end
    lab:stop()
  end)
end)

describe("#slow a compressed message", function()
  local wss

  setup(function() wss = require("wsstls") end)
  after_each(helper.cleanup)

  -- The examples of RFC 7692 7.2.3, and what follows from them.
  local GOOD = {
    { "c1:f248cdc9c90700", "Hello" }, { "c1:f2001100 00", "Hello" },
    { "41:f248cd", "80:c9c90700", "Hello" },
    { "c1:000500faff48656c6c6f00", "Hello" },
    { "c1:f348cdc9c907 0000", "Hello" }, -- a block that says "last"
    { "c1:f200110000", "Hello" },        -- and the window goes on
    { "c1:f248050000 00ffffcac9c90700", "Hello" },
    { "c1:00", "" }, { "81:48656c6c6f", "Hello" }, { "c2:", "" },
    { "41:f2", "89:7069", "00:48", "00:", "80:cdc9c90700", "Hello" },
  }

  local function script()
    local steps, want = {}, {}
    for _, row in ipairs(GOOD) do
      for i = 1, #row - 1 do steps[#steps + 1] = row[i] end
      want[#want + 1] = row[#row]
    end
    return steps, want
  end

  it("is inflated as RFC 7692 has it, by the server", function()
    local seen = keeper()
    local steps, want = script()
    run("frames", seen.server.port, DEFLATE,
      unpack(steps))
    helper.wait(function() return #seen.messages == #want end)
    assert.same(want, seen.messages)
    seen.server:close()
  end)

  it("is inflated as RFC 7692 has it, by the client", function()
    local steps, want = script()
    steps[#steps + 1] = "end"
    local peer = helper.spawn { ready = "^port",
      command = python("server", DEFLATE, unpack(steps)) }
    local conn = assert(wss.connect("ws://127.0.0.1:" ..
      peer:output():match("port (%d+)"), { compress = true }))
    for _, text in ipairs(want) do
      assert.equal(text, (assert(conn:receive(10))))
    end
    assert.is_true(conn:close())
  end)

  -- what the peer sends, the code it gets, the code of our error
  local BROKEN = {
    { "c1:ffffffff", 1007, "ws-protocol-error" },
    { "c1:f248", 1007, "ws-protocol-error" },         -- cut short
    { "c1:f200ff1f00", 1007, "ws-protocol-error" },   -- before the window
    { "c1:f348cdc9c90700", 1007, "ws-protocol-error" },
    { "c1:000100feffff00", 1007, "ws-invalid-utf8" },
    { "c1:000200fdffe28200", 1007, "ws-invalid-utf8" }, -- half a letter
    { "41:f248cd", "c0:c9c90700", 1002, "ws-protocol-error" },
    { "a1:48656c6c6f", 1002, "ws-protocol-error" },
    { "ca:00", 1002, "ws-protocol-error" },
    { "c8:03e8", 1002, "ws-protocol-error" },
  }

  local function breaks(kind, row, seen)
    local steps = {}
    for i = 1, #row - 2 do steps[i] = row[i] end
    steps[#steps + 1] = "end"
    local code, slug = row[#row - 1], row[#row]
    if kind == "server" then
      local got = run("frames", seen.server.port, DEFLATE,
        unpack(steps))
      assert.equal("close " .. code, got[1], row[1])
      helper.wait(function() return #seen.codes > 0 end)
      assert.equal(slug, table.remove(seen.codes), row[1])
      return
    end
    local peer = helper.spawn { ready = "^port",
      command = python("server", DEFLATE, unpack(steps)) }
    local conn = assert(wss.connect("ws://127.0.0.1:" ..
      peer:output():match("port (%d+)"), { compress = true }))
    helper.fails(slug, conn:receive(10))
    peer:expect("close " .. code .. "\n")
  end

  for _, kind in ipairs { "server", "client" } do
    it("that is broken ends the connection of a " .. kind, function()
      local seen = kind == "server" and keeper()
      for _, row in ipairs(BROKEN) do breaks(kind, row, seen) end
      if seen then
        assert.same({}, seen.messages)
        seen.server:close()
      end
    end)
  end

  local function hex(text)
    return (text:gsub(".", function(c) return ("%02x"):format(c:byte()) end))
  end

  it("is marked on its first frame, and keeps its window", function()
    local seen = keeper()
    seen.echo = true
    local text = ("0123456789abcdef"):rep(20)
    local got = run("frames", seen.server.port, DEFLATE, "81:" .. hex(text),
      "context", "82:" .. hex(text), "context", "81:4869", "context")
    local first, second = got[1]:match("^c1 (%d+)"), got[2]:match("^c2 (%d+)")
    assert.is_true(tonumber(first) < 64, got[1])
    assert.is_true(tonumber(second) < tonumber(first), got[2])
    assert.equal(got[1]:match("%x+$"), got[2]:match("%x+$"))
    assert.matches("^81 2 ", got[3])
    got = run("frames", seen.server.port,
      DEFLATE .. "; server_no_context_takeover", "81:" .. hex(text), "fresh",
      "81:" .. hex(text), "fresh")
    assert.equal(got[1], got[2])
    assert.equal("c1 " .. first, got[1]:match("^c1 %d+"))
    got = run("frames", seen.server.port,
      DEFLATE .. "; server_max_window_bits=8", "81:" .. hex(text), "context")
    assert.matches("^81 320 ", got[1]) -- zlib has no such window
    seen.server:close()
  end)

  it("that is a bomb costs no more than max_message", function()
    local seen = keeper { max_message = 4 * MIB }
    stress.collect()
    local rss = stress.rss()
    local got = run("frames", seen.server.port, DEFLATE,
      "bomb:" .. stress.times(512) * MIB, "end")
    assert.equal("close 1009", got[1])
    helper.wait(function() return seen.codes[1] end)
    assert.same({ "ws-message-too-big" }, seen.codes)
    if stress.measures_memory then
      assert.is_true(stress.rss() - rss < 16 * 1024,
        ("%d KiB more"):format(stress.rss() - rss))
    end
    seen.server:close()
  end)

  it("may be exactly as long as max_message", function()
    for _, size in ipairs { 1, 999, 1000, 5000, 65536 } do
      local near, far, server = stress.pair({ tls = false, compress = true,
        max_message = size }, { compress = true })
      stress.within(10, function()
        local text = ("x"):rep(size)
        assert.is_true(near:send(text))
        assert.equal(text, (far:receive(5)))
        near:send(text .. "x")
        local _, _, code = far:receive(5)
        assert.equal("ws-message-too-big", code)
      end)
      server:close()
    end
  end)

  it("is checked for UTF-8 across every cut", function()
    local near, far, server = stress.pair({ tls = false, compress = true },
      { compress = true })
    local letters = ("\226\130\172\240\159\152\128"):rep(2000)
    stress.within(30, function()
      for before = 0, 20 do
        local text = ("x"):rep(before) .. letters
        assert.is_true(near:send(text))
        assert.equal(text, (far:receive(5)))
      end
    end)
    server:close()
    -- a stored block of 14,000 bytes, for `send` takes no such text
    local seen = keeper()
    breaks("server", { "c1:00b0364fc9" .. hex(letters:sub(1, -2)) .. "7800",
      1007, "ws-invalid-utf8" }, seen)
    seen.server:close()
  end)
end)
