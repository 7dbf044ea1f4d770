return require "wsstls".scenario {
  name = "client-cert-invalid-ca",
  fault = "client",
  title = "The issuer of the client's certificate is not a CA",
  text = "Somebody signed with the key of an ordinary certificate.",
  tags = { "client-certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local bad = root:intermediate { cn = "Test Intermediate", ca = false }
    local inter = root:intermediate { cn = "Test Intermediate" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" },
      client = bad:issue { cn = "client" },
      good = inter:issue { cn = "client" } }
  end,

  server = { cert = "$server", ca = "$root", client_verify = "required" },
  client = { ca = "$root", cert = "$client" },

  expect = {
    client = {
      code = "client-cert-rejected", phase = "tls",
      rejected_by = "server", alert_received = 48,
    },
    server = {
      code = "client-cert-invalid-ca",
      fault = "client", rejected_by = "server",
      verify = 79, depth = 1, errors = { "79@1", "26@1", "32@1" },
      alert_sent = 48,
    },
  },
  fixed = { client = { cert = "$good" } },
}
