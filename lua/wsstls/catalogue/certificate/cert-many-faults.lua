return require "wsstls".scenario {
  name = "cert-many-faults", row = 45, fault = "server",
  title = "Expired, for another host, and of an unknown root",
  text = "All three are told, the deciding one first; other programs stop at "
    .. "one.",
  tags = { "certificate", "catalogue" },

  pki = function(pki)
    local now, day = os.time(), 86400
    local root = pki.ca { cn = "Test Root" }
    local inter = root:intermediate { cn = "Test Intermediate" }
    return { root = root, other = pki.ca { cn = "Another Root" },
      server = inter:issue { cn = "other.test", dns = "other.test",
        not_before = now - 397 * day, not_after = now - day },
      good = inter:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server" },
  client = { ca = "$other" },

  expect = {
    client = {
      code = "cert-untrusted", slug = "cert-many-faults",
      fault = "server", rejected_by = "client",
      verify = 20, depth = 1, errors = { "20@1", "62@0", "10@0" },
      alert_sent = 48,
    },
    server = { code = "cert-rejected", alert_received = 48 },
  },
  fixed = { server = { cert = "$good" }, client = { ca = "$root" } },
}
