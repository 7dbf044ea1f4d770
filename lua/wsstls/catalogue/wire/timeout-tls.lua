return require "wsstls".scenario {
  name = "timeout-tls", row = 77, fault = "network",
  title = "Half a ServerHello, and then silence",
  text = "The record is cut short and nothing follows: no alert, no end.",
  tags = { "wire", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  relay = { rules = {
    { from = "server", record = "handshake", nth = 1,
      action = "truncate", length = 20 },
    { from = "server", action = "stall" } } },

  server = { cert = "$server" },
  client = { ca = "$root", timeout = { tls = 0.3 } },

  expect = {
    client = {
      code = "timeout-tls", phase = "tls",
      alert_sent = false, alert_received = false,
    },
    server = { code = "tls-eof", phase = "tls", alert_received = false },
  },
  fixed = { relay = false },
}
