return require "wsstls".scenario {
  name = "cert-issuer-not-ca", row = 24, fault = "server",
  title = "The issuer is not a CA",
  text = "Its basicConstraints say CA:FALSE; 26 and 32 follow from that.",
  tags = { "certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local bad = root:intermediate { cn = "Test Intermediate",
      ca = false }
    local inter = root:intermediate { cn = "Test Intermediate" }
    return { root = root,
      server = bad:issue { cn = "localhost", dns = "localhost" },
      good = inter:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = { ca = "$root" },

  expect = {
    client = {
      code = "cert-invalid-ca", slug = "cert-issuer-not-ca",
      fault = "server", rejected_by = "client",
      verify = 79, depth = 1, errors = { "79@1", "26@1", "32@1" },
      alert_sent = 48,
    },
    server = { code = "cert-rejected", alert_received = 48 },
  },
  fixed = { server = { cert = "$good" } },
}
