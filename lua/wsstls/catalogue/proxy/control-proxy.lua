return require "wsstls".scenario {
  name = "control-proxy", fault = "none",
  title = "A proxy that does its work",
  text = "CONNECT, 200, and then TLS from end to end as without it.",
  tags = { "proxy", "catalogue", "control" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  proxy = {},

  server = { cert = "$server" },
  client = { ca = "$root" },

  expect = {
    client = { ok = true },
    server = { ok = true },
  },
  fixed = { proxy = false },
}
