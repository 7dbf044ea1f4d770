return require "wsstls".scenario {
  name = "tcp-reset-upgrade", row = 78, fault = "network",
  title = "A reset instead of an answer to the upgrade",
  text = "The same one phase later: `phase` says which.",
  slug = "tcp-reset",
  tags = { "wire", "catalogue" },
  versions = { "TLSv1.2" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  relay = { rules = {
    { from = "client", record = "application", nth = 1,
      action = "reset" } } },

  server = { cert = "$server" },
  client = { ca = "$root" },

  expect = {
    client = { code = "tcp-reset", phase = "upgrade", fault = "network" },
    server = { code = "tcp-reset", phase = "upgrade", fault = "network" },
  },
  fixed = { relay = false },
}
