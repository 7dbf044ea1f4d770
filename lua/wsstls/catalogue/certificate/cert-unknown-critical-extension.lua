return require "wsstls".scenario {
  name = "cert-unknown-critical-extension", row = 23, fault = "server",
  title = "The certificate has a critical extension nobody knows",
  text = "RFC 5280 4.2: who does not know a critical extension has to refuse.",
  tags = { "certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local inter = root:intermediate { cn = "Test Intermediate" }
    return { root = root,
      server = inter:issue { cn = "localhost", dns = "localhost",
        extensions = { { oid = "1.2.3.4", critical = true, value = "\5\0" } } },
      good = inter:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = { ca = "$root" },

  expect = {
    client = {
      code = "cert-unknown-critical-extension",
      fault = "server", rejected_by = "client",
      verify = 34, depth = 0, errors = { "34@0" },
      alert_sent = 46,
    },
    server = { code = "cert-rejected", alert_received = 46 },
  },
  fixed = { server = { cert = "$good" } },
}
