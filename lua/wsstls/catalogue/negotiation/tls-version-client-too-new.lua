return require "wsstls".scenario {
  name = "tls-version-client-too-new", row = 58, fault = "server",
  title = "The client's lowest TLS version is above the server's highest",
  text = "A client of TLS 1.3 alone at a server of TLS 1.2.",
  tags = { "negotiation", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server", max_version = "TLSv1.2" },
  client = { ca = "$root", min_version = "TLSv1.3" },

  expect = {
    client = {
      code = "tls-version-mismatch", phase = "tls",
      slug = "tls-version-client-too-new",
      rejected_by = "server", alert_received = 70,
    },
    server = {
      code = "tls-version-mismatch", phase = "tls",
      rejected_by = "server", alert_sent = 70, openssl = "0A000102",
    },
  },
  fixed = { server = { max_version = "TLSv1.3" } },
}
