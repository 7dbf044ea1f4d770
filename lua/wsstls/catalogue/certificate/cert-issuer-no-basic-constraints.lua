return require "wsstls".scenario {
  name = "cert-issuer-no-basic-constraints", row = 25, fault = "server",
  title = "The issuer has no basicConstraints",
  text = "Without the extension nobody says that it is a CA.",
  tags = { "certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local bad = root:intermediate { cn = "Test Intermediate",
      basic_constraints = false }
    local inter = root:intermediate { cn = "Test Intermediate" }
    return { root = root,
      server = bad:issue { cn = "localhost", dns = "localhost" },
      good = inter:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = { ca = "$root" },

  expect = {
    client = {
      code = "cert-invalid-ca", slug = "cert-issuer-no-basic-constraints",
      fault = "server", rejected_by = "client",
      verify = 79, depth = 1, errors = { "79@1" },
      alert_sent = 48,
    },
    server = { code = "cert-rejected", alert_received = 48 },
  },
  fixed = { server = { cert = "$good" } },
}
