return require "wsstls".scenario {
  name = "tls-no-alpn", row = 63, fault = "unknown",
  title = "No application protocol (ALPN) in common, strict server",
  text = "libwebsockets ignores this; with alpn_strict the server refuses.",
  tags = { "negotiation", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server", alpn = { "chat/1" }, alpn_strict = true },
  client = { ca = "$root", alpn = { "http/1.1" } },

  expect = {
    client = {
      code = "tls-no-alpn", phase = "tls",
      rejected_by = "server", alert_received = 120,
    },
    server = {
      code = "tls-no-alpn", phase = "tls",
      rejected_by = "server", alert_sent = 120,
    },
  },
  fixed = { server = { alpn = { "http/1.1" } } },
}
