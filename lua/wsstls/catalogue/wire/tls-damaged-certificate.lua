return require "wsstls".scenario {
  name = "tls-damaged-certificate", row = 72, fault = "network",
  title = "A flipped bit in the Certificate message",
  text = "TLS 1.2 sends it in clear. The last byte belongs to the last "
    .. "certificate's signature: here the intermediate's.",
  tags = { "wire", "catalogue" },
  versions = { "TLSv1.2" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local inter = root:intermediate { cn = "Test Intermediate" }
    return { root = root,
      server = inter:issue { cn = "localhost", dns = "localhost" } }
  end,

  relay = { rules = {
    { from = "server", handshake = "certificate", action = "flip" } } },

  server = { cert = "$server" },
  client = { ca = "$root" },

  expect = {
    client = {
      code = "cert-bad-signature", slug = "tls-damaged-certificate",
      rejected_by = "client", verify = 7, depth = 1, alert_sent = 51,
    },
    server = { code = "cert-rejected", alert_received = 51 },
  },
  fixed = { relay = false },
}
