return require "wsstls".scenario {
  name = "tls-not-tls-ssh", row = 76, fault = "server",
  title = "A wss:// client on an SSH port",
  text = "The server greets before the client has said a word.",
  slug = "tls-not-tls",
  tags = { "wire", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = {
    tls = false,
    raw = function(peer)
      peer:write "SSH-2.0-OpenSSH_9.2p1\r\n"
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
