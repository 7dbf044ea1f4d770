-- Compares wsstls with other servers and clients:
--   run.lua [--write FILE] [--quick] [metric...]
-- Everything a metric compares runs in turn, several times over, the server
-- on one core and the load on another. What counts is the CPU time of the
-- process under test per operation, as the kernel accounts it, relative to
-- plain libwebsockets in the same run: absolute numbers are the machine's.
local helper = require("helper")

local REPEATS = 3
local LOCAL, LOAD = "0", "1"
local lua = arg[-1] or "lua5.4"
local baseline = "libwebsockets"

local function pinned(...)
  return { "sh", "-c", 'echo "pid $$"; ulimit -n "$(ulimit -Hn)"; ' ..
    'exec taskset -c ' .. LOCAL .. ' "$@"', "-", ... }
end

-- `slow` divides the number of operations, `largest` leaves out longer
-- messages: both keep the run short.
local SERVERS = {
  { name = baseline, command = { "build/bench/lws_echo" } },
  { name = "libwebsockets, tuned", command = { "build/bench/lws_echo" },
    more = { "tuned" } },
  { name = "OpenSSL and epoll (floor)", command = { "build/bench/floor" } },
  { name = "wsstls", command = { lua, "bench/echo.lua" } },
  { name = "Node ws", command = { "node", "bench/peers/echo.js" },
    slow = 4, test = "node -e 'require(\"ws\")'" },
  { name = "Python websockets", slow = 10,
    command = { "/usr/bin/python3", "bench/peers/echo.py" },
    test = "/usr/bin/python3 -c 'import websockets'" },
  { name = "lua-http", command = { "lua5.1", "bench/peers/lua_http.lua" },
    slow = 20, largest = 65536,
    test = "lua5.1 -e 'require \"http.websocket\"'" },
}

local CLIENTS = {
  { name = baseline, command = { "build/bench/lws_client" } },
  { name = "wsstls", command = { lua, "bench/client.lua" } },
  { name = "Node ws", command = { "node", "bench/peers/echo.js" },
    client = true, test = "node -e 'require(\"ws\")'" },
  { name = "Python websockets", client = true,
    command = { "/usr/bin/python3", "bench/peers/echo.py" },
    test = "/usr/bin/python3 -c 'import websockets'" },
  { name = "lua-http", command = { "lua5.1", "bench/peers/lua_http.lua" },
    client = true, test = "lua5.1 -e 'require \"http.websocket\"'" },
}

local function echo(connections, size, messages, idle)
  return { mode = "echo", count = messages, size = size, peers = SERVERS,
    options = function(count)
      return { connections, size, count, idle or 0 }
    end }
end

local METRICS = {
  { "echo-64", "echo, 64 B, 50 connections", echo(50, 64, 40000) },
  { "echo-1k", "echo, 1 KiB, 500 connections", echo(500, 1024, 40000) },
  { "echo-64k", "echo, 64 KiB, 50 connections", echo(50, 65536, 4000) },
  { "echo-1m", "echo, 1 MiB, 50 connections", echo(50, 1048576, 400) },
  { "idle-10", "echo, 64 B, 10 connections", echo(10, 64, 20000) },
  { "idle-9000", "the same beside 9,000 idle connections",
    echo(10, 64, 20000, 9000) },
  { "handshake", "connect, verify, upgrade, close (server, EC)", {
    mode = "handshake", count = 1500, peers = SERVERS,
    options = function(count) return { 8, count } end } },
  { "client", "connect, verify, echo, close (client, EC)", {
    mode = "client", count = 500, peers = CLIENTS } },
}
local USUAL = { "echo-64", "echo-64k", "echo-1m", "handshake", "client" }

