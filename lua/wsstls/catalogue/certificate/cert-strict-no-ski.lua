return require "wsstls".scenario {
  name = "cert-strict-no-ski", row = 43, fault = "server",
  title = "strict: a CA without subject key identifier",
  text = "RFC 5280 4.2.1.2 wants one in every CA; a leaf without one passes.",
  tags = { "certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local bad = root:intermediate { cn = "Test Intermediate",
      ski = false }
    local inter = root:intermediate { cn = "Test Intermediate" }
    return { root = root,
      server = bad:issue { cn = "localhost", dns = "localhost" },
      good = inter:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = { ca = "$root", strict = true },

  expect = {
    client = {
      code = "cert-strict", slug = "cert-strict-no-ski",
      fault = "server", rejected_by = "client",
      verify = 86, depth = 1, errors = { "86@1" },
      alert_sent = 46,
    },
    server = { code = "cert-rejected", alert_received = 46 },
  },
  fixed = { server = { cert = "$good" } },
}
