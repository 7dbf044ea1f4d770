return require "wsstls".scenario {
  name = "seed-lws-test-server-trusted", fault = "server",
  title = "The same, trusted and at level 0: the address is left",
  text = "Trust and a low level repair two faults of three; the third needs "
    .. "a certificate with the address in its SAN.",
  slug = "cert-ip-mismatch",
  tags = { "seeds", "catalogue", "seed" },

  pki = function(pki)
    local weak = pki.key { type = "rsa", bits = 1024 }
    return { old = pki.self_signed { cn = "localhost", key = weak },
      good = pki.self_signed { cn = "localhost", ip = "127.0.0.1" } }
  end,

  server = { cert = "$old", security_level = 0 },
  client = { host = "127.0.0.1", ca = "$old", security_level = 0 },

  expect = {
    client = {
      code = "cert-ip-mismatch", verify = 64, depth = 0,
      errors = { "64@0" }, alert_sent = 42,
    },
    server = { code = "cert-rejected", alert_received = 42 },
  },
  fixed = { server = { cert = "$good" }, client = { ca = "$good" } },
}
