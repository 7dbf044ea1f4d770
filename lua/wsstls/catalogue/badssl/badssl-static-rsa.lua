return require "wsstls".scenario {
  name = "badssl-static-rsa", fault = "server",
  title = "The server has RSA key exchange only",
  text = "No forward secrecy: who wants it finds nothing in common.",
  slug = "tls-no-shared-cipher",
  tags = { "badssl", "catalogue" },
  versions = { "TLSv1.2" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost",
        key = { type = "rsa" } } }
  end,

  server = { cert = "$server", ciphers = "AES128-GCM-SHA256" },
  client = { ca = "$root", ciphers = "ECDHE+AESGCM" },

  expect = {
    client = {
      code = "tls-handshake-failure", rejected_by = "server",
      alert_received = 40,
    },
    server = { code = "tls-no-shared-cipher", alert_sent = 40 },
  },
  fixed = { server = { ciphers = "ECDHE-RSA-AES128-GCM-SHA256" } },
}
