return require "wsstls".scenario {
  name = "upgrade-bad-upgrade-header", row = 88, fault = "server",
  title = "The answer's Upgrade header names another protocol",
  text = "It has to say websocket.",
  tags = { "upgrade", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = {
    cert = "$server",
    raw = function(peer)
      peer:upgrade { Upgrade = "h2c" }
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
