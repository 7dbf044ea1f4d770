return require "wsstls".scenario {
  name = "upgrade-redirect", row = 86, fault = "server",
  title = "301: the service has moved",
  text = "A redirect is reported, not followed: it would go past `verify`.",
  tags = { "upgrade", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = {
    cert = "$server",
    on_upgrade = function()
      return { status = 301,
        headers = { Location = "wss://other.test/" } }
    end,
  },
  client = { ca = "$root" },

  expect = {
    client = {
      code = "upgrade-redirect",
      phase = "upgrade", fault = "server", rejected_by = "server",
      http_status = 301,
    },
    server = { code = "upgrade-refused", phase = "upgrade", http_status = 301 },
  },
  fixed = { server = { on_upgrade = function() return true end } },
}
