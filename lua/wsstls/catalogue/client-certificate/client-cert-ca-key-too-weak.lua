return require "wsstls".scenario {
  name = "client-cert-ca-key-too-weak",
  fault = "client",
  title = "A CA of the client's with 1024 bits at security level 2",
  text = "The certificate's own key is strong, its issuer's is not.",
  tags = { "client-certificate", "catalogue" },

  pki = function(pki)
    local weak = pki.key { type = "rsa", bits = 1024 }
    local root = pki.ca { cn = "Test Root" }
    local bad = root:intermediate { cn = "Test Intermediate", key = weak }
    local inter = root:intermediate { cn = "Test Intermediate" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" },
      client = bad:issue { cn = "client" },
      good = inter:issue { cn = "client" } }
  end,

  server = { cert = "$server", ca = "$root", client_verify = "required",
    security_level = 2 },
  client = { ca = "$root", cert = "$client", security_level = 0 },

  expect = {
    client = {
      code = "client-cert-rejected", phase = "tls",
      rejected_by = "server", alert_received = 42,
    },
    server = {
      code = "client-cert-ca-key-too-weak",
      fault = "client", rejected_by = "server",
      verify = 67, depth = 1, errors = { "67@1" },
      alert_sent = 42,
    },
  },
  fixed = { client = { cert = "$good" } },
}
