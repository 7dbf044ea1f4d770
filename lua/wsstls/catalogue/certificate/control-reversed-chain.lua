return require "wsstls".scenario {
  name = "control-reversed-chain", row = 46, fault = "none",
  title = "The intermediates are sent in the wrong order",
  text = "TLS 1.2 forbids it and everybody copes; TLS 1.3 allows it.",
  tags = { "certificate", "catalogue", "control" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local inter = root:intermediate { cn = "Test Intermediate" }
    local lower = inter:intermediate { cn = "Lower Intermediate" }
    local leaf = lower:issue { cn = "localhost", dns = "localhost" }
    return { root = root, key = leaf:key_pem(), plain = leaf:chain_pem(),
      server = leaf:pem() .. inter:pem() .. lower:pem() }
  end,

  server = { cert = "$server", key = "$key" },
  client = { ca = "$root" },

  expect = {
    client = { ok = true },
    server = { ok = true },
  },
  fixed = { server = { cert = "$plain" } },
}
