return require "wsstls".scenario {
  name = "listen-denied", fault = "server",
  title = "A port that only root may listen at",
  text = "EACCES: below 1024 (net.ipv4.ip_unprivileged_port_start) it takes "
    .. "root or CAP_NET_BIND_SERVICE.",
  tags = { "config", "catalogue" },
  needs = "test $(id -u) != 0 -a "
    .. "$(cat /proc/sys/net/ipv4/ip_unprivileged_port_start) -gt 1",

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$server", port = 1 },
  client = { ca = "$root" },

  expect = {
    server = { code = "listen-denied", phase = "config", fault = "server" },
  },
  fixed = { server = { port = 0 } },
}
