return require "wsstls".scenario {
  name = "client-cert-verify-callback", fault = "client",
  title = "The server's own verify function says no",
  text = "The chain is good. OpenSSL cannot suspend a server's handshake: "
    .. "this verdict comes when TLS is done, as 403, and before anything "
    .. "opens.",
  tags = { "client-certificate", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" },
      client = root:issue { cn = "client" } }
  end,

  server = {
    cert = "$server", ca = "$root",
    verify = function() return false, "not on the list" end,
  },
  client = { ca = "$root", cert = "$client" },

  expect = {
    client = {
      code = "upgrade-forbidden", phase = "upgrade",
      rejected_by = "server", http_status = 403,
    },
    server = {
      code = "client-cert-verify-callback", phase = "verify",
      fault = "client", rejected_by = "server", verify = 50,
    },
  },
  fixed = { server = { verify = true } },
}
