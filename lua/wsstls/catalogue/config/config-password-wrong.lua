return require "wsstls".scenario {
  name = "config-password-wrong", fault = "server",
  title = "The password of the server's private key is wrong",
  text = "The key is encrypted, and not with this.",
  tags = { "config", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local good = root:issue { cn = "localhost", dns = "localhost" }
    return { root = root, server = good:pem(),
      key = good:key_pem("sesame") }
  end,

  server = { cert = "$server", key = "$key", key_password = "guess" },
  client = { ca = "$root" },

  expect = {
    server = {
      code = "config-password-wrong", phase = "config",
      fault = "server",
    },
  },
  fixed = { server = { key_password = "sesame" } },
}
