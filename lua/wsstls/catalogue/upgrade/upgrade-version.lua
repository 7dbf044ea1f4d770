return require "wsstls".scenario {
  name = "upgrade-version", row = 85, fault = "server",
  title = "426: the server wants another version of the protocol",
  text = "It names the versions it speaks in Sec-WebSocket-Version.",
  tags = { "upgrade", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = {
    cert = "$server",
    on_upgrade = function()
      return { status = 426,
        headers = { ["Sec-WebSocket-Version"] = "8" } }
    end,
  },
  client = { ca = "$root" },

  expect = {
    client = {
      code = "upgrade-rejected", slug = "upgrade-version",
      phase = "upgrade", fault = "server", rejected_by = "server",
      http_status = 426,
    },
    server = { code = "upgrade-refused", phase = "upgrade", http_status = 426 },
  },
  fixed = { server = { on_upgrade = function() return true end } },
}
