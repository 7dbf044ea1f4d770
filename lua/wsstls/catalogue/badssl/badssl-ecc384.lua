return require "wsstls".scenario {
  name = "badssl-ecc384", fault = "none",
  title = "A key of the curve P-384",
  text = "Stronger than usual, and nobody minds.",
  tags = { "badssl", "catalogue", "control" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost",
        key = "P-384" },
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
