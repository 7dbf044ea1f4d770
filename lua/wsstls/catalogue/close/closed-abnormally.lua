return require "wsstls".scenario {
  name = "closed-abnormally", fault = "network",
  title = "The connection is lost without a close frame",
  text = "What every browser calls 1006: the code of a close that nobody sent.",
  tags = { "close", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = {
    cert = "$server",
    raw = function(peer)
      peer:upgrade()
      peer:read() -- the connection is open
      peer:close("reset")
    end,
  },
  client = { ca = "$root", send = { "hello" } },

  expect = {
    client = { code = "closed-abnormally", phase = "open", close_code = 1006 },
  },
  fixed = { server = { raw = "$none" } },
}
