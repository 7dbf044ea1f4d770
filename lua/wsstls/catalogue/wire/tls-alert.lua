return require "wsstls".scenario {
  name = "tls-alert", fault = "unknown",
  title = "The server ends TLS with another alert",
  text = "Any alert without a name of its own here: number and name are in "
    .. "the record.",
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
      peer:write "\21\3\3\0\2\2\80" -- fatal internal_error
      peer:read("all")
    end,
  },
  client = { scheme = "wss" },

  expect = {
    client = {
      code = "tls-alert", phase = "tls", rejected_by = "server",
      alert_received = 80,
    },
  },
  fixed = {
    server = { tls = "$none", raw = "$none", cert = "$server" },
    client = { ca = "$root" },
  },
}
