return require "wsstls".scenario {
  name = "upgrade-client-http-version", row = 92, fault = "client",
  title = "The client upgrades with HTTP/1.0",
  text = "Answered with 505.",
  slug = "upgrade-http-version",
  tags = { "upgrade", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = {
    ca = "$root",
    raw = function(peer)
      local answer = peer:upgrade({}, "GET / HTTP/1.0")
      assert(answer.status == 505)
    end,
  },

  expect = {
    server = {
      code = "upgrade-http-version", phase = "upgrade",
      fault = "client", rejected_by = "server", http_status = 505,
    },
  },
  fixed = { client = { raw = "$none" } },
}
