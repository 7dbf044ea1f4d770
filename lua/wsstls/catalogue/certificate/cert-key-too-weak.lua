return require "wsstls".scenario {
  name = "cert-key-too-weak", row = 32, fault = "server",
  title = "RSA with 1024 bits at security level 2",
  text = "Level 2 wants 112 bits of security: RSA of 2048.",
  tags = { "certificate", "catalogue" },

  pki = function(pki)
    local weak = pki.key { type = "rsa", bits = 1024 }
    local root = pki.ca { cn = "Test Root" }
    local inter = root:intermediate { cn = "Test Intermediate" }
    return { root = root,
      server = inter:issue { cn = "localhost", dns = "localhost", key = weak },
      good = inter:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server", security_level = 0 },
  client = { ca = "$root", security_level = 2 },

  expect = {
    client = {
      code = "cert-key-too-weak",
      fault = "server", rejected_by = "client",
      verify = 66, depth = 0, errors = { "66@0" },
      alert_sent = 42,
    },
    server = { code = "cert-rejected", alert_received = 42 },
  },
  fixed = { server = { cert = "$good" } },
}
