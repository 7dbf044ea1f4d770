return require "wsstls".scenario {
  name = "upgrade-bad-extension", row = 91, fault = "server",
  title = "The server chose an extension nobody asked for",
  text = "No client offers this one.",
  tags = { "upgrade", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = {
    cert = "$server",
    raw = function(peer)
      peer:upgrade { ["Sec-WebSocket-Extensions"] = "x-nobody-asked" }
      peer:read("all")
    end,
  },
  client = { ca = "$root" },

  expect = {
    client = {
      code = "upgrade-bad-extension", phase = "upgrade",
      fault = "server", rejected_by = "client", http_status = 101,
    },
  },
  fixed = { server = { raw = "$none", compress = true } },
}
