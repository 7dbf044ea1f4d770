-- The scripts of README.md run as they are printed there.
local helper = require("helper")
local pki = require("wsstls.pki")
local wss = require("wsstls")

-- The fenced blocks of README.md in a language, in order.
local function blocks(language)
  local list, block = {}, nil
  for line in helper.read(helper.path("README.md")):gmatch("([^\n]*)\n") do
    if not block and line == "```" .. language then
      block = {}
    elseif block and line == "```" then
      list[#list + 1] = table.concat(block, "\n") .. "\n"
      block = nil
    elseif block then
      block[#block + 1] = line
    end
  end
  return list
end

-- The chunk, with `extra` in front of the global names.
local function chunk(text, extra)
  local env = setmetatable(extra, { __index = _G })
  if not setfenv then return assert(load(text, "=README.md", "t", env)) end
  local compile = rawget(_G, "loadstring") -- Lua 5.1
  return setfenv(assert(compile(text, "=README.md")), env)
end

-- A print that collects lines and tells `heard`, if there is one.
local function collector(heard)
  local lines = {}
  return lines, function(...)
    local words = { ... }
    for i = 1, select("#", ...) do words[i] = tostring(words[i]) end
    lines[#lines + 1] = table.concat(words, "\t")
    if heard then heard(#lines, lines[#lines]) end
  end
end

-- What differs from run to run.
local function timeless(text)
  return (text:gsub("(127%.0%.0%.1):%d+", "%1:PORT")
    :gsub("%d%d%d%d%-%d%d%-%d%d", "DATE"):gsub("%s+$", ""))
end

describe("README.md", function()
  local scripts = blocks("lua")

  teardown(helper.cleanup)

  it("has a script, a spec, a scenario, a network and a server", function()
    assert.equal(5, #scripts)
    for _, script in ipairs(scripts) do
      local _, lines = script:gsub("\n", "")
      assert.is_true(lines <= 18, "ten lines, not " .. lines)
    end
  end)

  it("prints what its script prints", function()
    local lines, print = collector()
    helper.within(10, chunk(scripts[1], { print = print }))
    assert.equal(timeless(blocks("text")[1]),
      timeless(table.concat(lines, "\n")))
  end)

  chunk(scripts[2], { describe = describe, it = it, assert = assert })()

  it("has a scenario that passes, broken and fixed", function()
    local scenario = chunk(scripts[3], {})()
    for _, fixed in ipairs { false, true } do
      local result = scenario:run { fixed = fixed }
      assert.is_true(result.ok, tostring(result))
    end
  end)

  it("damages a record, which both sides tell", function()
    local lines, print = collector()
    helper.within(20, chunk(scripts[4], { print = print }))
    assert.same({ "tls-bad-record-mac", "tls-bad-record-mac" }, lines)
  end)

  it("has a server that echoes and tells of who refuses it", function()
    local dir = helper.dir()
    local ca = pki.ca { cn = "README CA" }
    assert(ca:issue { ip = { "127.0.0.1" } }:save {
      cert = dir .. "/server.pem", key = dir .. "/server.key" })
    local echoed, code
    local function client(url)
      local conn = assert(wss.connect(url, { ca = ca }))
      conn:send("hello")
      echoed = conn:receive(5)
      conn:close()
      code = select(3, wss.connect(url, { ca = pki.ca { cn = "Another" } }))
    end
    local task
    local lines, print = collector(function(number, line)
      if number == 1 then
        task = wss.spawn(client, line:match("^listening on (wss://%S+)$"))
      else
        wss.spawn(function()
          task:join()
          wss.stop()
        end)
      end
    end)
    helper.within(10, chunk(scripts[5], { print = print,
      arg = { dir .. "/server.pem", dir .. "/server.key", "0" } }))
    assert.equal("hello", echoed)
    assert.equal("cert-untrusted", code)
    assert.equal(2, #lines)
    assert.is_truthy(lines[2]:find("error[cert-rejected]", 1, true), lines[2])
  end)
end)
