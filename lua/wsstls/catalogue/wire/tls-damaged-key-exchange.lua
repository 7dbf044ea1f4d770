return require "wsstls".scenario {
  name = "tls-damaged-key-exchange", row = 73, fault = "network",
  title = "A flipped bit in the ServerKeyExchange message",
  text = "TLS 1.2: the last byte is the signature's.",
  tags = { "wire", "catalogue" },
  versions = { "TLSv1.2" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  relay = { rules = {
    { from = "server", handshake = "server_key_exchange",
      action = "flip" } } },

  server = { cert = "$server" },
  client = { ca = "$root" },

  expect = {
    client = {
      code = "tls-bad-signature", slug = "tls-damaged-key-exchange",
      rejected_by = "client", alert_sent = 51, openssl = "0A00007B",
    },
    server = { code = "cert-rejected", alert_received = 51 },
  },
  fixed = { relay = false },
}
