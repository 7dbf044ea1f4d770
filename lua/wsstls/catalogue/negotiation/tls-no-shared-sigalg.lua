return require "wsstls".scenario {
  name = "tls-no-shared-sigalg", row = 61, fault = "unknown",
  title = "The two sides have no signature algorithm in common",
  text = "The certificate's key is ECDSA, the client takes RSA-PSS alone.",
  tags = { "negotiation", "catalogue" },
  versions = { "TLSv1.3" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost",
        key = "P-256" } }
  end,

  server = { cert = "$server", min_version = "TLSv1.3" },
  client = { ca = "$root", sigalgs = "RSA-PSS+SHA256" },

  expect = {
    client = {
      code = "tls-handshake-failure", phase = "tls",
      rejected_by = "server", alert_received = 40,
    },
    server = {
      code = "tls-no-shared-sigalg", phase = "tls",
      rejected_by = "server", alert_sent = 40, openssl = "0A000076",
    },
  },
  fixed = { client = { sigalgs = "RSA-PSS+SHA256:ECDSA+SHA256" } },
}
