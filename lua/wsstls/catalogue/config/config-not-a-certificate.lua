return require "wsstls".scenario {
  name = "config-not-a-certificate", fault = "server",
  title = "What is given as certificate is none",
  text = "The message says what it is: here a certificate request.",
  tags = { "config", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root, csr = pki.csr { cn = "localhost" }:pem(),
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$csr", key = "$server" },
  client = { ca = "$root" },

  expect = {
    server = {
      code = "config-not-a-certificate", phase = "config",
      fault = "server",
    },
  },
  fixed = { server = { cert = "$server", key = "$none" } },
}
