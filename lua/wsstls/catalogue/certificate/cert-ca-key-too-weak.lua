return require "wsstls".scenario {
  name = "cert-ca-key-too-weak", row = 33, fault = "server",
  title = "A CA of RSA with 1024 bits at security level 2",
  text = "The leaf is good; its issuer's key is not.",
  tags = { "certificate", "catalogue" },

  pki = function(pki)
    local weak = pki.key { type = "rsa", bits = 1024 }
    local root = pki.ca { cn = "Test Root" }
    local bad = root:intermediate { cn = "Test Intermediate",
      key = weak }
    local inter = root:intermediate { cn = "Test Intermediate" }
    return { root = root,
      server = bad:issue { cn = "localhost", dns = "localhost" },
      good = inter:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server", security_level = 0 },
  client = { ca = "$root", security_level = 2 },

  expect = {
    client = {
      code = "cert-ca-key-too-weak",
      fault = "server", rejected_by = "client",
      verify = 67, depth = 1, errors = { "67@1" },
      alert_sent = 42,
    },
    server = { code = "cert-rejected", alert_received = 42 },
  },
  fixed = { server = { cert = "$good" } },
}
