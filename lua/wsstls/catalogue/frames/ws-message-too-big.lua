local wss = require "wsstls"

local frame = wss.frame

return wss.scenario {
  name = "ws-message-too-big", row = 99, fault = "client",
  title = "A message is larger than max_message",
  text = "RFC 6455 7.4.1: 1009; all fragments count together.",
  tags = { "frames", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server", max_message = 100 },
  client = {
    ca = "$root",
    raw = function(peer)
      peer:upgrade()
      peer:write(frame.build { payload = ("x"):rep(101), mask = true })
      local close = frame.parse(assert(peer:read()))
      assert(frame.close_reason(close.payload) == 1009)
    end,
  },

  expect = {
    server = {
      code = "ws-message-too-big",
      phase = "open", fault = "client", rejected_by = "server",
      close_code = 1009,
    },
  },
  fixed = { client = { raw = "$none", send = { "hello" } } },
}
