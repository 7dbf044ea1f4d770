return require "wsstls".scenario {
  name = "closed-policy", row = 100, fault = "server",
  title = "The peer closes for its policy: 1008",
  text = "Whatever was sent, the peer does not want it.",
  tags = { "close", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = {
    cert = "$server",
    run = function(conn) conn:close(1008, "too fast") end,
  },
  client = { ca = "$root" },

  expect = {
    client = {
      code = "closed", slug = "closed-policy",
      close_code = 1008,
    },
    server = { code = "closed", close_code = 1008 },
  },
  fixed = { server = { run = "$none" } },
}
