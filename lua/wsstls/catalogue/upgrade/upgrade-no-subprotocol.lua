return require "wsstls".scenario {
  name = "upgrade-no-subprotocol", row = 96, fault = "client",
  title = "Client and server have no subprotocol in common",
  text = "Answered with 400; libwebsockets closes without a word.",
  tags = { "upgrade", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server", protocols = { "chat" } },
  client = { ca = "$root", protocols = { "news" } },

  expect = {
    client = {
      code = "upgrade-rejected", phase = "upgrade",
      rejected_by = "server", http_status = 400,
    },
    server = {
      code = "upgrade-no-subprotocol", phase = "upgrade",
      fault = "client", rejected_by = "server",
    },
  },
  fixed = { client = { protocols = { "news", "chat" } } },
}
