-- `wsstls relay` between programs that know nothing of it.
local endings = require("core.endings")
local helper = require("helper")
local run = require("core.command")
local stress = require("core.stress")
local wss = require("wsstls")

local function decode(text)
  return assert(require("wsstls.json").decode(text))
end

local function lines_of(text)
  local list = {}
  for line in text:gmatch("[^\n]+") do list[#list + 1] = line end
  return list
end

describe("wsstls relay", function()
  after_each(helper.cleanup)

  local function start(...)
    local command = { "sh", "-c", stress.lua .. ' lua/bin/wsstls.lua "$@"',
      "-", "relay", ... }
    return helper.spawn { command = command, timeout = 20,
      ready = "^(relay|.\"port\"|.*\"url\")" }
  end

  it("prints records as they pass, and what it did to them", function()
    local server = endings.serve { on_message = function(conn, data)
      conn:send(data)
    end }
    local process = start("--upstream", "127.0.0.1:" .. server.port,
      "--connections", "1", "--rule",
      "from=server,record=application,nth=8,action=flip", "--rule",
      "record=alert,action=drop")
    local port = process:output():match("wss://127.0.0.1:(%d+)/")
    local conn = assert(wss.connect(("wss://127.0.0.1:%d/"):format(port), {
      ca = endings.certs().ca, min_version = "TLSv1.3", timeout = 8 }))
    conn:send("hello")
    helper.fails("tls-bad-record-mac", conn:receive(8))
    local status, output = process:wait()
    assert.equal(0, status)
    assert.matches("#1 client  handshake +client_hello +%d+\n", output)
    assert.matches("#1 server  application +%d+  flip %(rule 1%)\n", output)
    assert.matches("#1 ended by %w+: %d+ bytes from the client", output)
    assert.matches("rule 2 %(drop%) never fired: no alert record came",
      output)
    server:close()
  end)

  it("prints a JSON object per line with --json", function()
    local process = start("--json", "--upstream",
      "127.0.0.1:" .. helper.free_port(), "--connections", "1")
    local port = decode(lines_of(process:output())[1]).port
    assert.is_nil((wss.connect(("ws://127.0.0.1:%d/"):format(port), {
      timeout = 5 })))
    assert.equal(0, (process:wait()))
    local lines = lines_of(process:output())
    assert.equal("tcp-refused", decode(lines[2]).action)
    assert.equal("upstream", decode(lines[3]).ended_by)
  end)

  it("knows bytes in hexadecimal and from files", function()
    local file = helper.write(helper.dir() .. "/b", "\21\3\3\0\2\2\80")
    for _, word in ipairs { "hex:15030300020250", "@" .. file } do
      local server = endings.serve {}
      local process = start("--upstream", "127.0.0.1:" .. server.port,
        "--connections", "1", "--rule",
        "from=server,nth=1,action=inject,bytes=" .. word)
      local port = process:output():match("wss://127.0.0.1:(%d+)/")
      helper.fails("tls-alert", wss.connect(
        ("wss://127.0.0.1:%d/"):format(port), {
          ca = endings.certs().ca, timeout = 5 }))
      process:wait()
      server:close()
    end
  end)

  for _, case in ipairs {
    { "did you mean 'flip'", "--upstream", "x:1", "--rule", "action=flp" },
    { "unknown field 'acton' (did you mean 'action'?)", "--upstream", "x:1",
      "--rule", "acton=flip" },
    { "'nth': expected a whole number", "--upstream", "x:1", "--rule",
      "nth=five,action=flip" },
    { "'flip' is not NAME=VALUE", "--upstream", "x:1", "--rule", "flip" },
    { "is not hexadecimal", "--upstream", "x:1", "--rule",
      "action=inject,bytes=hex:1" },
    { "'upstream': a relay needs to know where to", "--port", "0" },
    { "'port': expected a whole number from 0 to 65535", "--upstream", "x:1",
      "--port", "70000" },
  } do
    it("refuses: " .. case[1], function()
      local status, out, err = run("relay", (table.unpack or unpack)(case, 2))
      assert.equal(1, status)
      assert.equal("", out)
      assert.is_truthy(err:find(case[1], 1, true), err)
      assert.is_truthy(err:find("^wsstls: [^\n]+\n$"), err)
    end)
  end
end)
