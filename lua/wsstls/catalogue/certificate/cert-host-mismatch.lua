return require "wsstls".scenario {
  name = "cert-host-mismatch", row = 13, fault = "server",
  title = "The certificate is for another host name",
  text = "The dialled name is not among the dNSNames.",
  tags = { "certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local inter = root:intermediate { cn = "Test Intermediate" }
    return { root = root,
      server = inter:issue { cn = "other.test", dns = "other.test" },
      good = inter:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = { ca = "$root" },

  expect = {
    client = {
      code = "cert-host-mismatch",
      fault = "server", rejected_by = "client",
      verify = 62, depth = 0, errors = { "62@0" },
      alert_sent = 42,
    },
    server = { code = "cert-rejected", alert_received = 42 },
  },
  fixed = { server = { cert = "$good" } },
}
