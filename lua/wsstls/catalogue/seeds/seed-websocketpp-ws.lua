return require "wsstls".scenario {
  name = "seed-websocketpp-ws", fault = "client",
  title = "A websocketpp client with a ws:// URL at a wss:// port",
  text = "One letter of the URL decides: the client sends its request in the "
    .. "clear, the server takes it for what it is.",
  slug = "tls-plain-client",
  needs = "command -v websocketpp_peer", -- make peers; PATH=build/peers:...
  tags = { "seeds", "catalogue", "seed", "foreign" },
  versions = { "TLSv1.3" }, -- in any other it is the same

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = {
    scheme = "ws", ca = "$root",
    command = { "websocketpp_peer", "client", "--url", "{url}",
      "--ca", "{ca}" },
  },

  expect = {
    client = { exit = 1, output = '"open": false' },
    server = {
      code = "tls-plain-client", phase = "tls", fault = "client",
      openssl = "0A00009C", alert_sent = false,
    },
  },
  fixed = {
    client = { scheme = "wss" },
    expect = { client = { exit = 0, output = '"echoed": true' },
      server = { ok = true } },
  },
}
