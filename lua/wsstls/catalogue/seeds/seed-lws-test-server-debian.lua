local FOLDER = "/usr/share/libwebsockets-test-server/libwebsockets-test-server"

return require "wsstls".scenario {
  name = "seed-lws-test-server-debian", fault = "server",
  title = "Debian's own file for libwebsockets' test server, by IP",
  text = "The certificate of the package libwebsockets-test-server-common "
    .. "itself: its key decides, behind it stand trust and name.",
  slug = "cert-key-too-weak",
  needs = "test -r " .. FOLDER .. ".key.pem",
  tags = { "seeds", "catalogue", "seed" },

  pki = function(pki)
    return { good = pki.self_signed { cn = "localhost", ip = "127.0.0.1" } }
  end,

  server = { cert = FOLDER .. ".pem", key = FOLDER .. ".key.pem",
    security_level = 0 },
  client = { host = "127.0.0.1", ca = {}, security_level = 2 },

  expect = {
    client = {
      code = "cert-key-too-weak", verify = 66, depth = 0,
      errors = { "66@0", "18@0", "64@0" }, alert_sent = 42,
    },
    server = { code = "cert-rejected", alert_received = 42 },
  },
  fixed = { server = { cert = "$good", key = "$none" },
    client = { ca = "$good" } },
}
