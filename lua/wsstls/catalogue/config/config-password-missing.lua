return require "wsstls".scenario {
  name = "config-password-missing", fault = "server",
  title = "The server's private key is encrypted",
  text = "And nobody gave a password. It is never asked for at the terminal.",
  tags = { "config", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local good = root:issue { cn = "localhost", dns = "localhost" }
    return { root = root, server = good:pem(),
      key = good:key_pem("sesame") }
  end,

  server = { cert = "$server", key = "$key" },
  client = { ca = "$root" },

  expect = {
    server = {
      code = "config-password-missing", phase = "config",
      fault = "server",
    },
  },
  fixed = { server = { key_password = "sesame" } },
}
