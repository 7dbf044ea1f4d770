return require "wsstls".scenario {
  name = "upgrade-http-version", row = 92, fault = "server",
  title = "The answer is HTTP/1.0 101",
  text = "HTTP/1.0 knows no Upgrade; libwebsockets would accept this.",
  tags = { "upgrade", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = {
    cert = "$server",
    raw = function(peer)
      peer:upgrade({}, "HTTP/1.0 101 Switching Protocols")
      peer:read("all")
    end,
  },
  client = { ca = "$root" },

  expect = {
    client = {
      code = "upgrade-http-version", phase = "upgrade",
      fault = "server", rejected_by = "client", http_status = 101,
    },
  },
  fixed = { server = { raw = "$none" } },
}
