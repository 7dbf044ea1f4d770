return require "wsstls".scenario {
  name = "cert-purpose-ca-as-leaf", row = 22, fault = "server",
  title = "A CA's certificate serves as leaf",
  text = "keyCertSign alone. In TLS 1.2 the server itself finds no cipher "
    .. "for such a key and nothing is shown.",
  tags = { "certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local inter = root:intermediate { cn = "Test Intermediate" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost", ca = true,
        key_usage = { "keyCertSign" }, extended_key_usage = false },
      good = inter:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = { ca = "$root" },

  expect = {
    client = {
      code = { ["TLSv1.2"] = "tls-handshake-failure",
               ["TLSv1.3"] = "cert-purpose" },
      slug = { ["TLSv1.3"] = "cert-purpose-ca-as-leaf" },
      verify = { ["TLSv1.3"] = 26 }, depth = { ["TLSv1.3"] = 0 },
      errors = { ["TLSv1.3"] = { "26@0" } },
      alert_sent = { ["TLSv1.3"] = 43 },
      alert_received = { ["TLSv1.2"] = 40 },
    },
    server = {
      code = { ["TLSv1.2"] = "tls-no-shared-cipher",
               ["TLSv1.3"] = "cert-rejected" },
      alert_sent = { ["TLSv1.2"] = 40 },
      alert_received = { ["TLSv1.3"] = 43 },
    },
  },
  fixed = { server = { cert = "$good" } },
}
