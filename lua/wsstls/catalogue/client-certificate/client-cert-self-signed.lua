return require "wsstls".scenario {
  name = "client-cert-self-signed", row = 49, fault = "client",
  title = "The client's certificate signs itself",
  text = "It proves the possession of a key and nothing else.",
  tags = { "client-certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" },
      client = pki.self_signed { cn = "client" },
      good = root:issue { cn = "client" } }
  end,

  server = { cert = "$server", ca = "$root", client_verify = "required" },
  client = { ca = "$root", cert = "$client" },

  expect = {
    client = {
      code = "client-cert-rejected", phase = "tls",
      fault = "client", rejected_by = "server", alert_received = 48,
    },
    server = {
      code = "client-cert-self-signed",
      fault = "client", rejected_by = "server",
      verify = 18, depth = 0, errors = { "18@0" },
      alert_sent = 48,
    },
  },
  fixed = { client = { cert = "$good" } },
}
