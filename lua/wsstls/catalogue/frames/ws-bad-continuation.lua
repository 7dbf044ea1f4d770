local wss = require "wsstls"

local frame = wss.frame

return wss.scenario {
  name = "ws-bad-continuation", row = 97, fault = "client",
  title = "A continuation of nothing",
  text = "RFC 6455 5.4: there is no message that it could continue.",
  tags = { "frames", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = {
    ca = "$root",
    raw = function(peer)
      peer:upgrade()
      peer:write(frame.build { opcode = "continuation", payload = "lo",
        mask = true })
      local close = frame.parse(assert(peer:read()))
      assert(frame.close_reason(close.payload) == 1002)
    end,
  },

  expect = {
    server = {
      code = "ws-protocol-error", slug = "ws-bad-continuation",
      phase = "open", fault = "client", rejected_by = "server",
      close_code = 1002,
    },
  },
  fixed = { client = { raw = "$none", send = { "hello" } } },
}
