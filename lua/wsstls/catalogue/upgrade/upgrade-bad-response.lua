return require "wsstls".scenario {
  name = "upgrade-bad-response", fault = "server",
  title = "The answer is not HTTP",
  text = "A mail server lives at this port, behind TLS.",
  tags = { "upgrade", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = {
    cert = "$server",
    raw = function(peer)
      repeat until assert(peer:read("line")) == ""
      peer:write "220 mail.test ESMTP\r\n\r\n"
      peer:read("all")
    end,
  },
  client = { ca = "$root" },

  expect = {
    client = {
      code = "upgrade-bad-response", phase = "upgrade",
      fault = "server", rejected_by = "client",
    },
  },
  fixed = { server = { raw = "$none" } },
}
