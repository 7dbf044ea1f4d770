-- Foreign programs: one clear result for each way they can go, and nothing
-- left running.
local helper = require("helper")
local stress = require("core.stress")
local wss = require("wsstls")

-- Whoever inherits a killed orphan may take its time to reap it.
local function alive(pid)
  local state = helper.shell("ps -o stat= -p " .. pid)
  return state:find("^[^Z]") ~= nil
end

local function gone(pid)
  helper.wait(function() return not alive(pid) end, 5, "the end of " .. pid)
end

local function sh(text, o)
  o = o or {}
  o.command = { "sh", "-c", text }
  return wss.program(o)
end

describe("a program", function()
  local started = {}

  local function run(text, o)
    local one = assert(sh(text, o))
    started[#started + 1] = one
    return one
  end

  after_each(function()
    for i = #started, 1, -1 do
      started[i]:stop()
      started[i] = nil
    end
    helper.cleanup()
  end)

  it("tells its exit status and both streams of its output", function()
    local result = run("echo out; echo err >&2; exit 3"):wait(10)
    assert.equal(3, result.exit)
    assert.is_nil(result.signal)
    assert.equal("out\nerr\n", result.output)
    assert.is_false(result.children)
    assert.is_false(result.stopped)
    assert.is_true(result.duration > 0)
  end)

  it("that crashes tells the signal", function()
    local result = run("kill -SEGV $$"):wait(10)
    assert.is_nil(result.exit)
    assert.equal(11, result.signal)
  end)

  it("that hangs is told by wait, and is killed by stop", function()
    local one = run("echo $$; sleep 1000", { ready = "(%d+)\n" })
    local pid = one.pid
    local result, err, code = one:wait(0.05)
    assert.is_nil(result)
    assert.equal("timeout", code)
    assert.equal("timeout: sh did not end within 0.05 s", tostring(err))
    assert.is_true(one:stop())
    assert.equal(9, one:status().signal)
    assert.is_true(one:status().stopped)
    assert.is_false(alive(pid))
    assert.is_true(one:stop())
  end)

  it("is killed with its children and theirs", function()
    local one = run("sh -c 'sleep 1000 & echo $!; wait' & wait",
      { ready = "(%d+)\n" })
    local child = one:output():match("%d+")
    assert.is_true(alive(child))
    one:stop()
    gone(child)
  end)

  it("that leaves children has them killed when it ends", function()
    local one = run("sleep 1000 & echo $!")
    local result = one:wait(10)
    assert.equal(0, result.exit)
    assert.is_true(result.children)
    gone(result.output:match("%d+"))
  end)

  it("that floods its output keeps its beginning and its end", function()
    local one = run("echo first; yes | head -c 3000000; echo last")
    local result = one:wait(20)
    assert.equal(0, result.exit)
    local output, total = one:output()
    assert.equal(3000011, total)
    assert.is_true(#output < 66000)
    assert.matches("^first\ny\n", output)
    assert.matches("y\nlast\n$", output)
    assert.matches("\n[... 2934475 bytes cut ...]\n", output, 1, true)
  end)

  it("that floods for ever is stopped", function()
    local one = run("yes", { ready = "y\n" })
    one:stop()
    assert.equal(9, one:status().signal)
  end)

  it("keeps exactly 64 KiB uncut", function()
    local one = run("head -c 65536 /dev/zero | tr '\\0' x")
    assert.equal(("x"):rep(65536), one:wait(10).output)
  end)

  it("that does not exist is named", function()
    local one, err, code = wss.program { command = { "no-such-program" } }
    assert.is_nil(one)
    assert.equal("program-not-started", code)
    assert.equal("config", err.phase)
    assert.equal("program-not-started: no-such-program: No such file or "
      .. "directory", tostring(err))
    assert.equal("string", type(err:story()))
    one, err, code = sh("true", { cwd = "/nonexistent" })
    assert.is_nil(one)
    assert.equal("program-not-started", code)
    assert.matches("No such file", tostring(err), 1, true)
  end)

  it("that ends before it is ready says what it wrote", function()
    local one, err, code = sh("echo cannot bind; exit 1",
      { ready = "listening" })
    assert.is_nil(one)
    assert.equal("program-not-ready", code)
    assert.matches("sh ended with status 1; it wrote:\\ncannot bind",
      tostring(err), 1, true)
  end)

  it("that is never ready is stopped", function()
    local one, err, code = sh("exec " .. helper.NAP,
      { ready = "listening", timeout = 0.1 })
    assert.is_nil(one)
    assert.equal("program-not-ready", code)
    assert.matches("sleep|sh was not ready within 0.1 s; it wrote nothing",
      (tostring(err):gsub("sh was", "sleep|sh was")), 1, true)
    assert.equal(0, helper.napping())
  end)

  it("gives the port that it says it listens at", function()
    assert.equal(4711, run("echo listening on port 4711; exec sleep 100",
      { ready = "port (%d+)" }).port)
  end)

  it("is ready when a function says so", function()
    local seen
    local one = run("echo one; exec sleep 100", { ready = function(out, it)
      seen = it
      return out == "one\n"
    end })
    assert.equal(one, seen)
  end)

  it("reads what it is fed, however long, and no end of it", function()
    local text = ("x"):rep(299999) .. "\n"
    local one = run("head -n 1 | wc -c; cat; echo over", { stdin = text })
    assert.equal("300000", one:expect("%d+"))
    assert.is_nil(one:wait(0.05))
  end)

  it("without stdin reads an empty one", function()
    assert.equal("0\n", run("wc -c | tr -d ' '"):wait(10).output)
  end)

  it("has our environment, changed", function()
    local one = run("echo $A $HOME ${B-unset}", { env = { A = "a {host}",
      B = false } })
    assert.equal(("a 127.0.0.1 %s unset\n"):format(os.getenv("HOME")),
      one:wait(10).output)
  end)

  it("inherits none of our descriptors, and no ignored signal", function()
    local server = assert(wss.listen { tls = false })
    local result = run("ls /proc/self/fd | tr '\\n' ' '; "
      .. "grep SigIgn /proc/self/status"):wait(10)
    server:close()
    -- the fourth is the one of ls itself
    local ignored = result.output:match("^0 1 2 3 SigIgn:%s(%x+)\n$")
    assert.equal("string", type(ignored), result.output)
    -- 32 and above are the C library's own
    assert.matches("^[08]0000000$", ignored:sub(-8))
  end)

  it("leads a group of its own", function()
    local one = run("ps -o pid=,pgid= -p $$"):wait(10)
    local pid, group = one.output:match("(%d+)%s+(%d+)")
    assert.equal(pid, group)
  end)

  it("is killed when nobody holds it any more", function()
    local pid = assert(sh("exec sleep 1000")).pid
    collectgarbage()
    collectgarbage()
    assert.is_false(alive(pid))
  end)

  it("waits beside others inside of wss.run", function()
    local order = {}
    wss.run(function()
      for _, text in ipairs { "sleep 0.2; exit 1", "exit 2" } do
        wss.spawn(function()
          local exit = run(text):wait(10).exit
          order[#order + 1] = exit
        end)
      end
    end)
    assert.same({ 2, 1 }, order)
  end)

  it("raises for misuse at the caller", function()
    for message, o in pairs {
      ["option 'command' is missing"] = {},
      ["unknown option 'comand' (did you mean 'command'?)"] =
        { comand = "x" },
      ["option 'command': word 2 is a table"] = { command = { "a", {} } },
      ["option 'env': expected table, got string"] =
        { command = "x", env = "A=1" },
    } do
      local ok, err = pcall(function()
        local one = wss.program(o)
        return one
      end)
      assert.is_false(ok)
      assert.matches("program_spec.lua", err, 1, true)
      assert.matches(message, err, 1, true)
    end
  end)
end)

describe("a program's files", function()
  after_each(helper.cleanup)

  local function leaf()
    return assert(wss.pki.ca { cn = "CA" }):issue { cn = "localhost",
      dns = "localhost" }
  end

  it("are written for whoever names them, and removed by stop", function()
    local one = assert(wss.program { command = { "sh", "-c",
      "cat {cert} {key} {ca}; stat -c %a {cert} {key} {p12} {dir}; "
      .. "exec sleep 100" }, cert = leaf(), ca = leaf(), password = "x",
      ready = "700\n" })
    local output = one:output()
    assert.matches("BEGIN CERTIFICATE.*BEGIN PRIVATE KEY.*BEGIN CERTIFICATE",
      output)
    assert.matches("600\n600\n600\n700\n$", output)
    local dir = one.dir
    assert.equal("", (helper.shell("test -d " .. dir .. " || echo gone")))
    one:stop()
    assert.equal("gone", (helper.shell("test -d " .. dir .. " || echo gone")))
  end)

  it("are removed when it is collected, whatever it put beside them",
    function()
      local dir = assert(sh("mkdir -p {dir}/a/b; touch {dir}/a/b/c; "
        .. "echo done", { ready = "done" })).dir
      collectgarbage()
      collectgarbage()
      assert.equal("gone", (helper.shell("test -d " .. dir ..
        " || echo gone")))
    end)

  it("that are there already are named as they are", function()
    local result = assert(wss.program { command = { "echo", "{cert}",
      "{key}", "{password}" }, cert = "/a.pem", key = "/b.pem",
      password = "p" }):wait(10)
    assert.equal("/a.pem /b.pem p\n", result.output)
  end)

  it("that cannot be had are told", function()
    local one, err, code = wss.program { command = { "echo", "{cert}" } }
    assert.is_nil(one)
    assert.equal("program-not-started", code)
    assert.matches("{cert} is asked for, and there is no option 'cert'",
      tostring(err), 1, true)
  end)

  it("leave other braces alone", function()
    assert.equal("{nothing} {A}\n", assert(wss.program {
      command = { "echo", "{nothing}", "{A}" } }):wait(10).output)
  end)

  it("are quoted for the shell when the command is a line", function()
    local result = assert(wss.program { password = "it's $HOME",
      command = "echo {password} {url}", port = 4711 }):wait(10)
    assert.equal("it's $HOME wss://127.0.0.1:4711/\n", result.output)
  end)
end)

describe("when this process ends", function()
  after_each(helper.cleanup)

  local START = [[
    kept = assert(wss.program { command = "sleep 1000 & echo $!; wait",
      env = { D = "{dir}" }, ready = "%d+" })
    print(kept.pid, kept:output():match("%d+"), kept.dir)
  ]]

  it("programs and their files go with the Lua state", function()
    local output = stress.must_child(START)
    local pid, child, dir = output:match("(%d+)%s+(%d+)%s+(%S+)")
    gone(pid)
    gone(child)
    assert.equal("gone", (helper.shell("test -d " .. dir ..
      " || echo gone")))
  end)

  it("programs go when it exits without closing the state", function()
    local output = stress.must_child(START .. "io.stdout:flush() "
      .. "os.exit(0, false)", { LSAN_OPTIONS = "detect_leaks=0" })
    local pid, child, dir = output:match("(%d+)%s+(%d+)%s+(%S+)")
    gone(pid)
    gone(child)
    helper.must("rm -rf " .. dir)
  end)

  it("a program goes when it is killed", function()
    local output, status = stress.child(START .. "io.stdout:flush() "
      .. "os.execute('kill -KILL $PPID')")
    local pid, child, dir = output:match("(%d+)%s+(%d+)%s+(%S+)")
    assert.is_true(status ~= 0)
    gone(pid)
    helper.must(("kill -KILL %s; rm -rf %s"):format(child, dir))
  end)
end)
