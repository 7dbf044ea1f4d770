return require "wsstls".scenario {
  name = "listen-failed", fault = "server",
  title = "The server cannot listen where it is told to",
  text = "The address is not one of this machine: 192.0.2.0/24 belongs to "
    .. "documentation (RFC 5737).",
  tags = { "config", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server", host = "192.0.2.1" },
  client = { ca = "$root" },

  expect = {
    server = {
      code = "listen-failed", phase = "config",
      fault = "server",
    },
  },
  fixed = { server = { host = "127.0.0.1" } },
}
