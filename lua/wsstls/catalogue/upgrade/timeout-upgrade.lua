return require "wsstls".scenario {
  name = "timeout-upgrade", fault = "server",
  title = "The server never answers the upgrade",
  text = "TLS is done, the request is sent, nothing comes.",
  tags = { "upgrade", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = {
    cert = "$server",
    raw = function(peer)
      repeat until assert(peer:read("line")) == ""
      peer:read("all")
    end,
  },
  client = { ca = "$root", timeout = { upgrade = 0.2 } },

  expect = {
    client = { code = "timeout-upgrade", phase = "upgrade", fault = "server" },
  },
  fixed = { server = { raw = "$none" } },
}
