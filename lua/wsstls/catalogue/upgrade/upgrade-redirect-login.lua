return require "wsstls".scenario {
  name = "upgrade-redirect-login", row = 86, fault = "client",
  title = "302: who is not logged in is sent to the login page",
  text = "A page for people answers; a program needs the session's cookie.",
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
      if request.headers.cookie == "session=1" then return true end
      return { status = 302,
        headers = { Location = "https://localhost/login" } }
    end,
  },
  client = { ca = "$root" },

  expect = {
    client = {
      code = "upgrade-redirect", phase = "upgrade",
      rejected_by = "server", http_status = 302,
    },
    server = { code = "upgrade-refused", phase = "upgrade", http_status = 302 },
  },
  fixed = { client = { headers = { Cookie = "session=1" } } },
}
