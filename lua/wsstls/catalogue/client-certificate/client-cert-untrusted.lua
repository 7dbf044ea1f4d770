return require "wsstls".scenario {
  name = "client-cert-untrusted", row = 48, fault = "client",
  title = "The client's certificate is from a foreign CA",
  text = "The server does not know who issued it.",
  tags = { "client-certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local other = pki.ca { cn = "Another Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" },
      client = other:issue { cn = "client" },
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
      code = "client-cert-untrusted",
      fault = "client", rejected_by = "server",
      verify = 20, depth = 0, errors = { "20@0", "21@0" },
      alert_sent = 48,
    },
  },
  fixed = { client = { cert = "$good" } },
}
