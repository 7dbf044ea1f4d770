return require "wsstls".scenario {
  name = "client-cert-digest-too-weak",
  fault = "client",
  title = "The client's certificate has a SHA-1 signature, at level 2",
  text = "Old company CAs still sign so.",
  tags = { "client-certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local inter = root:intermediate { cn = "Test Intermediate",
      key = "P-256" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" },
      client = inter:issue { cn = "client", digest = "SHA1" },
      good = inter:issue { cn = "client" } }
  end,

  server = { cert = "$server", ca = "$root", client_verify = "required",
    security_level = 2 },
  client = { ca = "$root", cert = "$client", security_level = 0 },

  expect = {
    client = {
      code = "client-cert-rejected", phase = "tls",
      rejected_by = "server", alert_received = 42,
    },
    server = {
      code = "client-cert-digest-too-weak",
      fault = "client", rejected_by = "server",
      verify = 68, depth = 0, errors = { "68@0" },
      alert_sent = 42,
    },
  },
  fixed = { client = { cert = "$good" } },
}
