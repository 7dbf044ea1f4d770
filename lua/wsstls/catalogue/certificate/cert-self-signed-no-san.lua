return require "wsstls".scenario {
  name = "cert-self-signed-no-san", row = 2, fault = "server",
  title = "A CN-only self-signed certificate, dialled by IP",
  text = "What `openssl req -x509 -subj /CN=localhost` makes, dialled by "
    .. "address: it is not trusted, and would not match if it were.",
  tags = { "certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = pki.self_signed { cn = "localhost" },
      good = root:issue { cn = "localhost", ip = "127.0.0.1" } }
  end,

  server = { cert = "$server" },
  client = { host = "127.0.0.1", ca = "$root" },

  expect = {
    client = {
      code = "cert-self-signed", slug = "cert-self-signed-no-san",
      fault = "server", rejected_by = "client",
      verify = 18, depth = 0, errors = { "18@0", "64@0" },
      alert_sent = 48,
    },
    server = { code = "cert-rejected", alert_received = 48 },
  },
  fixed = { server = { cert = "$good" } },
}
