return require "wsstls".scenario {
  name = "control-client-cert", fault = "none",
  title = "A good client certificate; one that is left out",
  text = "The good connection of this folder. In the twin the certificate is "
    .. "optional, and not there.",
  tags = { "client-certificate", "catalogue", "control" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" },
      client = root:issue { cn = "client" } }
  end,

  server = { cert = "$server", ca = "$root", client_verify = "required" },
  client = { ca = "$root", cert = "$client" },

  expect = {
    client = { ok = true },
    server = { ok = true },
  },
  fixed = { server = { client_verify = "optional" } },
}