local function parse(argv)
  local o = { metrics = {}, repeats = REPEATS, divide = 1 }
  local i = 1
  while argv[i] do
    if argv[i] == "--write" then
      o.write, i = argv[i + 1], i + 1
    elseif argv[i] == "--quick" then
      o.repeats, o.divide = 1, 10
    else
      o.metrics[#o.metrics + 1] = argv[i]
    end
    i = i + 1
  end
  if not o.metrics[1] then o.metrics = USUAL end
  return o
end

local function certificates()
  local dir = helper.dir()
  helper.must(("cd %s && openssl req -x509 -newkey ec -pkeyopt " ..
    "ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem " ..
    "-subj /CN=bench -days 30"):format(dir))
  helper.must(("cd %s && openssl req -x509 -CA ca.pem -CAkey ca.key " ..
    "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem " ..
    "-out cert.pem -subj /CN=localhost -days 30 -addext " ..
    "subjectAltName=DNS:localhost,IP:127.0.0.1 -addext " ..
    "basicConstraints=critical,CA:FALSE"):format(dir))
  return dir .. "/ca.pem", dir .. "/cert.pem", dir .. "/key.pem"
end

local ca, cert, key = certificates()

local function start(peer) -- raises when it does not get ready
  local words = pinned((table.unpack or unpack)(peer.command))
  words[#words + 1] = cert
  words[#words + 1] = key
  for _, word in ipairs(peer.more or {}) do words[#words + 1] = word end
  local server = helper.spawn { command = words, ready = "^ready [0-9]+",
    env = { NODE_PATH = "build/node/node_modules:/usr/share/nodejs" } }
  return server, server:output():match("ready (%d+)"),
    server:output():match("pid (%d+)")
end

local function figures(command)
  local output, status = helper.shell(command)
  if status ~= 0 then return nil, output end
  local result = {}
  for name, value in output:gmatch("(%w+)=([%d.]+)") do
    result[name] = tonumber(value)
  end
  return result
end

local function words(...)
  local list = {}
  for _, part in ipairs { ... } do
    for _, word in ipairs(type(part) == "table" and part or { part }) do
      list[#list + 1] = helper.quote(word)
    end
  end
  return table.concat(list, " ")
end

local function measure_server(metric, peer, count)
  local server, port, pid = start(peer)
  local result, err = figures(words("taskset", "-c", LOAD,
    "build/bench/load", metric.mode, port, ca, pid, metric.options(count)))
  server:stop()
  return result, err
end

local function measure_client(_, peer, count)
  local server, port = start { command = { "build/bench/floor" } }
  local result, err = figures("NODE_PATH=build/node/node_modules:" ..
    "/usr/share/nodejs taskset -c " .. LOAD .. " " ..
    words(peer.command, port, ca, count, peer.client and "client" or {}))
  server:stop()
  return result, err
end

local function median(list, name)
  local values = {}
  for i, result in ipairs(list) do values[i] = result[name] end
  table.sort(values)
  return values[math.ceil(#values / 2)]
end

local function wanted(peer, metric)
  if (metric.size or 0) > (peer.largest or math.huge) then return false end
  if not peer.test then return true end
  local _, status = helper.shell(
    "NODE_PATH=build/node/node_modules:/usr/share/nodejs " .. peer.test)
  return status == 0
end

local function compare(metric, o, say)
  local results = {}
  for _ = 1, o.repeats do
    for i, peer in ipairs(metric.peers) do
      results[i] = results[i] or {}
      if wanted(peer, metric) and not results[i].error then
        local count = math.ceil(metric.count / (peer.slow or 1) / o.divide)
        local measure = metric.mode == "client" and measure_client or
          measure_server
        local ok, result, err = pcall(measure, metric, peer, count)
        if not ok then result, err = nil, result end
        results[i][#results[i] + 1] = result
        results[i].error = not result and err
      end
    end
  end
  local base = results[1][1] and median(results[1], "cpu")
  for i, peer in ipairs(metric.peers) do
    local list = results[i]
    if list.error then
      say(("| %s | failed | | | | |"):format(peer.name))
      io.stderr:write(peer.name, ": ", list.error, "\n")
    elseif list[1] then
      local cpu = median(list, "cpu")
      local rate, p50 = median(list, "rate"), median(list, "p50")
      local p99, idle = median(list, "p99"), median(list, "idle")
      say(("| %s | %.1f | %s | %s | %s | %s |%s"):format(peer.name, cpu,
        base and ("%.2f"):format(base / cpu) or "",
        rate and ("%.0f"):format(rate) or "",
        p50 and ("%.0f"):format(p50) or "",
        p99 and ("%.0f"):format(p99) or "",
        idle and (" %.1f KB per idle connection"):format(idle / 1000) or ""))
    end
  end
end

local HEAD = [[
# Performance

Written by `make bench-doc` on one machine; absolute numbers are that
machine's noise, the ratios count. Server on one core, load on another, TLS
1.3 with AES-128-GCM and X25519, P-256 certificates, verification on; the
median of %d interleaved runs. CPU is the time of the process under test per
operation; capacity is relative to plain libwebsockets (poll loop, its own
defaults) in the same run, higher is better.
]]

local function main()
  local o = parse(arg)
  local lines = { HEAD:format(o.repeats) }
  local function say(line)
    lines[#lines + 1] = line
    print(line)
  end
  for _, name in ipairs(o.metrics) do
    local known
    for _, m in ipairs(METRICS) do
      if m[1] == name then
        known = true
        say(("\n## %s\n"):format(m[2]))
        say("| | CPU us | capacity | per second | p50 us | p99 us |")
        say("|---|---|---|---|---|---|")
        compare(m[3], o, say)
      end
    end
    if not known then error("no metric is called " .. name, 0) end
  end
  if o.write then
    helper.must("mkdir -p docs")
    helper.write(o.write, table.concat(lines, "\n") .. "\n")
  end
end

local ok, err = pcall(main)
helper.cleanup()
if not ok then
  io.stderr:write(tostring(err), "\n")
  os.exit(1)
end
