return require "wsstls".scenario {
  name = "config-key-missing", fault = "server",
  title = "A certificate without its private key",
  text = "The file has the certificate only, and there is no `key`.",
  tags = { "config", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local good = root:issue { cn = "localhost", dns = "localhost" }
    return { root = root, good = good, server = good:pem() }
  end,

  server = { cert = "$server" },
  client = { ca = "$root" },

  expect = {
    server = {
      code = "config-key-missing", phase = "config",
      fault = "server",
    },
  },
  fixed = { server = { cert = "$good" } },
}
