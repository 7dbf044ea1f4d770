-- Compares the relay with socat: relay.lua [--write FILE] [MEBIBYTES]
-- 1 GiB through each, several times over in turn, the relay on one core, both
-- ends on the other; checksums must agree. Absolute numbers are the
-- machine's.
local helper = require("helper")

local REPEATS = 3
local lua = arg[-1] or "lua5.4"

local SERVE = [[
local wss = require "wsstls"
local relay = assert(wss.relay { upstream = "127.0.0.1:" .. arg[1],
  rules = arg[2] and { { from = "client", record = "alert",
    action = "drop" } } })
print("pid " .. io.open("/proc/self/stat"):read("*a"):match("^%d+"))
print("ready " .. relay.port)
io.stdout:flush()
wss.run()
]]

local function relay(script, rules)
  return function(upstream)
    local command = { "taskset", "-c", "0", lua, script, tostring(upstream) }
    command[#command + 1] = rules
    local process = helper.spawn { command = command, ready = "^ready" }
    local text = process:output()
    return process, tonumber(text:match("ready (%d+)")),
      tonumber(text:match("pid (%d+)"))
  end
end

local function socat(size)
  return function(upstream)
    local port = helper.free_port()
    return helper.spawn { ready = "listening on", command = { "taskset", "-c",
      "0", "socat", "-d", "-d", "-b", tostring(size),
      ("TCP-LISTEN:%d,bind=127.0.0.1,reuseaddr"):format(port),
      "TCP:127.0.0.1:" .. upstream } }, port
  end
end

-- Most memory it ever had, in MB; 0: it has left, as socat does.
local function peak(pid)
  local status = pid and helper.read(("/proc/%d/status"):format(pid)) or ""
  return (tonumber(status:match("VmHWM:%s*(%d+)")) or 0) / 1024
end

local function measure(start, mebibytes, kind)
  local upstream = helper.free_port()
  local process, port, pid = start(upstream)
  local output = helper.must(("taskset -c 1 timeout 120 build/bench/pipe " ..
    "%d %d %d %s"):format(upstream, port, mebibytes * 2 ^ 20, kind))
  local memory = peak(pid)
  process:stop()
  assert(output:find("same=1", 1, true), "damaged: " .. output)
  local bytes = tonumber(output:match("bytes=(%d+)"))
  return bytes / 1e6 / tonumber(output:match("seconds=([%d.]+)")), memory
end

local function median(list)
  table.sort(list)
  return list[math.ceil(#list / 2)]
end

local function compare(mebibytes, kind, say)
  local script = helper.write(helper.dir() .. "/serve.lua", SERVE)
  local peers = { { "socat", socat(8192) },
    { "socat -b 131072", socat(131072) }, { "relay", relay(script) },
    { "relay with a rule", relay(script, "rule") } }
  for _ = 1, REPEATS do
    for _, peer in ipairs(peers) do
      peer.rates, peer.memory = peer.rates or {}, peer.memory or 0
      local rate, memory = measure(peer[2], mebibytes, kind)
      table.insert(peer.rates, rate)
      peer.memory = math.max(peer.memory, memory)
    end
  end
  local base = median(peers[1].rates)
  for _, peer in ipairs(peers) do
    local rate = median(peer.rates)
    say(("| %s | %.0f | %.2f | %s |"):format(peer[1], rate, rate / base,
      peer.memory > 0 and ("%.1f"):format(peer.memory) or ""))
  end
end

local function main()
  if not helper.installed("socat") then
    print("no socat here: the relay is not compared")
    return
  end
  local mebibytes, path, lines = 1024, nil, {}
  local i = 1
  while arg[i] do
    if arg[i] == "--write" then
      path, i = arg[i + 1], i + 1
    else
      mebibytes = tonumber(arg[i])
    end
    i = i + 1
  end
  local function say(line)
    lines[#lines + 1] = line
    print(line)
  end
  for _, kind in ipairs { "", "plain" } do
    say(("\n## A relay passes %d MiB %s, checksums equal\n"):format(mebibytes,
      kind == "" and "of TLS records" or "that are no TLS"))
    say("| | MB/s | of socat | peak MB |")
    say("|---|---|---|---|")
    compare(mebibytes, kind, say)
  end
  if path then
    local file = assert(io.open(path, "a"))
    file:write(table.concat(lines, "\n"), "\n")
    file:close()
  end
end

local ok, err = pcall(main)
helper.cleanup()
if not ok then
  io.stderr:write(tostring(err), "\n")
  os.exit(1)
end
