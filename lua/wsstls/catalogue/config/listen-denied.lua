return require "wsstls".scenario {
  name = "listen-denied", fault = "server",
  title = "A port that only root may listen at",
  text = "EACCES: below 1024 (net.ipv4.ip_unprivileged_port_start) it takes "
    .. "root or CAP_NET_BIND_SERVICE.",
  tags = { "config", "catalogue" },
  versions = { "TLSv1.3" }, -- in any other it is the same
  -- without the tenth capability, where ports are privileged at all
  needs = "caps=$(sed -n 's/^CapEff:[^0-9a-f]*/0x/p' /proc/self/status); "
    .. "test $((caps & 0x400)) = 0 -a "
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
