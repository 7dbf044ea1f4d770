return require "wsstls".scenario {
  name = "upgrade-alpn-h2", row = 64, fault = "server",
  title = "ALPN chose h2, and the upgrade is HTTP/1.1",
  text = "The client offers h2, the server takes it, and then cannot read "
    .. "HTTP/1.1.",
  tags = { "upgrade", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = {
    cert = "$server", alpn = { "h2" },
    raw = function(peer)
      repeat until assert(peer:read("line")) == ""
      peer:write "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"
      peer:read("all")
    end,
  },
  client = { ca = "$root", alpn = { "h2", "http/1.1" } },

  expect = {
    client = {
      code = "upgrade-rejected", slug = "upgrade-alpn-h2",
      phase = "upgrade", rejected_by = "server", http_status = 400,
    },
  },
  fixed = { server = { raw = "$none", alpn = { "http/1.1" } } },
}
