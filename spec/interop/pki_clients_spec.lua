--- Servers that present every recipe, and what other clients say of them on a
-- live connection: Node, Python, Chromium.
local dkjson = require("dkjson")
local helper = require("helper")
local servers = require("interop.recipe_servers")
local verdicts = require("interop.recipe_verdicts")
local wss = require("wsstls")

local CLIENTS = {
  node = { "node", helper.path("spec/interop/peers/recipe_client.js") },
  python = { "/usr/bin/python3",
    helper.path("spec/interop/peers/recipe_client.py") },
}

local running

setup(function() running = servers.start() end)
teardown(function()
  running:stop()
  helper.cleanup()
end)

-- Every case at once, so that a failure shows the whole picture.
local function compare(peer, words)
  local wrong = {}
  for _, one in ipairs(running.list) do
    local slug = one.case.slug
    local expected = verdicts.expected(peer, one.case)
    if words[slug] ~= expected then
      wrong[#wrong + 1] = ("%s: expected %s, got %s"):format(slug, expected,
        tostring(words[slug]))
    end
  end
  assert.equal("", table.concat(wrong, "\n"))
  assert.is_true(#running.list > 50)
end

for _, peer in ipairs { "node", "python" } do
  local command = CLIENTS[peer]
  local test = helper.installed(command[1]) and it or pending
  test("every server is judged by " .. peer .. " as by us", function()
    compare(peer, running:ask((table.unpack or unpack)(command)))
  end)
end

-- ---------------------------------------------------------------- Chromium

local PAGE = [[<!doctype html><title>recipes</title><script>
const jobs = %s
function dial (job) {
  return new Promise((done) => {
    const name = job.host || job.ip
    const ws = new WebSocket('wss://' + name + ':' + job.port + '/')
    ws.onopen = () => { ws.close(); done('OK') }
    ws.onerror = () => done('error')
  })
}
async function main () {
  const words = {}
  for (const job of jobs) words[job.slug] = await dial(job)
  const ws = new WebSocket('wss://' + location.host + '/done')
  ws.onopen = () => ws.send(JSON.stringify(words))
}
main()
</script>]]

-- A browser's home whose NSS database trusts the roots of every case.
local function browser_home()
  local home, count = helper.dir(), 0
  local db = "sql:" .. home .. "/.pki/nssdb"
  helper.must(("mkdir -p %s/.pki/nssdb && certutil -N --empty-password -d %s")
    :format(home, db))
  for _, one in ipairs(running.list) do
    for _, ca in ipairs(one.case.ca) do
      count = count + 1
      local path = helper.write(("%s/ca%d.pem"):format(home, count),
        ca:pem())
      helper.must(("certutil -A -n ca%d -t C,, -d %s -i %s"):format(count, db,
        path))
    end
  end
  return home
end

local function browse(home, url)
  -- nothing leaves this machine: every other name resolves to nothing
  local command = { "sh", "-c", 'ulimit -v unlimited; exec "$@"', "-",
    "chromium", "--headless", "--no-sandbox", "--disable-gpu",
    "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage", "--enable-logging=stderr",
    "--user-data-dir=" .. home .. "/profile", "--remote-debugging-port=0",
    "--host-resolver-rules=MAP *.test 127.0.0.1, MAP * ~NOTFOUND, "
      .. "EXCLUDE localhost, EXCLUDE 127.0.0.1", url }
  return helper.spawn { command = command, env = { HOME = home } }
end

-- The page dials one server after the other, and Chromium logs one line for
-- each handshake that failed: the reasons are in that order.
local function reasons(words, output)
  local list, at, out = {}, 0, {}
  for number in output:gmatch("handshake failed[^\n]-net_error (%-%d+)") do
    list[#list + 1] = number
  end
  for _, job in ipairs(running.jobs) do
    if words[job.slug] == "error" then
      at = at + 1
      out[job.slug] = list[at]
    else
      out[job.slug] = words[job.slug]
    end
  end
  assert.equal(at, #list, "failed handshakes in Chromium's log:\n" .. output)
  return out
end

local browser = helper.installed("chromium") and helper.installed("certutil")
local test = browser and it or pending

test("every server is judged by Chromium as by us, and a page of ours loads",
  function()
    local good, words = running.by_slug["control-good"].case.server, nil
    local page = assert(wss.listen {
      cert = good.cert, chain = good.chain, key = good.key,
      on_request = function(request)
        if request.path ~= "/" then return { status = 404 } end
        return { status = 200, headers = { ["content-type"] = "text/html" },
          body = PAGE:format(dkjson.encode(running.jobs)) }
      end,
      on_message = function(_, data) words = assert(dkjson.decode(data)) end,
    })
    local chromium = browse(browser_home(),
      ("https://localhost:%d/"):format(page.port))
    local ok = pcall(helper.wait, function() return words end, 90)
    local output = chromium:output()
    chromium:stop()
    page:close()
    assert.is_true(ok, "Chromium never finished:\n" .. output)
    compare("chromium", reasons(words, output))
  end)
