-- The key log makes a capture readable: tshark is the judge.
local helper = require("helper")
local pki = require("wsstls.pki")
local wss = require("wsstls")

local function can_capture()
  if not helper.installed("tshark") then return nil, "tshark is missing" end
  local out = helper.shell("timeout 20 tshark -i lo -a duration:1 -c 1 2>&1")
  if out:find("permission") or out:find("not permitted") then
    return nil, "tshark may not capture on the loopback interface here"
  end
  return true
end

describe("a key log", function()
  local can, why = can_capture()
  if not can then
    pending("lets tshark read the messages (" .. why .. ")")
    return
  end

  teardown(helper.cleanup)

  -- One message over a connection, captured; what tshark reads of it.
  local function captured(version, send)
    local dir = helper.dir()
    local keys, pcap = dir .. "/keys.log", dir .. "/capture.pcap"
    local ca = pki.ca { cn = "Key log" }
    local server = assert(wss.listen {
      cert = ca:issue { ip = { "127.0.0.1" } },
      on_message = function(conn, data) conn:send(data) end,
    })
    local tshark = helper.spawn { ready = "Capture started",
      command = { "tshark", "-i", "lo", "-f", "tcp port " .. server.port,
        "-w", pcap } }
    local conn = assert(wss.connect(server.url, { ca = ca, keylog = keys,
      min_version = version, max_version = version }))
    send(conn)
    server:close()
    local command = ("tshark -r %s -o tls.keylog_file:%s " ..
      "-d tcp.port==%d,tls -Y websocket -T fields " ..
      "-e websocket.payload.text 2>/dev/null")
      :format(pcap, keys, server.port)
    local text
    -- tshark writes behind: read until what was sent is there
    helper.wait(function()
      text = helper.shell(command)
      return text:find("again", 1, true)
    end, 10, "the capture")
    tshark:stop()
    return text, keys
  end

  for _, version in ipairs { "TLSv1.2", "TLSv1.3" } do
    it("lets tshark read the messages of " .. version, function()
      local text, keys = captured(version, function(conn)
        for _, word in ipairs { "open", "sesame", "again" } do
          assert(conn:send(word .. " in " .. version))
          assert.equal(word .. " in " .. version, (conn:receive(5)))
        end
        assert(conn:close())
      end)
      assert.is_truthy(text:find("open in " .. version, 1, true))
      assert.is_truthy(text:find("sesame in " .. version, 1, true))
      assert.equal("600", helper.shell("stat -c %a " .. keys))
    end)
  end
end)
