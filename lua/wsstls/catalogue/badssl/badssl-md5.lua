return require "wsstls".scenario {
  name = "badssl-md5", fault = "server",
  title = "An MD5 signature",
  text = "Forged since 2008; below every security level but 0.",
  slug = "cert-digest-too-weak",
  tags = { "badssl", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root", key = { type = "rsa" } }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost",
        digest = "MD5" },
      good = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server", security_level = 0 },
  client = { ca = "$root" },

  expect = {
    client = {
      code = "cert-digest-too-weak", verify = 68, depth = 0,
      alert_sent = 42,
    },
    server = { code = "cert-rejected", alert_received = 42 },
  },
  fixed = { server = { cert = "$good" } },
}
