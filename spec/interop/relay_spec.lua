-- The relay between programs that know nothing of it, and what tshark reads
-- of a damaged connection.
local capture = require("interop.capture")
local endings = require("core.endings")
local helper = require("helper")
local lab = require("core.relay_lab")
local wss = require("wsstls")

describe("a damaged record", function()
  local can, why = capture.possible()
  if not can then
    pending("is decoded by tshark (" .. why .. ")")
    return
  end

  teardown(helper.cleanup)

  for _, version in ipairs(lab.VERSIONS) do
    for _, from in ipairs { "client", "server" } do
      it(("of the %s is bad_record_mac to tshark as well (%s)"):format(from,
        version), function()
        local dir = helper.dir()
        local keys = dir .. "/keys.log"
        local relay, server = lab.open { rules = { { from = from,
          record = "application", nth = lab.DATA[version][from],
          action = "flip" } } }
        local running = capture.start(dir, { relay.port, server.port })
        local conn = assert(wss.connect(relay.url, {
          ca = endings.certs().ca, keylog = keys, min_version = version,
          max_version = version }))
        conn:send("hello")
        helper.fails("tls-bad-record-mac", conn:receive(5))
        helper.wait(function() return relay:connections()[1].over end, 5,
          "the end")
        local text = running:read(keys, "-Y tls.alert_message.desc -T fields "
          .. "-e tcp.srcport -e tcp.dstport -e tls.alert_message.level "
          .. "-e tls.alert_message.desc", "%d+\t%d+\t2\t20.*\n%d+\t%d+\t2\t20")
        -- on both legs, from the one that got the damaged record
        local expected = from == "server"
          and { "\t" .. relay.port .. "\t2\t20",
                "\t" .. server.port .. "\t2\t20" }
          or { server.port .. "\t%d+\t2\t20", relay.port .. "\t%d+\t2\t20" }
        for _, pattern in ipairs(expected) do
          assert.matches(pattern, text)
        end
        relay:close()
        server:close()
      end)
    end
  end
end)

describe("a relay between openssl s_client and s_server", function()
  teardown(helper.cleanup)

  local function between(rules, options)
    local dir = helper.dir()
    assert(endings.certs().leaf:save { cert = dir .. "/cert.pem",
      key = dir .. "/key.pem" })
    local port = helper.free_port()
    helper.spawn { ready = "ACCEPT", stdin = "", command = { "openssl",
      "s_server", "-port", tostring(port), "-cert", dir .. "/cert.pem",
      "-key", dir .. "/key.pem", "-rev" } }
    local relay = assert(wss.relay { upstream = "127.0.0.1:" .. port,
      rules = rules })
    local client = helper.spawn { stdin = "stressed\n", command = {
      "openssl", "s_client", "-quiet", "-connect",
      "127.0.0.1:" .. relay.port, options } }
    return relay, client
  end

  for option, damaged in pairs { ["-tls1_2"] = 1, ["-tls1_3"] = 7 } do
    it("passes what they say (" .. option .. ")", function()
      local relay, client = between({}, option)
      client:expect("desserts", 10)
      relay:close()
    end)

    it("makes the client say bad record mac (" .. option .. ")", function()
      -- s_server sends two tickets in 1.3 before its first line
      local relay, client = between({ { from = "server",
        record = "application", nth = damaged, action = "flip" } }, option)
      client:expect("bad record mac", 10)
      assert.equal(1, #lab.touched(relay:records()))
      relay:close()
    end)
  end
end)
