return require "wsstls".scenario {
  name = "upgrade-not-websocket", row = 85, fault = "server",
  title = "200: a page instead of an upgrade",
  text = "Something that serves web pages answers at this address.",
  tags = { "upgrade", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = {
    cert = "$server",
    on_upgrade = function()
      return { status = 200, body = "<html>" }
    end,
  },
  client = { ca = "$root" },

  expect = {
    client = {
      code = "upgrade-rejected", slug = "upgrade-not-websocket",
      phase = "upgrade", fault = "server", rejected_by = "server",
      http_status = 200,
    },
    server = { code = "upgrade-refused", phase = "upgrade", http_status = 200 },
  },
  fixed = { server = { on_upgrade = function() return true end } },
}
