return require "wsstls".scenario {
  name = "upgrade-redirect-slash", row = 86, fault = "client",
  title = "308: the path lacks its last slash",
  text = "Web frameworks mend the path of a page so; a WebSocket client does "
    .. "not follow.",
  slug = "upgrade-redirect",
  tags = { "upgrade", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = {
    cert = "$server",
    on_upgrade = function(request)
      if request.path == "/chat/" then return true end
      return { status = 308, headers = { Location = "/chat/" } }
    end,
  },
  client = { ca = "$root", path = "/chat" },

  expect = {
    client = {
      code = "upgrade-redirect", phase = "upgrade",
      rejected_by = "server", http_status = 308,
    },
    server = { code = "upgrade-refused", phase = "upgrade", http_status = 308 },
  },
  fixed = { client = { path = "/chat/" } },
}
