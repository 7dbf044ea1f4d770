return require "wsstls".scenario {
  name = "closed-application", row = 100, fault = "server",
  title = "The application's own code: 4001",
  text = "3000 to 4999 mean what the two programs agreed on; code and reason "
    .. "arrive as they were sent.",
  tags = { "close", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = {
    cert = "$server",
    run = function(conn) conn:close(4001, "logged in elsewhere") end,
  },
  client = { ca = "$root" },

  expect = {
    client = {
      code = "closed", slug = "closed-application",
      close_code = 4001,
    },
    server = { code = "closed", close_code = 4001 },
  },
  fixed = { server = { run = "$none" } },
}
