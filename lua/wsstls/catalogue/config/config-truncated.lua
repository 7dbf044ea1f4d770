return require "wsstls".scenario {
  name = "config-truncated", fault = "server",
  title = "The certificate's file is cut short",
  text = "Half a PEM file: a copy that was interrupted.",
  tags = { "config", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local good = root:issue { cn = "localhost", dns = "localhost" }
    return { root = root, good = good, server = good:pem():sub(1, 300) }
  end,

  server = { cert = "$server", key = "$good" },
  client = { ca = "$root" },

  expect = {
    server = {
      code = "config-truncated", phase = "config",
      fault = "server",
    },
  },
  fixed = { server = { cert = "$good", key = "$none" } },
}
