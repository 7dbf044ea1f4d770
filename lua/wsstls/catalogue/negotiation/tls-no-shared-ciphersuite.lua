return require "wsstls".scenario {
  name = "tls-no-shared-ciphersuite", row = 59, fault = "unknown",
  title = "No cipher suite of TLS 1.3 in common",
  text = "`ciphers` is TLS 1.2's list, `ciphersuites` TLS 1.3's.",
  slug = "tls-no-shared-cipher",
  tags = { "negotiation", "catalogue" },
  versions = { "TLSv1.3" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = {
    cert = "$server", min_version = "TLSv1.3",
    ciphersuites = "TLS_AES_256_GCM_SHA384",
  },
  client = { ca = "$root", ciphersuites = "TLS_AES_128_GCM_SHA256" },

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
  fixed = { client = { ciphersuites = "TLS_AES_256_GCM_SHA384" } },
}
