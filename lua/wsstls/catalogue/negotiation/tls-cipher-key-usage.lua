return require "wsstls".scenario {
  name = "tls-cipher-key-usage", fault = "server",
  title = "An ECDSA key that may not sign, in TLS 1.2",
  text = "keyUsage without digitalSignature: the server finds no cipher that "
    .. "it could use such a key for, and shows no certificate.",
  slug = "tls-no-shared-cipher",
  tags = { "negotiation", "catalogue" },
  versions = { "TLSv1.2" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost",
        key = "P-256", key_usage = { "cRLSign" } },
      good = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = { ca = "$root" },

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
  fixed = { server = { cert = "$good" } },
}
