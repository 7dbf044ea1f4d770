return require "wsstls".scenario {
  name = "badssl-no-common-name", fault = "none",
  title = "A subject without a common name",
  text = "Only the subjectAltName counts: this passes.",
  tags = { "badssl", "catalogue", "control" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { subject = { { "O", "wsstls" } },
        dns = "localhost" },
      good = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = { ca = "$root" },

  expect = {
    client = { ok = true },
    server = { ok = true },
  },
  fixed = { server = { cert = "$good" } },
}
