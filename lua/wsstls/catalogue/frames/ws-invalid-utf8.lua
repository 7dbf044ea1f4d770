local wss = require "wsstls"

local frame = wss.frame

return wss.scenario {
  name = "ws-invalid-utf8", row = 98, fault = "client",
  title = "A text message is not UTF-8",
  text = "RFC 6455 8.1. libwebsockets by itself would accept it.",
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
      peer:write(frame.build { payload = "caf\233", mask = true })
      local close = frame.parse(assert(peer:read()))
      assert(frame.close_reason(close.payload) == 1007)
    end,
  },

  expect = {
    server = {
      code = "ws-invalid-utf8",
      phase = "open", fault = "client", rejected_by = "server",
      close_code = 1007,
    },
  },
  fixed = { client = { raw = "$none", send = { "hello" } } },
}
