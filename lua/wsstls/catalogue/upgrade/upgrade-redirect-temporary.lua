return require "wsstls".scenario {
  name = "upgrade-redirect-temporary", row = 86, fault = "client",
  title = "307: the service is elsewhere for a while",
  text = "Nobody goes there by himself: it may be another host, with another "
    .. "certificate.",
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
      if request.path == "/two" then return true end
      return { status = 307, headers = { Location = "/two" } }
    end,
  },
  client = { ca = "$root", path = "/one" },

  expect = {
    client = {
      code = "upgrade-redirect", phase = "upgrade",
      rejected_by = "server", http_status = 307,
    },
    server = { code = "upgrade-refused", phase = "upgrade", http_status = 307 },
  },
  fixed = { client = { path = "/two" } },
}
