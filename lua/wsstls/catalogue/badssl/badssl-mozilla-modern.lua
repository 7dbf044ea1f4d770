return require "wsstls".scenario {
  name = "badssl-mozilla-modern", fault = "client",
  title = "A server of Mozilla's modern profile and an old client",
  text = "TLS 1.3 and nothing older.",
  slug = "tls-version-mismatch",
  tags = { "badssl", "catalogue" },
  versions = { "TLSv1.3" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = {
    cert = "$server", min_version = "TLSv1.3",
    groups = "X25519:P-256:P-384",
  },
  client = { ca = "$root", max_version = "TLSv1.2" },

  expect = {
    client = {
      code = "tls-version-mismatch", rejected_by = "server",
      alert_received = 70,
    },
    server = { code = "tls-version-mismatch", alert_sent = 70 },
  },
  fixed = { client = { max_version = "TLSv1.3" } },
}
