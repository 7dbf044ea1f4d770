return require "wsstls".scenario {
  name = "seed-websocketpp-service", fault = "client",
  title = "A path that a websocketpp server has no service at",
  text = "TLS is well, and the URL's path is wrong: 404, which is said with "
    .. "the path on both sides.",
  slug = "upgrade-not-found",
  needs = "command -v websocketpp_peer", -- make peers; PATH=build/peers:...
  tags = { "seeds", "catalogue", "seed", "foreign" },
  versions = { "TLSv1.3" }, -- in any other it is the same

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = {
    cert = "$server", ready = "^ready",
    command = { "websocketpp_peer", "server", "--port", "{port}",
      "--cert", "{cert}", "--key", "{key}", "--paths", "/chat,/echo" },
  },
  client = { ca = "$root", path = "/ecko" },

  expect = {
    client = {
      code = "upgrade-rejected", slug = "upgrade-not-found",
      phase = "upgrade", rejected_by = "server", http_status = 404,
    },
    server = { exit = 1, output = '"path": "/ecko"' },
  },
  fixed = {
    client = { path = "/echo", send = { "hello" }, receive = { "hello" } },
    expect = { client = { ok = true },
      server = { exit = 0, output = '"path": "/echo"' } },
  },
}
