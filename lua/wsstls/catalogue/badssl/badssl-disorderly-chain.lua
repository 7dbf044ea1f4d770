return require "wsstls".scenario {
  name = "badssl-disorderly-chain", fault = "none",
  title = "The chain has a stranger's certificate in its middle",
  text = "Useless and harmless: the verifier takes what it needs.",
  tags = { "badssl", "catalogue", "control" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local inter = root:intermediate { cn = "Test Intermediate" }
    local leaf = inter:issue { cn = "localhost", dns = "localhost" }
    local stranger = pki.ca { cn = "Another Root" }
    return { root = root, key = leaf:key_pem(), good = leaf:chain_pem(),
      server = leaf:pem() .. stranger:pem() .. inter:pem() }
  end,

  server = { cert = "$server", key = "$key" },
  client = { ca = "$root" },

  expect = {
    client = { ok = true },
    server = { ok = true },
  },
  fixed = { server = { cert = "$good" } },
}
