return require "wsstls".scenario {
  name = "cert-webpki", fault = "server",
  title = "The web PKI forbids what OpenSSL accepts",
  text = "policy = \"webpki\": what browsers and Go demand. Here the leaf "
    .. "has no authority key identifier; `verify.errors` name the rule.",
  tags = { "certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local inter = root:intermediate { cn = "Test Intermediate" }
    return { root = root,
      server = inter:issue { cn = "localhost", dns = "localhost", aki = false },
      good = inter:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = { ca = "$root", policy = "webpki" },

  expect = {
    client = {
      code = "cert-webpki",
      fault = "server", rejected_by = "client",
      verify = 50, depth = 0, errors = { "50@0" },
      alert_sent = 40,
    },
    server = { code = "tls-handshake-failure", alert_received = 40 },
  },
  fixed = { server = { cert = "$good" } },
}
