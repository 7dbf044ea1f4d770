return require "wsstls".scenario {
  name = "control-idn", row = 46, fault = "none",
  title = "A host name beyond ASCII",
  text = "Written in UTF-8, on the wire in Punycode (RFC 3490).",
  tags = { "certificate", "catalogue", "control" },

  pki = function(pki)
    local name = "b\195\188cher.test"
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "books", dns = name },
      plain = root:issue { cn = "books", dns = "xn--bcher-kva.test" } }
  end,

  server = { cert = "$server" },
  client = { host = "xn--bcher-kva.test", ca = "$root" },

  expect = {
    client = { ok = true },
    server = { ok = true },
  },
  fixed = { server = { cert = "$plain" } },
}
