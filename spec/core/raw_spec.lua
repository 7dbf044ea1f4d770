-- Raw peers over plain TCP: bytes in, bytes out, and every end.
local helper = require("helper")
local wss = require("wsstls")
local raw = require("wsstls.raw")

local MIB = 1024 * 1024

-- A client and a server that are connected; the listener is closed.
local function pair(client, server)
  local listener = assert(raw.listen(server or {}))
  local o = { port = listener.port }
  for name, value in pairs(client or {}) do o[name] = value end
  local c = assert(raw.connect(o))
  local s = assert(listener:accept(5))
  listener:close()
  return c, s
end

local function reads(expected, peer, what)
  assert.equal(expected, (assert(peer:read(what, 5))))
end

local function gone(code, peer, what)
  return helper.fails(code, peer:read(what, 5))
end

describe("a raw peer", function()
  teardown(helper.cleanup)

  it("reads lines with and without CR, counts, and what is there", function()
    local c, s = pair()
    assert.is_true(c:write("one\r\ntwo\n\r\nfour5678"))
    reads("one", s, "line")
    reads("two", s, "line")
    reads("", s, "line")
    reads("four", s, 4)
    reads("", s, 0)
    reads("5678", s, "some")
    assert.is_true(s:write(""))
    s:write("back")
    reads("back", c)
    c:close()
    s:close()
  end)

  it("keeps every byte as it is", function()
    local c, s = pair()
    local bytes = {}
    for i = 0, 255 do bytes[i + 1] = string.char(i) end
    bytes = table.concat(bytes):rep(64)
    c:write(bytes)
    reads(bytes, s, #bytes)
    c:close()
    s:close()
  end)

  it("loses nothing when a time is over", function()
    local c, s = pair()
    c:write("abc")
    local err = helper.fails("timeout", s:read(6, 0.05))
    assert.is_true(err.temporary)
    helper.fails("timeout", s:read("line", 0.05))
    helper.fails("timeout", s:read("all", 0.05))
    c:write("def\n")
    reads("abcdef\n", s, 7)
    helper.fails("timeout", s:read(1, 0))
    c:close()
    s:close()
  end)

  it("gives what is left before the end, then closed", function()
    for _, what in ipairs { "line", "all", "some", 10 } do
      local c, s = pair()
      c:write("rest")
      c:close()
      reads("rest", s, what)
      local err = gone("closed", s, what)
      assert.equal("closed", (select(3, s:read(what))))
      assert.is_nil(s:error())
      local o = helper.validated(err.observation)
      assert.equal("raw", o.engine)
      assert.equal("server", o.side)
      assert.equal("127.0.0.1", o.peer.ip)
      assert.is_nil(o.tls)
      s:close()
      gone("closed", s)
    end
  end)

  it("reads on when only its own direction has ended", function()
    local c, s = pair()
    c:write("question")
    assert.is_true(c:shutdown())
    reads("question", s, "all")
    gone("closed", s)
    assert.equal("open", s.state)
    assert.is_true(s:write("answer"))
    s:close()
    reads("answer", c, "all")
    helper.fails("closed", c:write("more"))
    c:close()
  end)

  it("tells a RST from a FIN", function()
    for _, direction in ipairs { "client", "server" } do
      local c, s = pair()
      local victim, actor = s, c
      if direction == "client" then victim, actor = c, s end
      actor:close("reset")
      local err = gone("tcp-reset", victim)
      assert.equal("open", err.phase)
      assert.equal("network", err.fault)
      assert.equal("ECONNRESET", err.observation.os_error.name)
      assert.equal(err, victim:error())
      assert.equal("closed", victim.state)
      assert.equal(err, (select(2, victim:write("x"))))
      assert.equal(err, (select(2, victim:read("all"))))
      victim:close()
    end
  end)

  it("gives what came before a RST", function()
    local c, s = pair()
    c:write("last words")
    reads("last", s, 4)
    c:close("reset")
    helper.wait(function() return s.state == "closed" end)
    reads(" words", s, "all")
    gone("tcp-reset", s)
    s:close()
  end)

  it("learns by writing that nobody is there", function()
    local c, s = pair()
    s:close("reset")
    local ok, err, code
    helper.wait(function()
      ok, err, code = c:write("x")
      return not ok
    end)
    assert.equal("tcp-reset", code)
    helper.validated(err.observation)
    c:close()
  end)

  it("sends what was written though it is closed at once", function()
    local c, s = pair()
    local bytes = ("x"):rep(4 * MIB)
    wss.spawn(function()
      c:write(bytes)
      c:close()
    end)
    reads(bytes, s, #bytes)
    gone("closed", s)
    s:close()
  end)

  it("is held back while its reader rests, in bounded memory", function()
    local c, s = pair()
    local chunk, sent, done = ("y"):rep(MIB), 0, false
    local task = wss.spawn(function()
      for _ = 1, 32 do
        assert(c:write(chunk))
        sent = sent + 1
      end
      done = true
      c:close()
    end)
    local before = collectgarbage("count")
    for _ = 1, 50 do wss.step(0.01) end
    assert.is_false(done)
    assert.is_true(sent < 16, sent .. " MiB went nowhere")
    assert.is_true(collectgarbage("count") - before < 8 * 1024)
    local got = 0
    while true do
      local bytes, _, code = s:read("some", 5)
      if not bytes then
        assert.equal("closed", code)
        break
      end
      got = got + #bytes
    end
    assert.equal(32 * MIB, got)
    task:join(5)
    assert.is_true(done)
    s:close()
  end)

  it("reads nothing before it is asked with read_ahead = false", function()
    local c, s = pair(nil, { read_ahead = false })
    c:write("abc")
    c:close("reset") -- with a reader it would be seen at once
    for _ = 1, 20 do wss.step(0.005) end
    assert.equal("open", s.state)
    assert.is_nil(s:error())
    s:read("all", 5)
    assert.equal("closed", s.state)
    s:close()
  end)

  it("reads no line longer than 1 MiB", function()
    local c, s = pair()
    local task = wss.spawn(function()
      c:write(("x"):rep(2 * MIB))
      c:write("\n")
    end)
    local err = helper.fails("limit-memory", s:read("line", 5))
    assert.matches("1 MiB", tostring(err))
    reads(("x"):rep(2 * MIB), s, 2 * MIB)
    reads("", s, "line")
    task:join(5)
    c:close()
    s:close()
  end)

  it("is written to in order by many small writes", function()
    local c, s = pair()
    local expected = {}
    for i = 1, 2000 do
      expected[i] = ("%d,"):format(i)
      assert(c:write(expected[i]))
    end
    expected = table.concat(expected)
    reads(expected, s, #expected)
    c:close()
    s:close()
  end)

  it("works in tasks, many at once", function()
    local listener = assert(raw.listen {})
    local sum = wss.run(function()
      local total = 0
      wss.spawn(function()
        for _ = 1, 20 do
          local s = assert(listener:accept(5))
          wss.spawn(function()
            local line = assert(s:read("line", 5))
            s:write(line .. "!\n")
            s:close()
          end)
        end
      end)
      local tasks = {}
      for i = 1, 20 do
        tasks[i] = wss.spawn(function()
          local c = assert(raw.connect { port = listener.port })
          c:write(i .. "\n")
          local number = assert(c:read("line", 5)):match("^(%d+)!$")
          total = total + tonumber(number)
          c:close()
        end)
      end
      for i = 1, 20 do tasks[i]:join(5) end
      return total
    end)
    assert.equal(210, sum)
    listener:close()
  end)

  it("refuses its calls once it is closed, for ever the same", function()
    local c, s = pair()
    assert.is_true(c:close())
    assert.is_true(c:close())
    assert.is_true(c:close("reset"))
    assert.equal("closed", c.state)
    assert.is_nil(c:error())
    helper.fails("closed", c:write("x"))
    helper.fails("closed", c:write_raw("x"))
    helper.fails("closed", c:read())
    helper.fails("closed", c:shutdown())
    helper.fails("closed", c:start_tls({ verify_host = false }))
    helper.validated(c:observation())
    assert.is_nil(c:tls())
    assert.is_nil(c:verify_result())
    assert.matches("RawPeer %(closed", tostring(c))
    s:close()
  end)

  it("may be collected in any order, connected or not", function()
    for round = 1, 24 do
      local kept = { listener = assert(raw.listen {}) }
      kept.c = assert(raw.connect { port = kept.listener.port })
      if round % 2 == 0 then kept.s = assert(kept.listener:accept(5)) end
      local order = { "c", "s", "listener" }
      for i = 3, 1, -1 do
        kept[table.remove(order, (round + i) % i + 1)] = nil
        collectgarbage()
        wss.step(0)
        if kept.c then kept.c:write("x") end
      end
      assert.is_nil(next(kept))
    end
  end)

  it("that is collected says goodbye to the other side", function()
    local s
    do
      local c
      c, s = pair()
      c:write("x")
    end
    collectgarbage()
    collectgarbage()
    reads("x", s, "all")
    s:close()
  end)

  for what, case in pairs {
    ["an unknown word"] = { "read", "lines", "did you mean 'line'" },
    ["half a byte"] = { "read", 1.5, "a number of bytes" },
    ["a negative count"] = { "read", -1, "a number of bytes" },
    ["a number to write"] = { "write", 1, "expected a string, got number" },
    ["nothing to write"] = { "write_raw", nil, "a string, got nil" },
    ["a way to close"] = { "close", "rest", "did you mean 'reset'" },
    ["a way to shut down"] = { "shutdown", "x", "abrupt, notify" },
    ["an option of TLS"] = { "start_tls", { cart = 1 },
      "start_tls: unknown option 'cart' %(did you mean 'cert'" },
  } do
    it("raises at its caller for " .. what, function()
      local c, s = pair()
      local ok, err = pcall(function() c[case[1]](c, case[2]) end)
      assert.is_false(ok)
      assert.matches("raw_spec.lua:%d+: " .. case[1] .. ": ", err)
      assert.matches(case[3], err)
      ok, err = pcall(function() c:read("some", "soon") end)
      assert.is_false(ok)
      assert.matches("timeout must be a number", err)
      c:close()
      s:close()
    end)
  end
end)
