-- Anything may be collected at any time, in any order; everything may be
-- used after its end; a process may end or fork with everything open.
local helper = require("helper")
local stress = require("core.stress")

describe("garbage collection", function()
  local wss, ca, server

  setup(function()
    wss = require("wsstls")
    ca = stress.identity()
    server = stress.server {
      on_message = function(conn, data, kind) conn:send(data, kind) end,
    }
  end)

  teardown(function()
    server:close()
    helper.cleanup()
  end)

  local function empty()
    helper.wait(function()
      stress.collect()
      return #server:connections() == 0
    end, 5, "the server's connections end")
  end

  it("closes a connection that nobody holds with 1001", function()
    local close
    local other = stress.server {
      on_message = function() end,
      on_close = function(_, how) close = how end,
    }
    do
      local conn = assert(wss.connect(other.url, { ca = ca }))
      assert(conn:send("x"))
    end
    helper.wait(function()
      stress.collect()
      return close
    end, 5, "the close")
    assert.equal(1001, close.code)
    assert.is_true(close.clean)
    other:close()
  end)

  it("keeps a connection that only a callback wants", function()
    local got
    assert(wss.connect(server.url, { ca = ca, on_message = function(conn, data)
      got = data
      conn:close()
    end })):send("kept")
    helper.wait(function()
      stress.collect()
      return got
    end, 5, "the message")
    assert.equal("kept", got)
    empty()
  end)

  it("keeps a server that nobody holds, until it is closed", function()
    local url
    do
      url = stress.server { on_message = function(c, d) c:send(d) end }.url
    end
    stress.collect()
    local conn = assert(wss.connect(url, { ca = ca }))
    assert(conn:send("still"))
    assert.equal("still", (conn:receive(5)))
    conn:close()
  end)

  it("takes pki objects whose children are in use", function()
    local other, trust
    do
      local pki = require("wsstls.pki")
      local root = pki.ca { cn = "short-lived" }
      local middle = root:intermediate { cn = "middle" }
      local leaf = middle:issue { ip = { "127.0.0.1" } }
      other = assert(wss.listen { cert = leaf,
        on_message = function(c, d) c:send(d) end })
      trust = root:pem()
    end
    stress.collect()
    local conn = assert(wss.connect(other.url, { ca = trust }))
    stress.collect()
    assert(conn:send("x"))
    assert.equal("x", (conn:receive(5)))
    assert.equal(3, #conn:verify_result().chain)
    conn:close()
    other:close()
  end)

  it("takes connections in every state and any order", function()
    local slots, state = {}, 42
    local function random(n)
      state = (state * 16807) % 2147483647
      return state % n + 1
    end
    stress.within(30, function()
      for round = 1, stress.times(250) do
        local i, what = random(12), random(7)
        if what == 1 then
          slots[i] = wss.connect(server.url, { ca = ca }) or nil
        elseif what == 2 then -- while it dials: the task holds it alone
          wss.spawn(function()
            wss.connect(server.url, { ca = ca })
          end):cancel()
        elseif what == 3 and slots[i] then -- with a message under way
          slots[i]:send(("x"):rep(300000))
          slots[i] = nil
        elseif what == 4 then
          slots[i] = nil
        elseif what == 5 and slots[i] then
          slots[i].handle:abort()
        elseif what == 6 then -- still shaking hands
          local task = wss.spawn(function()
            return wss.connect(server.url, { ca = ca })
          end)
          wss.sleep(0)
          wss.sleep(0)
          task:cancel()
        elseif slots[i] then
          slots[i]:close()
          slots[i]:close()
        end
        if round % 3 == 0 then collectgarbage() end
        if round % 5 == 0 then wss.sleep(0) end
      end
      slots = nil
    end)
    empty()
  end)

  it("leaves methods that answer on what is over", function()
    local conn = assert(wss.connect(server.url, { ca = ca }))
    assert.is_true(conn:close())
    assert.is_true(conn:close())
    assert.is_true(conn:close(4000, "again", 1))
    local sent, err, code = conn:send("x")
    assert.is_nil(sent)
    assert.equal("closed", code)
    assert.equal(1000, helper.validated(err.observation).close.code)
    sent, err, code = conn:ping("x")
    assert.is_nil(sent)
    assert.equal("closed", code, tostring(err))
    for _ = 1, 2 do
      sent, err, code = conn:receive(1)
      assert.is_nil(sent)
      assert.equal("closed", code, tostring(err))
    end
    assert.equal("closed", conn.state)
    assert.is_nil(conn:error())
    assert.equal(0, conn:verify_result().code)
    assert.equal("TLSv1.3", conn:tls().version)
    helper.validated(conn:observation())
    assert.is_string(tostring(conn))
    conn:on("message", function() end)
    for _ in conn:messages() do error("no message") end
    conn.handle:abort()
    conn.handle:abort()
    assert.is_nil((conn.handle:next()))

    local other = stress.server { on_message = function() end }
    assert.is_true(other:close())
    assert.is_true(other:close())
    local accepted
    accepted, err, code = other:accept(1)
    assert.is_nil(accepted)
    assert.equal("closed", code, tostring(err))
    accepted, err, code = other:reload { cert = ca:issue { cn = "x" } }
    assert.is_nil(accepted)
    assert.equal("closed", code, tostring(err))
    assert.same({}, other:connections())
    assert.equal(0, #other:failures())
  end)

  it("may run at every step of a script", function()
    -- a full collection every few instructions, in every coroutine
    local output = stress.must_child([[
local create = coroutine.create
local depth = 0
local collections = 0
local function collect()
  if depth > 0 then return end
  depth = 1
  collections = collections + 1
  collectgarbage()
  depth = 0
end
coroutine.create = function(fn)
  local co = create(fn)
  debug.sethook(co, collect, "", 400)
  return co
end
for name in pairs(package.loaded) do
  if name:find("^wsstls") and name ~= "wsstls.core" then
    package.loaded[name] = nil
  end
end
wss = require "wsstls"
package.loaded["core.stress"] = nil
stress = require "core.stress"
debug.sethook(collect, "", 400)
local ca = stress.identity()
local closes = 0
local server = stress.server {
  on_message = function(conn, data, kind) conn:send(data, kind) end,
  on_close = function() closes = closes + 1 end,
}
for i = 1, 3 do
  local conn = assert(wss.connect(server.url, { ca = ca }))
  assert(conn:send("abc"))
  assert(conn:receive(5) == "abc")
  assert(conn:close())
  local _, _, code = wss.connect(server.url, { ca = ca,
    verify_host = "nope.test" })
  assert(code == "cert-host-mismatch", code)
  wss.connect(server.url, { ca = ca })
end
helper.wait(function() return closes >= 3 end, 5)
debug.sethook()
assert(collections > 20 or jit, collections)
print("done")
]], nil, 60)
    assert.equal("done", output)
  end)

  it("may run in every mode", function()
    local output = stress.must_child([[
local modes = { function() collectgarbage("setpause", 0)
  collectgarbage("setstepmul", 1000) end }
if _VERSION == "Lua 5.4" then
  modes[#modes + 1] = function() collectgarbage("generational", 1, 1) end
  modes[#modes + 1] = function() collectgarbage("incremental", 1, 400, 2) end
end
local ca = stress.identity()
local server = stress.server {
  on_message = function(conn, data, kind) conn:send(data, kind) end,
}
for _, mode in ipairs(modes) do
  mode()
  for i = 1, stress.times(20) do
    local conn = assert(wss.connect(server.url, { ca = ca }))
    local text = ("x"):rep(i * 100)
    assert(conn:send(text))
    assert(conn:receive(5) == text)
    if i % 2 == 0 then assert(conn:close()) end
    wss.connect(server.url, { ca = ca, verify_host = "nope.test" })
  end
end
print("done")
]], nil, 60)
    assert.equal("done", output)
  end)
end)

describe("the end of a process", function()
  after_each(helper.cleanup)

  local OPEN = [[
local ca = stress.identity()
server = stress.server {
  on_message = function(conn, data) conn:send(data) end,
}
quiet = stress.server()
conns = {}
for i = 1, 5 do conns[i] = assert(wss.connect(server.url, { ca = ca })) end
conns[6] = assert(wss.connect(quiet.url, { ca = ca }))
for i = 1, 5 do conns[i]:send(("x"):rep(100000)) end
-- one that dials, one that waits, one that has a backlog
wss.spawn(function() wss.connect(server.url, { ca = ca }) end)
wss.spawn(function() conns[1]:receive() end)
wss.spawn(function() conns[6]:send(("x"):rep(12000000)) end)
local turns = tonumber(os.getenv("TURNS") or "2")
for _ = 1, turns do wss.step(0) end
]]

  it("may come with everything open, after any number of turns", function()
    for turns = 0, stress.first and 12 or 3, 3 do
      assert.equal("over", stress.must_child(OPEN .. 'print("over")',
        { TURNS = turns }))
    end
  end)

  it("may come by os.exit, with or without closing the state", function()
    for _, exit in ipairs { "os.exit(0, true)", "os.exit(0)" } do
      stress.must_child(OPEN .. exit)
    end
  end)

  it("may come by an error, also inside a callback", function()
    local output, status = stress.child(OPEN .. 'error("the end")')
    assert.equal(1, status)
    assert.matches("the end", output)
    output, status = stress.child(OPEN .. [[
server._service.handlers.message = function() error("inner end") end
assert(wss.connect(server.url, { ca = ca, on_open = function(conn)
  conn:send("x")
end }))
wss.run()
]])
    assert.equal(1, status)
    assert.matches("inner end", output)
  end)

  it("may come inside a callback, by os.exit", function()
    local output, status = stress.child(OPEN .. [[
conns[2]:on("message", function() os.exit(7, true) end)
wss.run()
]])
    assert.equal(7, status, output)
  end)

  it("may come with the module dropped and the state collected", function()
    assert.equal("over", stress.must_child(OPEN .. [[
for name in pairs(package.loaded) do
  if name:find("^wsstls") or name:find("stress") then
    package.loaded[name] = nil
  end
end
server, quiet, conns, wss, stress = nil
collectgarbage()
collectgarbage()
print("over")
]]))
  end)

  it("raises in a forked child, and the parent goes on", function()
    -- not every Lua has a library that forks: two C functions for all
    local dir = helper.dir()
    helper.write(dir .. "/fork.c", [[
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
struct lua_State;
int divide(struct lua_State *L)
{
  (void)L;
  if (fork() < 0) abort();
  return 0;
}
int reunite(struct lua_State *L)
{
  (void)L;
  if (wait(NULL) < 0) abort();
  return 0;
}
]])
    helper.must(("%s -shared -fPIC -o %s/fork.so %s/fork.c")
      :format(os.getenv("CC") or "gcc", dir, dir))
    local output = stress.must_child(OPEN .. [[
local library, parent = os.getenv("FORK_LIBRARY"), stress.pid()
assert(package.loadlib(library, "divide"))()
if stress.pid() ~= parent then
  local ok, err = pcall(wss.step, 0)
  print(ok, err)
  ok, err = pcall(wss.connect, server.url, {})
  print(ok, err)
  conns[1]:send("from the child")
  conns = nil
  collectgarbage()
  io.stdout:flush()
  os.exit(0, true)
end
assert(package.loadlib(library, "reunite"))()
conns[2]:receive(5)
assert(conns[2]:send("parent"))
assert(conns[2]:receive(5) == "parent")
print("parent is fine")
]], { FORK_LIBRARY = dir .. "/fork.so" })
    assert.matches("false\t.*fork.*false\t.*fork", output)
    assert.matches("parent is fine", output)
  end)
end)
