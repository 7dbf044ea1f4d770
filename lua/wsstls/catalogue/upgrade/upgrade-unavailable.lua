return require "wsstls".scenario {
  name = "upgrade-unavailable", row = 85, fault = "server",
  title = "503: the server is busy or under repair",
  text = "Another try may succeed unchanged.",
  tags = { "upgrade", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = {
    cert = "$server",
    on_upgrade = function()
      return { status = 503, headers = { ["Retry-After"] = "5" } }
    end,
  },
  client = { ca = "$root" },

  expect = {
    client = {
      code = "upgrade-rejected", slug = "upgrade-unavailable",
      phase = "upgrade", fault = "server", rejected_by = "server",
      http_status = 503,
    },
    server = { code = "upgrade-refused", phase = "upgrade", http_status = 503 },
  },
  fixed = { server = { on_upgrade = function() return true end } },
}
