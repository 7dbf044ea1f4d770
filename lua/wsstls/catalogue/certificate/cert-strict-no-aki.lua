return require "wsstls".scenario {
  name = "cert-strict-no-aki", row = 41, fault = "server",
  title = "strict: no authority key identifier",
  text = "RFC 5280 4.2.1.1 wants one in everything that is not self-signed.",
  tags = { "certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local inter = root:intermediate { cn = "Test Intermediate" }
    return { root = root,
      server = inter:issue { cn = "localhost", dns = "localhost", aki = false },
      good = inter:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = { ca = "$root", strict = true },

  expect = {
    client = {
      code = "cert-strict", slug = "cert-strict-no-aki",
      fault = "server", rejected_by = "client",
      verify = 85, depth = 0, errors = { "85@0" },
      alert_sent = 46,
    },
    server = { code = "cert-rejected", alert_received = 46 },
  },
  fixed = { server = { cert = "$good" } },
}
