return require "wsstls".scenario {
  name = "upgrade-no-accept", row = 87, fault = "server",
  title = "The answer has no Sec-WebSocket-Accept",
  text = "It proves that the server read this request (RFC 6455 4.1).",
  slug = "upgrade-bad-accept",
  tags = { "upgrade", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = {
    cert = "$server",
    raw = function(peer)
      peer:upgrade { ["Sec-WebSocket-Accept"] = false }
      peer:read("all")
    end,
  },
  client = { ca = "$root" },

  expect = {
    client = {
      code = "upgrade-bad-accept", phase = "upgrade",
      fault = "server", rejected_by = "client", http_status = 101,
    },
  },
  fixed = { server = { raw = "$none" } },
}
