return require "wsstls".scenario {
  name = "cert-strict-empty-subject", row = 44, fault = "server",
  title = "strict: an empty subject and a SAN that is not critical",
  text = "RFC 5280 4.1.2.6: without a subject the names have to be critical.",
  tags = { "certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local inter = root:intermediate { cn = "Test Intermediate" }
    return { root = root,
      server = inter:issue { dns = "localhost", san_critical = false },
      good = inter:issue { dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = { ca = "$root", strict = true },

  expect = {
    client = {
      code = "cert-strict", slug = "cert-strict-empty-subject",
      fault = "server", rejected_by = "client",
      verify = 88, depth = 0, errors = { "88@0" },
      alert_sent = 46,
    },
    server = { code = "cert-rejected", alert_received = 46 },
  },
  fixed = { server = { cert = "$good" } },
}
