return require "wsstls".scenario {
  name = "config-sigalg-unknown", fault = "client",
  title = "A signature algorithm that this OpenSSL does not have",
  text = "Found before anything is sent.",
  tags = { "config", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = { ca = "$root", sigalgs = "ROT13+SHA256" },

  expect = {
    client = {
      code = "config-sigalg-unknown", phase = "config",
      fault = "client",
    },
  },
  fixed = { client = { sigalgs = "$none" } },
}
