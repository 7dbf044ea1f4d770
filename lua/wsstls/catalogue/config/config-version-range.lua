return require "wsstls".scenario {
  name = "config-version-range", fault = "client",
  title = "min_version is above max_version",
  text = "No version of TLS is in between.",
  tags = { "config", "catalogue" },
  versions = { "TLSv1.3" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = {
    ca = "$root",
    min_version = "TLSv1.3", max_version = "TLSv1.2",
  },

  expect = {
    client = {
      code = "config-version-range", phase = "config",
      fault = "client",
    },
  },
  fixed = { client = { max_version = "TLSv1.3" } },
}
