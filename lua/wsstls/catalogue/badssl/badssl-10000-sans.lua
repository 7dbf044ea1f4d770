return require "wsstls".scenario {
  name = "badssl-10000-sans", fault = "server",
  title = "A certificate with ten thousand names",
  text = "OpenSSL reads 100 KB of certificates and no more.",
  slug = "tls-failed",
  tags = { "badssl", "catalogue" },

  pki = function(pki)
    local names = {}
    for i = 1, 10000 do names[i] = ("host%d.wss.test"):format(i) end
    names[10001] = "localhost"
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = names },
      good = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = { ca = "$root" },

  expect = {
    client = { code = "tls-failed", alert_sent = 47, openssl = "0A000098" },
    server = { code = "tls-alert", alert_received = 47 },
  },
  fixed = { server = { cert = "$good" } },
}
