return require "wsstls".scenario {
  name = "badssl-rsa4096", fault = "none",
  title = "An RSA key of 4096 bits",
  text = "Slow to sign with, and nobody minds.",
  tags = { "badssl", "catalogue", "control" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost",
        key = { type = "rsa", bits = 4096, primes = 4 } },
      good = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = { ca = "$root" },

  expect = {
    client = { ok = true },
    server = { ok = true },
  },
  fixed = { server = { cert = "$good" } },
}
