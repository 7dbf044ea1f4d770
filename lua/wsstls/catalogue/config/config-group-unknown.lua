return require "wsstls".scenario {
  name = "config-group-unknown", fault = "client",
  title = "A key exchange group that this OpenSSL does not have",
  text = "Found before anything is sent.",
  tags = { "config", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = { ca = "$root", groups = "P-999" },

  expect = {
    client = {
      code = "config-group-unknown", phase = "config",
      fault = "client",
    },
  },
  fixed = { client = { groups = "P-256" } },
}
