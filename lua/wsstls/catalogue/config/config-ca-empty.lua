return require "wsstls".scenario {
  name = "config-ca-empty", fault = "client",
  title = "The client's CA file holds no certificate",
  text = "It holds a private key: something, and nothing to trust.",
  tags = { "config", "catalogue" },

  pki = function(pki, ctx)
    local file = assert(io.open(ctx.dir() .. "/ca.pem", "w"))
    file:write(pki.key():key_pem())
    file:close()
    local root = pki.ca { cn = "Test Root" }
    return { root = root, file = ctx.dir() .. "/ca.pem",
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = { ca_file = "$file" },

  expect = {
    client = {
      code = "config-ca-empty", phase = "config",
      fault = "client",
    },
  },
  fixed = { client = { ca_file = "$none", ca = "$root" } },
}
