return require "wsstls".scenario {
  name = "badssl-cbc", fault = "server",
  title = "The server has CBC ciphers only",
  text = "Padding and MAC in the wrong order (Lucky 13): who wants AEAD "
    .. "finds nothing in common.",
  slug = "tls-no-shared-cipher",
  tags = { "badssl", "catalogue" },
  versions = { "TLSv1.2" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost",
        key = "P-256" } }
  end,

  server = { cert = "$server", ciphers = "ECDHE-ECDSA-AES128-SHA256" },
  client = {
    ca = "$root",
    ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256",
  },

  expect = {
    client = {
      code = "tls-handshake-failure", rejected_by = "server",
      alert_received = 40,
    },
    server = { code = "tls-no-shared-cipher", alert_sent = 40 },
  },
  fixed = { server = { ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256" } },
}
