return require "wsstls".scenario {
  name = "config-crl-unusable", fault = "client",
  title = "What is given as CRL is none",
  text = "A certificate, where a list of revoked ones was meant.",
  tags = { "config", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root, bad = root:pem(),
      good = root:crl { revoked = {} },
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = { ca = "$root", crl = "$bad" },

  expect = {
    client = {
      code = "config-crl-unusable", phase = "config",
      fault = "client",
    },
  },
  fixed = { client = { crl = "$good" } },
}
