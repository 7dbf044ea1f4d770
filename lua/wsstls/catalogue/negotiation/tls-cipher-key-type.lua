return require "wsstls".scenario {
  name = "tls-cipher-key-type", row = 59, fault = "unknown",
  title = "An ECDSA certificate, and a client with RSA ciphers only",
  text = "The lists have ciphers in common; none of them goes with the key.",
  slug = "tls-no-shared-cipher",
  tags = { "negotiation", "catalogue" },
  versions = { "TLSv1.2" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost",
        key = "P-256" } }
  end,

  server = { cert = "$server", max_version = "TLSv1.2" },
  client = { ca = "$root", ciphers = "ECDHE-RSA-AES128-GCM-SHA256" },

  expect = {
    client = {
      code = "tls-handshake-failure", phase = "tls",
      rejected_by = "server", alert_received = 40,
    },
    server = {
      code = "tls-no-shared-cipher", phase = "tls",
      rejected_by = "server", alert_sent = 40, openssl = "0A0000C1",
    },
  },
  fixed = { client = { ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256" } },
}
