return require "wsstls".scenario {
  name = "cert-self-signed-no-san-trusted", row = 2, fault = "server",
  title = "A trusted CN-only self-signed certificate, dialled by IP",
  text = "Trust alone repairs only half of cert-self-signed-no-san: the "
    .. "address is in no subjectAltName.",
  slug = "cert-ip-mismatch",
  tags = { "certificate", "catalogue" },

  pki = function(pki)
    return { server = pki.self_signed { cn = "localhost" },
      good = pki.self_signed { cn = "localhost", ip = "127.0.0.1" } }
  end,

  server = { cert = "$server" },
  client = { host = "127.0.0.1", ca = "$server" },

  expect = {
    client = {
      code = "cert-ip-mismatch",
      fault = "server", rejected_by = "client",
      verify = 64, depth = 0, errors = { "64@0" },
      alert_sent = 42,
    },
    server = { code = "cert-rejected", alert_received = 42 },
  },
  fixed = { server = { cert = "$good" }, client = { ca = "$good" } },
}
