-- Making and verifying certificates: bench/pki.lua [--quick]
-- CPU time of one thread; each figure is the best of several rounds, since
-- anything else on the machine only ever adds to it.
local core = require("wsstls.core")
local helper = require("helper")
local pki = require("wsstls.pki")
local wss = require("wsstls")

local quick = arg[1] == "--quick"
local ROUNDS = quick and 2 or 5

local function rate(count, fn)
  if quick then count = math.ceil(count / 10) end
  local best = math.huge
  for _ = 1, ROUNDS do
    collectgarbage()
    local began = os.clock()
    for _ = 1, count do fn() end
    best = math.min(best, (os.clock() - began) / count)
  end
  return 1 / best
end

local function must(x, err) return x or error(tostring(err), 0) end


local function say(what, value, wanted)
  local ok = value >= wanted
  print(("| %s | %.0f | %.0f | %s |"):format(what, value, wanted,
    ok and "yes" or "NO"))
end

local function making()
  local ca = must(pki.ca { cn = "bench" })
  local function issue(key)
    return function()
      must(ca:issue { cn = "localhost", dns = "localhost", ip = "127.0.0.1",
        key = key })
    end
  end
  local rsa = must(pki.key "rsa")
  must(ca:issue { cn = "x", key = { type = "rsa", pool = true } })
  print "| making, per second | measured | wanted | |"
  print "|---|---|---|---|"
  say("EC P-256 leaf with a key of its own", rate(4000, issue()), 2000)
  say("RSA-2048 leaf, pooled keys",
    rate(2000, issue { type = "rsa", pool = true }), 1000)
  say("RSA-2048 leaf, one key", rate(2000, issue(rsa)), 1000)
  print(("| self-signed EC leaf | %.0f | | |"):format(rate(2000, function()
    must(pki.self_signed { cn = "localhost", dns = "localhost" })
  end)))
  print(("| CRL with 100 entries | %.0f | | |"):format(rate(500, function()
    local list = {}
    for i = 1, 100 do list[i] = i end
    must(ca:crl { revoked = list })
  end)))
end

-- The C loop and ours in turn, so that both meet the same machine.
local function verifying()
  local dir = helper.dir()
  local ca = must(pki.ca { cn = "bench" })
  local leaf = must(must(ca:intermediate { cn = "i" }):issue {
    cn = "localhost", dns = "localhost" })
  must(ca:save { cert = dir .. "/ca.pem" })
  must(leaf:save { cert = dir .. "/leaf.pem" })
  local chain = must(pki.load(dir .. "/leaf.pem"))
  local store = must(pki.store { ca = ca })
  -- short turns, many of them: the best of each is what nobody disturbed
  local count, turns = 150, quick and 5 or 80
  local function ours()
    local began = os.clock()
    for _ = 1, count do
      assert(wss.verify { chain = chain, ca = store, host = "localhost" }.ok)
    end
    return count / (os.clock() - began)
  end
  local function loop()
    local output = helper.must(("build/bench/verify_loop %s/ca.pem "
      .. "%s/leaf.pem localhost %d"):format(dir, dir, count))
    return tonumber(output:match("rate=(%d+)"))
  end
  local mine, floor = 0, 0
  for _ = 1, turns do
    mine, floor = math.max(mine, ours()), math.max(floor, loop())
  end
  local began = core.now()
  local calls = 20
  for _ = 1, calls do
    helper.must(("openssl verify -CAfile %s/ca.pem -untrusted %s/leaf.pem "
      .. "-verify_hostname localhost %s/leaf.pem"):format(dir, dir, dir))
  end
  local tool = calls / (core.now() - began)
  print "\n| verifying, per second | measured | wanted | |"
  print "|---|---|---|---|"
  print(("| X509_verify_cert in a C loop | %.0f | | |"):format(floor))
  say("wss.verify, parsed chain, pki.store", mine, floor * 0.95)
  say("the same, beside one `openssl verify` per call", mine, tool * 10)
end

local ok, err = pcall(function()
  print "\n## Certificates\n"
  -- first, on a heap as young as the C loop's
  verifying()
  making()
end)
helper.cleanup()
if not ok then io.stderr:write(tostring(err), "\n") end
os.exit(ok and 0 or 1)
