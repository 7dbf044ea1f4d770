return require "wsstls".scenario {
  name = "timeout-tls-silent-client", row = 77, fault = "client",
  title = "A client connects and never begins TLS",
  text = "A scanner, a load balancer's probe, or somebody who wants the "
    .. "server's places: handshake_timeout ends it.",
  slug = "timeout-tls",
  tags = { "wire", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server", handshake_timeout = 0.2 },
  client = {
    tls = false,
    raw = function(peer) peer:read("all") end,
  },

  expect = {
    server = {
      code = "timeout-tls", phase = "tls",
      alert_sent = false, alert_received = false,
    },
  },
  fixed = { client = { tls = "$none", raw = "$none", ca = "$root" } },
}
