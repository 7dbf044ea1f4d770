return require "wsstls".scenario {
  name = "upgrade-bad-subprotocol", row = 90, fault = "server",
  title = "The server chose a subprotocol nobody asked for",
  text = "The client asked for chat, the answer says news.",
  tags = { "upgrade", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = {
    cert = "$server",
    raw = function(peer)
      peer:upgrade { ["Sec-WebSocket-Protocol"] = "news" }
      peer:read("all")
    end,
  },
  client = { ca = "$root", protocols = { "chat" } },

  expect = {
    client = {
      code = "upgrade-bad-subprotocol", phase = "upgrade",
      fault = "server", rejected_by = "client", http_status = 101,
    },
  },
  fixed = { server = { raw = "$none", protocols = { "chat" } } },
}
