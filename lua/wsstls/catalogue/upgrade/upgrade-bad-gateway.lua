return require "wsstls".scenario {
  name = "upgrade-bad-gateway", row = 85, fault = "server",
  title = "502: the server behind the gateway did not answer",
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
      return { status = 502 }
    end,
  },
  client = { ca = "$root" },

  expect = {
    client = {
      code = "upgrade-rejected", slug = "upgrade-bad-gateway",
      phase = "upgrade", fault = "server", rejected_by = "server",
      http_status = 502,
    },
    server = { code = "upgrade-refused", phase = "upgrade", http_status = 502 },
  },
  fixed = { server = { on_upgrade = function() return true end } },
}
