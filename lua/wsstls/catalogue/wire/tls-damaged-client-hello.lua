return require "wsstls".scenario {
  name = "tls-damaged-client-hello", row = 71, fault = "network",
  title = "A flipped bit in the ClientHello",
  text = "The last byte of its record. The server notices first in TLS 1.2, "
    .. "the client in 1.3, when the keys turn out to differ.",
  tags = { "wire", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  relay = { rules = {
    { from = "client", record = "handshake", nth = 1, action = "flip" } } },

  server = { cert = "$server" },
  client = { ca = "$root" },

  expect = {
    client = {
      code = "tls-bad-record-mac", slug = "tls-damaged-client-hello",
      fault = "network",
      alert_sent = { ["TLSv1.2"] = false, ["TLSv1.3"] = 20 },
      alert_received = { ["TLSv1.2"] = 20, ["TLSv1.3"] = false },
    },
    server = {
      code = "tls-bad-record-mac", fault = "network",
      alert_sent = { ["TLSv1.2"] = 20, ["TLSv1.3"] = false },
      alert_received = { ["TLSv1.2"] = false, ["TLSv1.3"] = 20 },
    },
  },
  fixed = { relay = false },
}
