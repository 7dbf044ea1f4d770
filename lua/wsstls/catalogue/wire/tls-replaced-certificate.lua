return require "wsstls".scenario {
  name = "tls-replaced-certificate", fault = "network",
  title = "The certificate is replaced in flight",
  text = "TLS 1.2 sends it in clear. Whoever replaces it has not the key "
    .. "that signs the ServerKeyExchange.",
  tags = { "wire", "catalogue" },
  versions = { "TLSv1.2" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      other = pki.self_signed { cn = "localhost", dns = "localhost" },
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  relay = { rules = {
    { from = "server", handshake = "certificate",
      action = "replace", with = "$other" } } },

  server = { cert = "$server" },
  client = { ca = "$root" },

  expect = {
    client = {
      code = "cert-self-signed", rejected_by = "client",
      verify = 18, depth = 0, alert_sent = 48,
    },
    server = { code = "cert-rejected", alert_received = 48 },
  },
  fixed = { relay = false },
}
