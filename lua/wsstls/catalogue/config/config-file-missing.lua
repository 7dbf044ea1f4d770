return require "wsstls".scenario {
  name = "config-file-missing", fault = "client",
  title = "The client's CA file does not exist",
  text = "The message has the path that was tried.",
  tags = { "config", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = { ca_file = "/nonexistent/ca.pem" },

  expect = {
    client = {
      code = "config-file-missing", phase = "config",
      fault = "client",
    },
  },
  fixed = { client = { ca_file = "$none", ca = "$root" } },
}
