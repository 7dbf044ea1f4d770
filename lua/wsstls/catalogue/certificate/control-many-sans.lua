return require "wsstls".scenario {
  name = "control-many-sans", row = 46, fault = "none",
  title = "A certificate with a thousand names",
  text = "30 KB of subjectAltName; the dialled name is the last one.",
  tags = { "certificate", "catalogue", "control" },

  pki = function(pki)
    local names = {}
    for i = 1, 999 do names[i] = ("host%d.wss.test"):format(i) end
    names[1000] = "localhost"
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = names },
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
