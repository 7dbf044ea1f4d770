return require "wsstls".scenario {
  name = "tls-no-shared-cipher", row = 59, fault = "unknown",
  title = "The two sides have no cipher suite in common",
  text = "TLS 1.2: the server knows both lists, the client hears 40 and no "
    .. "more.",
  tags = { "negotiation", "catalogue" },
  versions = { "TLSv1.2" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost",
        key = "P-256" } }
  end,

  server = {
    cert = "$server", max_version = "TLSv1.2",
    ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384",
  },
  client = { ca = "$root", ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256" },

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
  fixed = { client = { ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384" } },
}
