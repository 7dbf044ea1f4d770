-- Certificate scenarios: ours against a shell script of openssl s_server and
-- s_client, and against Node: bench/scenarios.lua [--quick]
-- Each issues the leaf, serves it, dials it, and judges both sides; CA and
-- keys are reused, everything else is new. The three run in turn, several
-- times; what counts is the best of each, for anything else on the machine
-- only ever adds to it. The factors compare the time by the clock; ours
-- waits for nobody, so the CPU time of its one thread is held to the 2.5 ms:
-- on an idle machine the two are the same.
local core = require("wsstls.core")
local helper = require("helper")
local wss = require("wsstls")

local quick = arg[1] == "--quick"
local ROUNDS = quick and 2 or 5
local SCRIPTED = quick and 8 or 24
local FIRST_PORT = 23000

local function must(x, err) return x or error(tostring(err), 0) end

-- ------------------------------------------------------------------- ours

local function ours(list)
  return function()
    local wall, cpu = core.now(), os.clock()
    local results = wss.scenario.matrix { scenarios = list,
      versions = { "TLSv1.2", "TLSv1.3" } }
    local n = #results
    wall, cpu = core.now() - wall, os.clock() - cpu
    for _, result in ipairs(results) do
      if not result.ok then error(result:story(), 0) end
    end
    return wall / n * 1000, cpu / n * 1000, n
  end
end

-- ---------------------------------------------------------- what is reused

local EXTENSIONS = "subjectAltName=DNS:localhost\n"
  .. "keyUsage=digitalSignature\nextendedKeyUsage=serverAuth\n"

local function material(dir)
  local pki = wss.pki
  local root = must(pki.ca { cn = "Root" })
  local inter = must(root:intermediate { cn = "Intermediate" })
  local key = must(pki.key())
  local function leaf(o)
    o.dns, o.key = "localhost", key
    return must(inter:issue(o))
  end
  must(root:save { pem = dir .. "/root.pem" })
  must(inter:save { pem = dir .. "/inter.pem", key = dir .. "/inter.key" })
  must(key:save { key = dir .. "/leaf.key" })
  must(leaf({}):save { cert = dir .. "/good.pem" })
  must(leaf({ not_after = "2020-01-01" }):save { cert = dir .. "/old.pem" })
  helper.write(dir .. "/leaf.ext", EXTENSIONS)
  must(pki.csr { cn = "localhost", key = key }):save {
    csr = dir .. "/leaf.csr" }
end

-- ----------------------------------------------------------------- theirs

local function timed(command, count)
  local output = helper.must("bash -c " .. helper.quote("time -p "
    .. command))
  if not output:find("failed=0", 1, true) then
    error(command .. ": " .. output, 0)
  end
  local real, user, sys =
    output:match("real ([%d.]+)%s+user ([%d.]+)%s+sys ([%d.]+)")
  return real / count * 1000, (user + sys) / count * 1000, count
end

local port = FIRST_PORT

local function shell(dir)
  return function()
    port = port + SCRIPTED
    return timed(("sh bench/peers/scenarios.sh %s %d %d; rm -f %s/ready")
      :format(dir, SCRIPTED, port, dir), SCRIPTED)
  end
end

local NODE = "NODE_PATH=${NODE_PATH:-build/node/node_modules:"
  .. "/usr/share/nodejs} node bench/peers/scenarios.js "

local function node(dir, count, mint)
  return function()
    return timed(("env %s %s %d %s"):format(NODE, dir, count, mint), count)
  end
end

-- ----------------------------------------------------------------- report

local function best(candidates)
  for _ = 1, ROUNDS do
    for _, c in ipairs(candidates) do
      collectgarbage()
      local wall, cpu, count = c.run()
      c.wall = math.min(c.wall or math.huge, wall)
      c.cpu = math.min(c.cpu or math.huge, cpu)
      c.count = count
    end
  end
end

local function row(c, base)
  local wanted = c.wanted and (c.wall / base.wall >= c.wanted
    and "yes" or "NO") or ""
  if c == base then wanted = c.cpu <= 2.5 and "yes" or "NO" end
  print(("| %s | %d | %.2f | %.2f | %.1f | %s | %s |"):format(c.name, c.count,
    c.wall, c.cpu, c.wall / base.wall, c.wanted and c.wanted .. "x"
      or c == base and "2.5 ms CPU" or "", wanted))
end

local function main()
  local dir = helper.dir()
  material(dir)
  local list = wss.scenario.all { group = "certificate" }
  ours(list)() -- the keys that are reused have to be there once
  local candidates = {
    { name = "wss.scenario, the whole certificate group",
      run = ours(list) },
    { name = "shell, openssl s_server and s_client", run = shell(dir),
      wanted = 20 },
    { name = "Node ws, leaf issued by openssl",
      run = node(dir, SCRIPTED, "mint"), wanted = 4 },
    { name = "Node ws, certificates ready-made",
      run = node(dir, SCRIPTED * 10, "") },
  }
  best(candidates)
  print "\n## Certificate scenarios\n"
  print "| one scenario | runs | ms | of it CPU | times ours | wanted | |"
  print "|---|---|---|---|---|---|---|"
  for _, c in ipairs(candidates) do row(c, candidates[1]) end
end

local ok, err = pcall(main)
helper.cleanup()
if not ok then io.stderr:write(tostring(err), "\n") end
os.exit(ok and 0 or 1)
