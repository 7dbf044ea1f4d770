return require "wsstls".scenario {
  name = "tls-no-shared-group", row = 60, fault = "unknown",
  title = "The two sides have no key exchange group in common",
  text = "The server has X25519, the client P-384.",
  tags = { "negotiation", "catalogue" },
  versions = { "TLSv1.3" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server", min_version = "TLSv1.3", groups = "X25519" },
  client = { ca = "$root", groups = "P-384" },

  expect = {
    client = {
      code = "tls-handshake-failure", phase = "tls",
      rejected_by = "server", alert_received = 40,
    },
    server = {
      code = "tls-no-shared-group", phase = "tls",
      rejected_by = "server", alert_sent = 40, openssl = "0A000065",
    },
  },
  fixed = { client = { groups = { "P-384", "X25519" } } },
}
