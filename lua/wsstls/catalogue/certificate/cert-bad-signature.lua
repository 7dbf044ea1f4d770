return require "wsstls".scenario {
  name = "cert-bad-signature", row = 31, fault = "server",
  title = "The certificate's signature is damaged",
  text = "Everything is in place and one bit of the signature is not.",
  tags = { "certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local inter = root:intermediate { cn = "Test Intermediate" }
    return { root = root,
      server = inter:issue { cn = "localhost", dns = "localhost",
        tamper_signature = true },
      good = inter:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = { ca = "$root" },

  expect = {
    client = {
      code = "cert-bad-signature",
      fault = "server", rejected_by = "client",
      verify = 7, depth = 0, errors = { "7@0" },
      alert_sent = 51,
    },
    server = { code = "cert-rejected", alert_received = 51 },
  },
  fixed = { server = { cert = "$good" } },
}
