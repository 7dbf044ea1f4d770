return require "wsstls".scenario {
  name = "upgrade-redirect-see-other", row = 86, fault = "client",
  title = "303: there is something to read elsewhere",
  text = "What the path serves is a page; the service has a path of its own.",
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
      if request.path == "/socket" then return true end
      return { status = 303, headers = { Location = "/about" } }
    end,
  },
  client = { ca = "$root" },

  expect = {
    client = {
      code = "upgrade-redirect", phase = "upgrade",
      rejected_by = "server", http_status = 303,
    },
    server = { code = "upgrade-refused", phase = "upgrade", http_status = 303 },
  },
  fixed = { client = { path = "/socket" } },
}
