return require "wsstls".scenario {
  name = "timeout-connect", row = 82, fault = "network",
  title = "A black hole: nobody answers the connecting",
  text = "SYN after SYN, and no answer: a firewall that drops, a host that "
    .. "is down.",
  tags = { "wire", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  relay = { accept = "never" },

  server = { cert = "$server" },
  client = { ca = "$root", timeout = { connect = 0.3 } },

  expect = {
    client = { code = "timeout-connect", phase = "tcp" },
  },
  fixed = { relay = false },
}
