return require "wsstls".scenario {
  name = "seed-js-client", fault = "server",
  title = "A JavaScript client refuses a self-signed certificate",
  text = "Node judges when OpenSSL is done and sends no alert: the server "
    .. "sees the connection end, with the client's address; the client "
    .. "says why.",
  slug = "cert-rejected",
  needs = "NODE_PATH=/usr/share/nodejs node -e 'require(\"ws\")'",
  tags = { "seeds", "catalogue", "seed", "foreign" },

  pki = function(pki)
    return { old = pki.self_signed { cn = "localhost" },
      good = pki.self_signed { cn = "localhost", dns = "localhost" } }
  end,

  server = { cert = "$old" },
  client = {
    env = { NODE_PATH = "/usr/share/nodejs" },
    command = { "node", "-e", [[
const { WebSocket } = require("ws");
const ws = new WebSocket("{url}");
ws.on("open", () => { console.log("open"); ws.close(1000); });
ws.on("close", () => process.exit(0));
ws.on("error", (e) => { console.log(e.code); process.exit(1); });]] },
  },

  expect = {
    client = { ok = false, exit = 1, output = "DEPTH_ZERO_SELF_SIGNED_CERT" },
    server = {
      code = { ["TLSv1.2"] = "upgrade-no-response",
               ["TLSv1.3"] = "tls-eof" },
      alert_received = false,
    },
  },
  fixed = {
    server = { cert = "$good" },
    client = { ca = "$good", env = { NODE_PATH = "/usr/share/nodejs",
      NODE_EXTRA_CA_CERTS = "{ca}" } },
  },
}
