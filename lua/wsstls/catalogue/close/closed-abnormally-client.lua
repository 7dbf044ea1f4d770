return require "wsstls".scenario {
  name = "closed-abnormally-client", fault = "network",
  title = "The client is gone without a close frame",
  text = "A laptop that was shut, a page that crashed: the server's side of "
    .. "closed-abnormally.",
  slug = "closed-abnormally",
  tags = { "close", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = {
    ca = "$root",
    raw = function(peer)
      peer:upgrade()
      peer:close("reset")
    end,
  },

  expect = {
    server = { code = "closed-abnormally", phase = "open",
      close_code = 1006 },
  },
  fixed = { client = { raw = "$none" } },
}
