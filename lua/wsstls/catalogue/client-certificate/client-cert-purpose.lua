return require "wsstls".scenario {
  name = "client-cert-purpose", row = 52, fault = "client",
  title = "The client's certificate is for servers only",
  text = "Its extendedKeyUsage lacks clientAuth.",
  tags = { "client-certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" },
      client = root:issue { cn = "client",
        extended_key_usage = { "serverAuth" } },
      good = root:issue { cn = "client" } }
  end,

  server = { cert = "$server", ca = "$root", client_verify = "required" },
  client = { ca = "$root", cert = "$client" },

  expect = {
    client = {
      code = "client-cert-rejected", phase = "tls",
      fault = "client", rejected_by = "server", alert_received = 43,
    },
    server = {
      code = "client-cert-purpose",
      fault = "client", rejected_by = "server",
      verify = 26, depth = 0, errors = { "26@0" },
      alert_sent = 43,
    },
  },
  fixed = { client = { cert = "$good" } },
}
