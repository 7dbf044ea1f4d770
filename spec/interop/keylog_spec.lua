-- The key log makes a capture readable: tshark is the judge.
local capture = require("interop.capture")
local helper = require("helper")
local pki = require("wsstls.pki")
local wss = require("wsstls")

describe("a key log", function()
  local can, why = capture.possible()
  if not can then
    pending("lets tshark read the messages (" .. why .. ")")
    return
  end

  teardown(helper.cleanup)

  -- One message over a connection, captured; what tshark reads of it.
  local function captured(version, send)
    local dir = helper.dir()
    local keys = dir .. "/keys.log"
    local ca = pki.ca { cn = "Key log" }
    local server = assert(wss.listen {
      cert = ca:issue { ip = { "127.0.0.1" } },
      on_message = function(conn, data) conn:send(data) end,
    })
    local running = capture.start(dir, { server.port })
    local conn = assert(wss.connect(server.url, { ca = ca, keylog = keys,
      min_version = version, max_version = version }))
    send(conn)
    server:close()
    return running:read(keys,
      "-Y websocket -T fields -e websocket.payload.text", "again"), keys
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
