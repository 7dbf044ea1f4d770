local wss = require "wsstls"

local frame = wss.frame

return wss.scenario {
  name = "ws-bad-deflate", fault = "client",
  title = "A compressed message that is no deflate stream",
  text = "RFC 7692 7.2.2: permessage-deflate was agreed on, and these bytes "
    .. "inflate to nothing.",
  tags = { "frames", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server", compress = true },
  client = {
    ca = "$root",
    raw = function(peer)
      peer:upgrade {
        ["Sec-WebSocket-Extensions"] = "permessage-deflate" }
      peer:write(frame.build { rsv1 = true, payload = "\255\255\255",
        mask = true })
      local close = frame.parse(assert(peer:read()))
      assert(frame.close_reason(close.payload) == 1007)
    end,
  },

  expect = {
    server = {
      code = "ws-protocol-error", slug = "ws-bad-deflate",
      phase = "open", fault = "client", rejected_by = "server",
      close_code = 1007,
    },
  },
  fixed = { client = { raw = "$none", send = { "hello" } } },
}
