return require "wsstls".scenario {
  name = "client-cert-missing", row = 47, fault = "client",
  title = "The server demands a client certificate and none is sent",
  text = "In TLS 1.2 the handshake fails; in TLS 1.3 the client's own "
    .. "handshake is over when the alert comes, and it says the reason all "
    .. "the same.",
  tags = { "client-certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" },
      good = root:issue { cn = "client" } }
  end,

  server = { cert = "$server", ca = "$root", client_verify = "required" },
  client = { ca = "$root" },

  expect = {
    client = {
      code = "client-cert-missing", phase = "tls",
      fault = "client", rejected_by = "server",
      alert_received = { ["TLSv1.2"] = 40, ["TLSv1.3"] = 116 },
    },
    server = {
      code = "client-cert-missing",
      fault = "client", rejected_by = "server", openssl = "0A0000C7",
      alert_sent = { ["TLSv1.2"] = 40, ["TLSv1.3"] = 116 },
    },
  },
  fixed = { client = { cert = "$good" } },
}
