return require "wsstls".scenario {
  name = "tls-not-tls", row = 76, fault = "server",
  title = "A wss:// client on an HTTP port",
  text = "The answer to the ClientHello is an HTTP error.",
  tags = { "wire", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = {
    tls = false,
    raw = function(peer)
      peer:read(5)
      peer:write "HTTP/1.1 400 Bad Request\r\n\r\n"
      peer:read("all")
    end,
  },
  client = { scheme = "wss" },

  expect = {
    client = {
      code = "tls-not-tls", phase = "tls", fault = "server",
      openssl = "0A00010B",
    },
  },
  fixed = {
    server = { tls = "$none", raw = "$none", cert = "$server" },
    client = { ca = "$root" },
  },
}
