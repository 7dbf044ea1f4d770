return require "wsstls".scenario {
  name = "upgrade-forbidden", row = 85, fault = "server",
  title = "403: the server does not let this client in",
  text = "The origin, the address or the account is not welcome.",
  tags = { "upgrade", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = {
    cert = "$server",
    on_upgrade = function()
      return { status = 403 }
    end,
  },
  client = { ca = "$root" },

  expect = {
    client = {
      code = "upgrade-rejected", slug = "upgrade-forbidden",
      phase = "upgrade", fault = "server", rejected_by = "server",
      http_status = 403,
    },
    server = { code = "upgrade-refused", phase = "upgrade", http_status = 403 },
  },
  fixed = { server = { on_upgrade = function() return true end } },
}
