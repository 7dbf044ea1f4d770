return require "wsstls".scenario {
  name = "timeout-ping", fault = "server",
  title = "A ping is not answered",
  text = "The peer is gone, and nobody told: the ping finds out.",
  tags = { "close", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = {
    cert = "$server",
    raw = function(peer)
      peer:upgrade()
      peer:read("all")
    end,
  },
  client = { ca = "$root", ping_interval = 0.1, ping_timeout = 0.1 },

  expect = {
    client = { code = "timeout-ping", phase = "open", close_code = 1006 },
  },
  fixed = { server = { raw = "$none" } },
}
