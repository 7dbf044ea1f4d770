return require "wsstls".scenario {
  name = "upgrade-unauthorized", row = 84, fault = "server",
  title = "401: the server wants credentials",
  text = "It says which in WWW-Authenticate; they belong into `headers`.",
  tags = { "upgrade", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = {
    cert = "$server",
    on_upgrade = function(request)
      if request.headers.authorization == "Bearer sesame" then return true end
      return { status = 401, headers = { ["WWW-Authenticate"] = "Bearer" } }
    end,
  },
  client = { ca = "$root" },

  expect = {
    client = {
      code = "upgrade-unauthorized", phase = "upgrade",
      fault = "server", rejected_by = "server", http_status = 401,
    },
    server = { code = "upgrade-refused", phase = "upgrade" },
  },
  fixed = { client = { headers = { Authorization = "Bearer sesame" } } },
}
