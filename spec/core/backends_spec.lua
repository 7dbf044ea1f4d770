-- Every event loop gives the same answers, in a process of its own.
local helper = require("helper")
local stress = require("core.stress")

-- What each backend must do; prints "passed" at the end.
local MATRIX = [[
local ca = stress.identity()
local name = os.getenv("WSSTLS_EVENT_LOOP")
local function code_of(_, err, code) return code or err end
local function equal(want, got)
  if want ~= got then
    error(("expected %s, got %s"):format(tostring(want), tostring(got)), 2)
  end
end
local failures = {}
local server = stress.server {
  on_message = function(conn, data, kind) conn:send(data, kind) end,
  protocols = { "chat" },
  on_tls_error = function(o) failures[#failures + 1] = o end,
  on_upgrade = function(request)
    if request.path == "/no" then
      return { status = 403, body = "not you" }
    end
    return true
  end,
}
equal(name, wss.versions().event_loop)
-- echo, small and large, both kinds
local conn = assert(wss.connect(server.url, { ca = ca, protocols = "chat" }))
equal("chat", conn.protocol)
for _, size in ipairs { 0, 1, 125, 126, 65536, 3000000 } do
  local text = ("x"):rep(size)
  assert(conn:send(text, "binary"))
  local data, kind = conn:receive(10)
  equal(size, data and #data or kind)
  equal("binary", kind)
end
local pong
conn:on("pong", function(_, data) pong = data end)
assert(conn:ping("are you there"))
helper.wait(function() return pong end, 5, "the pong")
equal("are you there", pong)
assert(conn:close(4000, "enough"))
equal(4000, conn:observation().close.code)
equal(true, conn:observation().close.clean)
-- the server closes
local closing = stress.server { on_open = function(c) c:close(4001, "no") end }
conn = assert(wss.connect(closing.url, { ca = ca }))
local _, err = conn:receive(5)
equal(4001, err.observation.close.code)
-- failed handshakes, both sides' alerts
equal("cert-untrusted", code_of(wss.connect(server.url, {})))
equal("cert-host-mismatch", code_of(wss.connect(server.url,
  { ca = ca, verify_host = "nope.test" })))
helper.wait(function() return #failures == 2 end, 5, "two failures")
equal(48, helper.fatal_alert(failures[1], "received"))
equal(42, helper.fatal_alert(failures[2], "received"))
local strict = stress.server { ca = ca, client_verify = "required",
  on_message = function() end }
conn, err = wss.connect(strict.url, { ca = ca })
if conn then _, err = conn:receive(5) end
equal(116, helper.fatal_alert(err.observation, "received"))
-- refused, with its errno
local _, refusal, code = wss.connect(("wss://127.0.0.1:%d/"):format(
  helper.free_port()), { ca = ca })
equal("tcp-refused", code)
equal("ECONNREFUSED", refusal.observation.os_error.name)
-- an upgrade that Lua judges
_, err, code = wss.connect(server.url .. "no", { ca = ca })
equal("upgrade-rejected", code)
equal(403, err.observation.http.status)
equal("not you", err.observation.http.body)
-- ws, on the same loop
local plain = stress.server { tls = false,
  on_message = function(c, data) c:send(data) end }
conn = assert(wss.connect(plain.url))
local text = ("plain"):rep(100000)
assert(conn:send(text))
equal(text, (conn:receive(10)))
assert(conn:close())
-- lost without a goodbye
conn = assert(wss.connect(server.url, { ca = ca }))
conn.handle:abort()
helper.wait(function() return #server:connections() == 0 end, 5, "the loss")
-- timeouts come when they should
local now = require("wsstls.core").now
conn = assert(wss.connect(server.url, { ca = ca }))
local started = now()
equal("timeout", code_of(conn:receive(0.2)))
local late = now() - started
assert(late >= 0.2 and late < 0.4, late)
-- a slow reader, and a backlog before the close
local near, far = stress.pair()
stress.within(20, function()
  local total, sent = 24, 0
  local chunk = ("z"):rep(1048576)
  wss.spawn(function()
    for i = 1, total do
      assert(far:send(chunk, "binary"))
      sent = i
    end
    assert(far:close(1000, "all", 10))
  end)
  wss.sleep(0.3)
  assert(sent < total, sent)
  for i = 1, total do
    local data, why = near:receive(10)
    assert(data == chunk, why)
  end
  equal("closed", code_of(near:receive(5)))
end)
-- 50 at once
stress.within(20, function()
  stress.each(50, 50, function(i)
    local c = assert(wss.connect(server.url, { ca = ca }))
    assert(c:send("n" .. i))
    equal("n" .. i, (c:receive(10)))
    assert(c:close())
  end)
end)
-- errors of callbacks
local bad = stress.server { on_message = function() error({ 7 }) end }
conn = assert(wss.connect(bad.url, { ca = ca }))
conn:send("x")
local ok, value
for _ = 1, 100 do
  ok, value = pcall(wss.step, 0.02)
  if not ok then break end
end
equal(7, value[1])
_, err = conn:receive(5)
equal(1011, err.observation.close.code)
print("passed")
]]

-- Failed handshakes in a row: the server must see the client's alert each
-- time. Prints how many it saw.
local ALERTS = [[
local ca = stress.identity()
local seen, missing = 0, 0
local server = stress.server {
  on_message = function() end,
  on_tls_error = function(o)
    if helper.fatal_alert(o, "received") == 42 then
      seen = seen + 1
    else
      missing = missing + 1
    end
  end,
}
local n = tonumber(os.getenv("ROUNDS"))
local opts = { ca = ca, verify_host = "nope.test" }
local old = { ca = ca, verify_host = "nope.test", max_version = "TLSv1.2" }
stress.within(60, function()
  stress.each(n, 8, function(i)
    local conn, err, code = wss.connect(server.url, i % 2 == 0 and opts or old)
    assert(not conn and code == "cert-host-mismatch", tostring(err))
  end)
end)
helper.wait(function() return seen + missing == n end, 5,
  ("%d failures at the server, %d seen"):format(n, seen))
print(seen)
]]

local SLOW_REQUESTS = [[
local server = stress.server { tls = false, handshake_timeout = 3,
  on_message = function(conn, data) conn:send(data) end }
local script = ("import socket\n" ..
  "s = [socket.create_connection(('127.0.0.1', %d)) for i in range(300)]\n" ..
  "[x.send(b'GET / HTTP/1.1\\r\\nHost: x\\r\\n') for x in s]\n" ..
  "print('all there', flush=True)\n" ..
  "[x.recv(1) for x in s]\n"):format(server.port)
local peer = helper.spawn { command = { "/usr/bin/python3", "-c", script } }
peer:expect("all there")
for _ = 1, 5 do
  local conn = assert(wss.connect(server.url, { timeout = 1 }))
  assert(conn:send("x"))
  assert(conn:receive(1) == "x")
  assert(conn:close())
end
peer:stop()
print("passed")
]]

-- The specs that show where a backend would differ: waiting, alerts, ends of
-- the stream, bad frames. All at once: they wait more than they work.
local SAME = { "loop", "endings_alert", "endings_stream", "endings_frames" }
local OTHERS = { "libev", "libuv", "poll" }
local told

local function run_same()
  local dir, words, files = helper.dir(), {}, {}
  for i, name in ipairs(SAME) do
    files[i] = helper.path("spec/core/" .. name .. "_spec.lua")
  end
  for i, name in ipairs(OTHERS) do
    words[i] = ("WSSTLS_EVENT_LOOP=%s timeout -k 1 %g %s %s -o TAP %s "
      .. ">%s/%s 2>&1 &\n"):format(name, stress.seconds(60), stress.lua,
        helper.path("tools/busted.lua"), table.concat(files, " "), dir, name)
  end
  helper.must(table.concat(words) .. "wait")
  local result = {}
  for _, name in ipairs(OTHERS) do
    result[name] = helper.read(dir .. "/" .. name)
  end
  return result
end

for _, name in ipairs { "epoll", "libev", "libuv", "poll" } do
  describe("#slow the event loop " .. name, function()
    local env = { WSSTLS_EVENT_LOOP = name }

    after_each(helper.cleanup)

    it("does all that the others do", function()
      assert.equal("passed", stress.must_child(MATRIX, env, 30))
    end)

    it("shows the server each of the client's alerts", function()
      -- under lws's own loops one could get lost
      local n = stress.times(1000)
      assert.equal(tostring(n), stress.must_child(ALERTS,
        { WSSTLS_EVENT_LOOP = name, ROUNDS = n }, 60))
    end)

    if name == "epoll" then
      it("serves others beside 300 unfinished requests", function()
        assert.equal("passed", stress.must_child(SLOW_REQUESTS, env, 20))
      end)
      return
    end

    it("ends every connection with the same story", function()
      told = told or run_same()
      local passed = select(2, told[name]:gsub("\nok ", ""))
      assert.is_nil(told[name]:match("\nnot ok .*"))
      assert.is_true(passed > 80, told[name])
    end)
  end)
end

describe("#slow an event loop", function()
  after_each(helper.cleanup)

  it("that is unknown is misuse, and names the nearest", function()
    local output, status = stress.child("wss.listen {}",
      { WSSTLS_EVENT_LOOP = "epol" })
    assert.equal(1, status)
    assert.matches("no event loop 'epol'", output)
    assert.matches("did you mean 'epoll'", output)
  end)

  it("can be chosen before the first connect or listen, not after",
    function()
    assert.equal("poll\nfalse", stress.must_child([[
assert(wss.configure { event_loop = "poll" })
stress.server()
print(wss.versions().event_loop)
print((pcall(wss.configure, { event_loop = "epoll" })))
]]))
  end)

  it("of another library can wait for ours: poll, then step(0)", function()
    assert.equal("passed", stress.must_child([[
local found, cqueues = pcall(require, "cqueues")
if not found then
  print("passed")
  return
end
local ca = stress.identity()
local server = stress.server {
  on_message = function(conn, data) conn:send(data) end,
}
assert(type(wss.pollfd()) == "number")
assert(wss.events() == "r")
local got, opened
local conn
wss.spawn(function()
  conn = assert(wss.connect(server.url, { ca = ca }))
  opened = true
  for i = 1, 100 do
    conn:send("n" .. i)
    assert(conn:receive(5) == "n" .. i)
  end
  wss.sleep(0.05)
  got = true
end)
local poller = { pollfd = wss.pollfd(), events = wss.events() }
local cq = cqueues.new()
local turns, started = 0, require("wsstls.core").now()
cq:wrap(function()
  while not got do
    wss.step(0)
    turns = turns + 1
    if not got then cqueues.poll(poller, wss.timeout()) end
    assert(require("wsstls.core").now() - started < 5, "it stalls")
  end
end)
assert(cq:loop(10))
assert(opened and got)
-- no spinning: a few turns per message
assert(turns < 2500, turns)
-- and nothing to do means a long wait
for _ = 1, 20 do wss.step(0) end
assert(conn:close())
print("passed")
]], nil, 20))
  end)

  it("of cqueues can be attached to", function()
    assert.equal("passed", stress.must_child([[
local found, cqueues = pcall(require, "cqueues")
if not found then
  print("passed")
  return
end
local ca = stress.identity()
local server = stress.server {
  on_message = function(conn, data) conn:send(data) end,
}
local cq = cqueues.new()
local detach = require("wsstls.loops.cqueues").attach(cq)
local done, ticks = 0, 0
for i = 1, 20 do
  cq:wrap(function()
    local conn = assert(wss.connect(server.url, { ca = ca }))
    for j = 1, 10 do
      assert(conn:send(i .. "/" .. j))
      assert(conn:receive(5) == i .. "/" .. j)
    end
    assert(conn:close())
    done = done + 1
    if done == 20 then detach() end
  end)
end
cq:wrap(function()
  while done < 20 do
    cqueues.sleep(0.01)
    ticks = ticks + 1
  end
end)
assert(cq:loop(10))
assert(done == 20 and ticks > 0, done)
print("passed")
]], nil, 20))
  end)
end)
