return require "wsstls".scenario {
  name = "cert-host-only-in-cn", row = 19, fault = "server",
  title = "The host name is in the common name only",
  text = "Refused here, as by Go and browsers; OpenSSL's own default, and "
    .. "`cn_fallback = true`, accept it.",
  tags = { "certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    local inter = root:intermediate { cn = "Test Intermediate" }
    return { root = root,
      server = inter:issue { cn = "localhost" },
      good = inter:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = { ca = "$root" },

  expect = {
    client = {
      code = "cert-host-mismatch", slug = "cert-host-only-in-cn",
      fault = "server", rejected_by = "client",
      verify = 62, depth = 0, errors = { "62@0" },
      alert_sent = 42,
    },
    server = { code = "cert-rejected", alert_received = 42 },
  },
  fixed = { server = { cert = "$good" } },
}
