return require "wsstls".scenario {
  name = "timeout-upgrade-silent-client", fault = "client",
  title = "A client finishes TLS and half of its request",
  text = "Slow loris: the server ends it after handshake_timeout.",
  slug = "timeout-upgrade",
  tags = { "upgrade", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server", handshake_timeout = 0.2 },
  client = {
    ca = "$root",
    raw = function(peer)
      peer:write "GET / HTTP/1.1\r\nHost: localho"
      peer:read("all")
    end,
  },

  expect = {
    server = { code = "timeout-upgrade", phase = "upgrade", fault = "client" },
  },
  fixed = { client = { raw = "$none" } },
}
