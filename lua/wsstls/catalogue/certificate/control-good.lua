return require "wsstls".scenario {
  name = "control-good", row = 46, fault = "none",
  title = "Nothing is wrong",
  text = "The good connection that every other scenario changes in one "
    .. "point. The twin is without the intermediate.",
  tags = { "certificate", "catalogue", "control" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local inter = root:intermediate { cn = "Test Intermediate" }
    return { root = root,
      server = inter:issue { cn = "localhost", dns = "localhost" },
      plain = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = { ca = "$root" },

  expect = {
    client = { ok = true },
    server = { ok = true },
  },
  fixed = { server = { cert = "$plain" } },
}
