return require "wsstls".scenario {
  name = "badssl-mozilla-intermediate", fault = "client",
  title = "A server of Mozilla's intermediate profile, a client of TLS 1.1",
  text = "TLS 1.2 and 1.3, AEAD ciphers with forward secrecy.",
  slug = "tls-version-mismatch",
  tags = { "badssl", "catalogue" },
  versions = { "TLSv1.3" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = {
    cert = "$server", min_version = "TLSv1.2",
    groups = "X25519:P-256:P-384",
    ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM:DHE+CHACHA20",
  },
  client = {
    ca = "$root", security_level = 0,
    min_version = "TLSv1", max_version = "TLSv1.1",
  },

  expect = {
    client = {
      code = "tls-version-mismatch", rejected_by = "server",
      alert_received = 70,
    },
    server = { code = "tls-version-mismatch", alert_sent = 70 },
  },
  fixed = { client = { max_version = "TLSv1.3", security_level = "$none" } },
}
