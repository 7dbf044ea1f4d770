return require "wsstls".scenario {
  name = "cert-path-length", row = 27, fault = "server",
  title = "A CA's path length constraint is exceeded",
  text = "The root allows no intermediate below it, and there is one.",
  tags = { "certificate", "catalogue" },

  pki = function(pki)
    local key = pki.key()
    local short = pki.ca { cn = "Test Root", key = key, path_length = 0 }
    local root = pki.ca { cn = "Test Root", key = key }
    local inter = root:intermediate { cn = "Test Intermediate" }
    return { short = short, root = root,
      server = inter:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = { ca = "$short" },

  expect = {
    client = {
      code = "cert-path-length",
      fault = "server", rejected_by = "client",
      verify = 25, depth = 2, errors = { "25@2" },
      alert_sent = 48,
    },
    server = { code = "cert-rejected", alert_received = 48 },
  },
  fixed = { client = { ca = "$root" } },
}
