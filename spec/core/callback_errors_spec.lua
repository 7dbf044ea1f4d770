-- What becomes of an error in a callback: it comes out of the outermost
-- pumping call, and the connection ends with 1011.
local helper = require("helper")
local loopback = require("core.loopback")

describe("in callbacks", function()
  local wss, server

  setup(function() wss = require("wsstls") end)

  -- Takes what is left of the errors that a test provokes.
  local function take_rest()
    local left = 0
    while not pcall(wss.step, 0.01) do left = left + 1 end
    return left
  end

  after_each(function()
    pcall(loopback.close)
    take_rest()
  end)
  teardown(helper.cleanup)

  local function connect(opts) return loopback.dial(server, opts) end

  -- Steps until a pumping call raises, and returns what it raised.
  local function raised()
    local deadline = require("wsstls.core").now() + 5
    while require("wsstls.core").now() < deadline do
      local ok, err = pcall(wss.step, 0.02)
      if not ok then return err end
    end
    error("nothing was raised", 2)
  end

  local function kaboom() error("kaboom") end

  local function is_traced(err)
    assert.equal("string", type(err))
    assert.matches("callback_errors_spec%.lua:%d+: kaboom", err)
    assert.matches("stack traceback:.*callback_errors_spec%.lua:%d+: in", err)
  end

  -- The client's end of a connection whose server's callback raised.
  local function is_told_1011(conn)
    local data, err = conn:receive(5)
    assert.is_nil(data)
    assert.equal(1011, err.observation.close.code)
    assert.equal("peer", err.observation.close.initiated_by)
  end

  -- connect pumps, too: an error of the server's callback comes out there
  local function connect_or_raise(opts)
    local ok, conn = pcall(connect, opts)
    if not ok then return nil, conn end
    return conn
  end

  it("an error in on_message comes out with its traceback", function()
    local closes = {}
    server = loopback.listen {
      on_message = kaboom,
      on_close = function(_, close) closes[#closes + 1] = close end,
    }
    local conn = assert(connect())
    conn:send("x")
    is_traced(raised())
    is_told_1011(conn)
    helper.wait(function() return #closes == 1 end, 5, "on_close")
    assert.equal(1011, closes[1].code)
    -- the server serves on
    server._service.handlers.message = function(c) c:send("fine") end
    conn = assert(connect())
    assert.equal("open", conn.state)
  end)

  it("an error in on_open comes out, and the connection ends with 1011",
    function()
    server = loopback.listen { on_open = kaboom }
    local conn, err = connect_or_raise()
    if not err then err = raised() end
    is_traced(err)
    if conn then is_told_1011(conn) end
    helper.wait(function() return #server:connections() == 0 end, 5)
  end)

  it("an error in on_close comes out once", function()
    server = loopback.listen { on_message = function() end, on_close = kaboom }
    local conn = assert(connect())
    local ok, err = pcall(conn.close, conn)
    if ok then err = raised() end
    is_traced(err)
    for _ = 1, 5 do wss.step(0.01) end
    assert.equal(0, #server:connections())
  end)

  it("an error in on_tls_error comes out, and the failure is kept",
    function()
    server = loopback.listen { on_tls_error = kaboom,
      on_message = function() end }
    local ok, err = pcall(wss.connect, server.url, {})
    if ok then err = raised() end
    is_traced(err)
    assert.equal(1, #server:failures())
  end)

  it("an error in on_upgrade comes out, and the client gets a 500",
    function()
    server = loopback.listen { on_upgrade = kaboom }
    local ok, result, _, code = pcall(connect)
    local err = not ok and result or raised()
    is_traced(err)
    if ok then
      assert.is_nil(result)
      assert.equal("upgrade-rejected", code)
    end
    helper.wait(function() return #server:failures() == 1 end, 5,
      "the failure")
    assert.equal(500, server:failures()[1].http.status)
  end)

  it("an error in on_request comes out, and the client gets a 500",
    function()
    server = loopback.listen { tls = false, on_request = kaboom,
      on_message = function() end }
    local peer = helper.spawn { command = { "/usr/bin/python3", "-c", ([[
import urllib.request, urllib.error
try: urllib.request.urlopen('http://127.0.0.1:%d/', timeout=10)
except urllib.error.HTTPError as e: print(e.code)
]]):format(server.port) } }
    is_traced(raised())
    assert.equal("500\n", select(2, peer:wait()))
  end)

  it("an error in a client's callbacks comes out as well", function()
    server = loopback.listen {
      on_message = function(conn, data) conn:send(data) end,
    }
    local conn = assert(connect { on_message = kaboom })
    local failure
    conn:on("error", function(_, err) failure = err end)
    conn:send("x")
    is_traced(raised())
    helper.wait(function() return conn.state == "closed" end, 5)
    assert.equal(1011, conn:observation().close.code)
    assert.equal("local", conn:observation().close.initiated_by)
    assert.is_nil(failure)

    local ok, err = pcall(connect, { on_open = kaboom })
    if ok then err = raised() end
    is_traced(err)

    conn = assert(connect())
    conn:on("pong", kaboom)
    conn:ping("x")
    is_traced(raised())
  end)

  it("an error in verify comes out, and the handshake fails", function()
    server = loopback.listen { on_message = function() end }
    local ok, err, _, code = pcall(connect, { verify = kaboom })
    if ok then
      assert.equal("cert-verify-callback", code)
      err = raised()
    end
    is_traced(err)
    helper.wait(function() return #server:failures() == 1 end, 5)
    assert.equal(40, helper.fatal_alert(server:failures()[1], "received"))
  end)

  it("an error in keylog comes out, once and not for each line", function()
    server = loopback.listen { on_message = function() end }
    local ok, err = pcall(connect, { keylog = kaboom })
    if ok then err = raised() end
    is_traced(err)
    assert.equal(0, take_rest())
  end)

  it("an error in a task or callback closes its variables", function()
    local compile = loadstring or load -- 5.1 knows no others
    local chunk = compile "local x <close> = ... ; error('kaboom')"
    if not chunk then return end -- before Lua 5.4
    server = loopback.listen {}
    local ok, err = pcall(wss.run, function() chunk(assert(connect())) end)
    assert.is_false(ok)
    assert.matches("kaboom", err)
    helper.wait(function() return #server:connections() == 0 end, 5)
    assert.equal(0, take_rest())
  end)

  it("values that are no strings come out unchanged", function()
    local value
    server = loopback.listen {
      on_message = function() error(value, 0) end, -- 5.1: a position else
    }
    for _, thrown in ipairs { { 1 }, 42.5, false, setmetatable({}, {
        __tostring = function() return "odd" end }), print } do
      value = thrown
      local conn = assert(connect())
      conn:send("x")
      local err = raised()
      if type(thrown) == "number" then
        assert.equal("number", type(err))
      end
      assert.is_true(rawequal(thrown, err) or thrown == err)
      is_told_1011(conn)
    end
    value = nil
    local conn = assert(connect())
    conn:send("x")
    local deadline = require("wsstls.core").now() + 5
    local ok = true
    while ok and require("wsstls.core").now() < deadline do
      ok = pcall(wss.step, 0.02)
    end
    assert.is_false(ok)
  end)

  it("several errors at once come out one by one, none is lost", function()
    server = loopback.listen {
      on_message = function(_, data) error("kaboom " .. data) end,
    }
    local n, conns = 10, {}
    for i = 1, n do conns[i] = assert(connect()) end
    for i = 1, n do conns[i]:send(tostring(i)) end
    local seen, count = {}, 0
    while count < n do
      local i = raised():match("kaboom (%d+)")
      assert.is_nil(seen[i])
      seen[i] = true
      count = count + 1
    end
    assert.is_true(pcall(wss.step, 0.01))
    for i = 1, n do is_told_1011(conns[i]) end
  end)

  it("an error comes out of run, and the other tasks are cancelled",
    function()
    server = loopback.listen { on_message = kaboom }
    local cancelled
    local ok, err = pcall(wss.run, function()
      wss.spawn(function() cancelled = select(3, wss.sleep(60)) end)
      local conn = assert(connect())
      conn:send("x")
      conn:receive(60)
    end)
    assert.is_false(ok)
    is_traced(err)
    assert.equal("cancelled", cancelled)
    assert.is_true(pcall(wss.step, 0.01))
  end)

  it("an error reaches the outermost pumping call, not an inner one",
    function()
    local inner
    server = loopback.listen {
      on_message = function(conn, data)
        if data == "outer" then
          inner = { wss.pcall(conn.receive, conn, 0.3) }
          conn:send("outer is done")
        else
          kaboom()
        end
      end,
    }
    local first, second = assert(connect()), assert(connect())
    first:send("outer")
    second:send("inner")
    is_traced(raised())
    assert.equal("outer is done", (first:receive(5)))
    assert.is_true(inner[1])
    assert.equal("timeout", inner[4])
  end)
end)
