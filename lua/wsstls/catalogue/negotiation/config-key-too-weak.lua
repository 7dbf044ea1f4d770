return require "wsstls".scenario {
  name = "config-key-too-weak", row = 68, fault = "server",
  title = "The server's own key is too weak for its security level",
  text = "OpenSSL refuses to load RSA of 1024 bits at level 2 (0A00018F).",
  tags = { "negotiation", "catalogue" },

  pki = function(pki)
    local weak = pki.key { type = "rsa", bits = 1024 }
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost", key = weak },
      good = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server", security_level = 2 },
  client = { ca = "$root" },

  expect = {
    server = { code = "config-key-too-weak", phase = "config" },
  },
  fixed = { server = { cert = "$good" } },
}
