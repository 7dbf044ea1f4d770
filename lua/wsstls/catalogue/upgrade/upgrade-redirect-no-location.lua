return require "wsstls".scenario {
  name = "upgrade-redirect-no-location", row = 86, fault = "server",
  title = "301 without saying where to",
  text = "A redirect without Location helps nobody.",
  tags = { "upgrade", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = {
    cert = "$server",
    on_upgrade = function()
      return { status = 301 }
    end,
  },
  client = { ca = "$root" },

  expect = {
    client = {
      code = "upgrade-redirect-no-location",
      phase = "upgrade", fault = "server", rejected_by = "server",
      http_status = 301,
    },
    server = { code = "upgrade-refused", phase = "upgrade", http_status = 301 },
  },
  fixed = { server = { on_upgrade = function() return true end } },
}
