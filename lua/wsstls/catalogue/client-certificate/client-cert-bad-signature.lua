return require "wsstls".scenario {
  name = "client-cert-bad-signature", fault = "client",
  title = "The signature of the client's certificate is damaged",
  text = "Everything is in place and one bit of the signature is not.",
  tags = { "client-certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" },
      client = root:issue { cn = "client", tamper_signature = true },
      good = root:issue { cn = "client" } }
  end,

  server = { cert = "$server", ca = "$root", client_verify = "required" },
  client = { ca = "$root", cert = "$client" },

  expect = {
    client = {
      code = "client-cert-rejected", phase = "tls",
      fault = "client", rejected_by = "server", alert_received = 51,
    },
    server = {
      code = "client-cert-bad-signature",
      fault = "client", rejected_by = "server",
      verify = 7, depth = 0, errors = { "7@0" },
      alert_sent = 51,
    },
  },
  fixed = { client = { cert = "$good" } },
}
