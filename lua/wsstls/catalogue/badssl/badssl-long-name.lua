return require "wsstls".scenario {
  name = "badssl-long-name", fault = "none",
  title = "A host name with a label of 63 letters",
  text = "RFC 1035 allows 63 bytes in a label, and not one more.",
  tags = { "badssl", "catalogue", "control" },

  pki = function(pki)
    local long = ("long-extended-subdomain-name-containing-many"
      .. "-letters-and-dashes"):sub(1, 63) .. ".wss.test"
    local root = pki.ca { cn = "Test Root" }
    return { root = root, server = root:issue { cn = "wss", dns = long },
      good = root:issue { cn = "wss", dns = "*.wss.test" } }
  end,

  server = { cert = "$server" },
  client = {
    ca = "$root",
    host = "long-extended-subdomain-name-containing-many"
      .. "-letters-and-dashes.wss.test",
  },

  expect = {
    client = { ok = true },
    server = { ok = true },
  },
  fixed = { server = { cert = "$good" } },
}
