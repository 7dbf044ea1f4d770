return require "wsstls".scenario {
  name = "tcp-reset", row = 78, fault = "network",
  title = "A reset in the middle of the handshake",
  text = "Somebody between the two sends RST: firewalls do, and crashed "
    .. "programs.",
  tags = { "wire", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  relay = { rules = {
    { from = "server", record = "handshake", nth = 1, action = "reset" } } },

  server = { cert = "$server" },
  client = { ca = "$root" },

  expect = {
    client = { code = "tcp-reset", phase = "tls", fault = "network" },
    server = { code = "tcp-reset", phase = "tls", fault = "network" },
  },
  fixed = { relay = false },
}
