return require "wsstls".scenario {
  name = "proxy-refused", fault = "proxy",
  title = "Nobody listens at the proxy's port",
  text = "ECONNREFUSED at the proxy, not at the server.",
  tags = { "proxy", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = { ca = "$root", proxy = "http://127.0.0.1:{free_port}" },

  expect = {
    client = { code = "proxy-refused", phase = "proxy" },
  },
  fixed = { client = { proxy = "$none" } },
}
