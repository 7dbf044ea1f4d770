return require "wsstls".scenario {
  name = "control-slow-link", row = 83, fault = "none",
  title = "A slow link",
  text = "Latency, and 20 bytes at a time: it takes its time and succeeds.",
  tags = { "wire", "catalogue", "control" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  relay = { rules = {
    { action = "latency", seconds = 0.005 },
    { from = "server", action = "split", length = 20 } } },

  server = { cert = "$server" },
  client = { ca = "$root" },

  expect = {
    client = { ok = true },
    server = { ok = true },
  },
  fixed = { relay = false },
}
