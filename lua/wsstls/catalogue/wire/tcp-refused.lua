return require "wsstls".scenario {
  name = "tcp-refused", row = 80, fault = "server",
  title = "Nobody listens at the port",
  text = "ECONNREFUSED, at once. Another try may succeed unchanged.",
  tags = { "wire", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = false,

  client = { ca = "$root" },

  expect = {
    client = { code = "tcp-refused", phase = "tcp", fault = "server" },
  },
  fixed = { server = { cert = "$server" } },
}
