return require "wsstls".scenario {
  name = "control-root-sent", row = 46, fault = "none",
  title = "The root is sent along",
  text = "Useless and harmless: a root is trusted by the store, not by the "
    .. "wire.",
  tags = { "certificate", "catalogue", "control" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local inter = root:intermediate { cn = "Test Intermediate" }
    return { root = root,
      server = inter:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server", send_root = true },
  client = { ca = "$root" },

  expect = {
    client = { ok = true },
    server = { ok = true },
  },
  fixed = { server = { send_root = false } },
}
