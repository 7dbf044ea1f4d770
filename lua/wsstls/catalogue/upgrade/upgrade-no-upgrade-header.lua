return require "wsstls".scenario {
  name = "upgrade-no-upgrade-header", row = 88, fault = "server",
  title = "The answer has no Upgrade header",
  text = "Gateways that do not know WebSocket remove it.",
  slug = "upgrade-bad-upgrade-header",
  tags = { "upgrade", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = {
    cert = "$server",
    raw = function(peer)
      peer:upgrade { Upgrade = false }
      peer:read("all")
    end,
  },
  client = { ca = "$root" },

  expect = {
    client = {
      code = "upgrade-bad-upgrade-header", phase = "upgrade",
      fault = "server", rejected_by = "client", http_status = 101,
    },
  },
  fixed = { server = { raw = "$none" } },
}
