return require "wsstls".scenario {
  name = "tls-replaced-certificate-trusted", fault = "network",
  title = "The certificate is replaced in flight by a trusted one",
  text = "The chain verifies and the name fits; the signature of the key "
    .. "exchange does not.",
  slug = "tls-replaced-certificate",
  tags = { "wire", "catalogue" },
  versions = { "TLSv1.2" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      other = root:issue { cn = "localhost", dns = "localhost" },
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  relay = { rules = {
    { from = "server", handshake = "certificate",
      action = "replace", with = "$other" } } },

  server = { cert = "$server" },
  client = { ca = "$root" },

  expect = {
    client = {
      code = "tls-wrong-private-key", slug = "tls-replaced-certificate",
      rejected_by = "client", alert_sent = 51, openssl = "0A00007B",
    },
    server = { code = "cert-rejected", alert_received = 51 },
  },
  fixed = { relay = false },
}
