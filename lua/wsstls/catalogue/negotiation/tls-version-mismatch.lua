return require "wsstls".scenario {
  name = "tls-version-mismatch", row = 57, fault = "client",
  title = "The client's highest TLS version is below the server's lowest",
  text = "A client of TLS 1.2 at a server of TLS 1.3 alone.",
  tags = { "negotiation", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server", min_version = "TLSv1.3" },
  client = { ca = "$root", max_version = "TLSv1.2" },

  expect = {
    client = {
      code = "tls-version-mismatch", phase = "tls",
      rejected_by = "server", alert_received = 70,
    },
    server = {
      code = "tls-version-mismatch", phase = "tls",
      rejected_by = "server", alert_sent = 70, openssl = "0A000102",
    },
  },
  fixed = { client = { max_version = "TLSv1.3" } },
}
