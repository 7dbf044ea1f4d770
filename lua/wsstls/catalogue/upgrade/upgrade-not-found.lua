return require "wsstls".scenario {
  name = "upgrade-not-found", row = 85, fault = "server",
  title = "404: there is no service at this path",
  text = "The server has services per path, and none at this one.",
  tags = { "upgrade", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = {
    cert = "$server",
    paths = { ["/chat"] = { on_message = function() end } },
  },
  client = { ca = "$root", path = "/chatt" },

  expect = {
    client = {
      code = "upgrade-rejected", slug = "upgrade-not-found",
      phase = "upgrade", fault = "server", rejected_by = "server",
      http_status = 404,
    },
    server = { code = "upgrade-refused", phase = "upgrade" },
  },
  fixed = { client = { path = "/chat" } },
}
