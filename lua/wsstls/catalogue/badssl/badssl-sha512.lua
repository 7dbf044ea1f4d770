return require "wsstls".scenario {
  name = "badssl-sha512", fault = "none",
  title = "A signature with SHA-512",
  text = "Stronger than usual, and nobody minds.",
  tags = { "badssl", "catalogue", "control" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost",
        digest = "SHA512" },
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
