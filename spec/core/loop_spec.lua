-- The scheduler on the real core, alone and inside other libraries' loops.
local helper = require "helper"

describe("the loop", function()
  local wss, server

  setup(function()
    wss = require "wsstls"
    server = assert(wss.listen {
      on_message = function(c, data, kind) c:send(data, kind) end })
  end)

  teardown(function()
    server:close()
    helper.cleanup()
  end)

  local function talk(word)
    local conn = assert(wss.connect(server.url, { timeout = 10 }))
    assert(conn:send(word))
    local back = assert(conn:receive(5))
    conn:close()
    return back
  end

  it("says what it is", function()
    local versions = wss.versions()
    for _, name in ipairs { "wsstls", "openssl", "libwebsockets", "lua",
                            "event_loop" } do
      assert.is_string(versions[name], name)
    end
    assert.equal("r", wss.events())
  end)

  it("runs tasks beside each other", function()
    local got = {}
    wss.run(function()
      for i = 1, 20 do
        wss.spawn(function() got[i] = talk("task " .. i) end)
      end
    end)
    for i = 1, 20 do assert.equal("task " .. i, got[i]) end
  end)

  it("sleeps about as long as told", function()
    local now = require("wsstls.core").now
    local before = now()
    wss.sleep(0.05)
    assert.is_true(now() - before >= 0.05)
  end)

  it("cancels waiting calls at stop", function()
    local conn = assert(wss.connect(server.url, { timeout = 10 }))
    local code
    wss.run(function()
      wss.spawn(function() code = select(3, conn:receive()) end)
      wss.sleep(0.01)
      wss.stop()
    end)
    assert.equal("cancelled", code)
    conn:close()
  end)

  it("has a descriptor that is readable when there is something to do",
    function()
      local fd = wss.pollfd()
      assert.is_number(fd)
      assert.is_true(fd >= 0)
    end)

  -- What needs a library says so where it is missing. Debian has Copas, which
  -- is plain Lua, only where 5.1 and 5.2 look.
  local function needs(name)
    local path = package.path
    package.path = path .. ";/usr/share/lua/5.2/?.lua"
    local ok, module = pcall(require, name)
    package.path = path
    if not ok then pending(name .. " is not installed") end
    return ok and module
  end

  it("lives in a cqueues loop", function()
    local cqueues = needs "cqueues"
    if not cqueues then return end
    local cq = cqueues.new()
    local detach = require("wsstls.loops.cqueues").attach(cq)
    local got, ticks, done = {}, 0, 0
    for i = 1, 5 do
      cq:wrap(function()
        got[i] = talk("cqueues " .. i)
        done = done + 1
        if done == 5 then detach() end
      end)
    end
    cq:wrap(function()
      while done < 5 do
        cqueues.sleep(0.001)
        ticks = ticks + 1
      end
    end)
    assert(cq:loop(10))
    assert.is_true(cq:empty())
    for i = 1, 5 do assert.equal("cqueues " .. i, got[i]) end
    assert.is_true(ticks > 0)
    assert.is_nil(require("wsstls.loop").adapter)
  end)

  it("gives errors of callbacks to the cqueues loop, and goes on", function()
    local cqueues = needs "cqueues"
    if not cqueues then return end
    local cq = cqueues.new()
    local detach = require("wsstls.loops.cqueues").attach(cq)
    local got
    cq:wrap(function()
      local conn = assert(wss.connect(server.url))
      conn:on("pong", function() error("boom", 0) end)
      conn:ping()
      conn:receive(5)
      got = talk("after")
      detach()
    end)
    local ok, err = cq:loop(10)
    assert.is_falsy(ok)
    assert.matches("^boom\nstack traceback", err)
    assert(cq:loop(10))
    assert.equal("after", got)
  end)

  it("lives in a luv loop", function()
    local uv = needs "luv"
    if not uv then return end
    local detach = require("wsstls.loops.luv").attach(uv)
    local got, done = {}, 0
    for i = 1, 5 do
      coroutine.wrap(function()
        got[i] = talk("luv " .. i)
        wss.sleep(0.01)
        done = done + 1
        if done == 5 then detach() end
      end)()
    end
    uv.run()
    for i = 1, 5 do assert.equal("luv " .. i, got[i]) end
  end)

  -- Copas 1's own loop never ends.
  local function turn_until(copas, finished)
    local now = require("wsstls.core").now
    local deadline = now() + 10
    while not finished() do
      assert.is_true(now() < deadline)
      copas.step(1)
    end
  end

  it("lives in a Copas loop", function()
    local copas = needs "copas"
    if not copas then return end
    local before = copas.step
    local detach = require("wsstls.loops.copas").attach(copas)
    local got, done = {}, 0
    for i = 1, 5 do
      copas.addthread(function()
        wss.sleep(0.01)
        got[i] = talk("copas " .. i)
        done = done + 1
      end)
    end
    turn_until(copas, function() return done == 5 end)
    for i = 1, 5 do assert.equal("copas " .. i, got[i]) end
    detach()
    assert.equal(before, copas.step)
    assert.is_nil(require("wsstls.loop").adapter)
    copas.step(0) -- our own thread ends
    assert.is_false(copas.step(0))
  end)

  it("wakes Copas for its timers", function()
    local copas, now = needs "copas", require("wsstls.core").now
    if not copas then return end
    local detach = require("wsstls.loops.copas").attach(copas)
    local before, slept = now(), nil
    copas.addthread(function()
      wss.sleep(0.05)
      slept = now() - before
    end)
    turn_until(copas, function() return slept end)
    detach()
    assert.is_true(slept >= 0.05 and slept < 0.9)
  end)

  it("gives errors of callbacks to Copas, and goes on", function()
    local copas = needs "copas"
    if not copas then return end
    local detach = require("wsstls.loops.copas").attach(copas)
    local got
    copas.addthread(function()
      local conn = assert(wss.connect(server.url))
      conn:on("pong", function() error("boom", 0) end)
      conn:ping()
      conn:receive(5)
      got = talk("after")
    end)
    -- what nobody handles Copas prints
    local said = {}
    local print_before = _G.print
    _G.print = function(text) said[#said + 1] = text end
    local ok, err = pcall(turn_until, copas, function() return got end)
    _G.print = print_before
    detach()
    assert.is_true(ok, err)
    assert.equal("after", got)
    assert.matches("^boom\nstack traceback", said[1])
  end)
end)
