return require "wsstls".scenario {
  name = "seed-lws-test-server", fault = "server",
  title = "The certificate of libwebsockets' test server, by IP",
  text = "CN=localhost, self-signed, RSA of 1024 bits, no SAN: at level 2 "
    .. "the key decides, and behind it stand trust and name.",
  tags = { "seeds", "catalogue", "seed" },

  pki = function(pki)
    local weak = pki.key { type = "rsa", bits = 1024 }
    return { old = pki.self_signed { cn = "localhost", key = weak },
      good = pki.self_signed { cn = "localhost", ip = "127.0.0.1" } }
  end,

  server = { cert = "$old", security_level = 0 },
  client = { host = "127.0.0.1", ca = {}, security_level = 2 },

  expect = {
    client = {
      code = "cert-key-too-weak", fault = "server", verify = 66, depth = 0,
      errors = { "66@0", "18@0", "64@0" }, alert_sent = 42,
    },
    server = { code = "cert-rejected", alert_received = 42 },
  },
  fixed = { server = { cert = "$good" }, client = { ca = "$good" } },
}
