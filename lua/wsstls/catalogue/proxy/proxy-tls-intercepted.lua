return require "wsstls".scenario {
  name = "proxy-tls-intercepted", fault = "proxy",
  title = "The proxy opens TLS with a certificate of its own",
  text = "As many companies' proxies do: the chain ends at the proxy's root, "
    .. "and the client was told of the server's only.",
  tags = { "proxy", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root, company = pki.ca { cn = "Company Proxy" },
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  proxy = { intercept = "$company" },

  server = { cert = "$server" },
  client = { ca = "$root" },

  expect = {
    client = {
      code = "cert-untrusted", slug = "proxy-tls-intercepted",
      phase = "verify", rejected_by = "client",
      verify = 20, depth = 0, alert_sent = 48,
    },
    server = { code = "tcp-reset", phase = "upgrade" },
  },
  fixed = { proxy = { intercept = "$none" } },
}
