return require "wsstls".scenario {
  name = "seed-python-js", fault = "server",
  title = "A Python server and a JavaScript client, neither of them ours",
  text = "Both sides are foreign programs, judged by what they print and how "
    .. "they leave. Node sends no alert: Python's debug log has a lost "
    .. "connection.",
  needs = "/usr/bin/python3 -c 'import websockets' && "
    .. "NODE_PATH=/usr/share/nodejs node -e 'require(\"ws\")'",
  tags = { "seeds", "catalogue", "seed", "foreign" },
  versions = { "TLSv1.3" }, -- theirs, whatever is asked for

  pki = function(pki)
    return { old = pki.self_signed { cn = "localhost" },
      good = pki.self_signed { cn = "localhost", dns = "localhost" } }
  end,

  server = {
    cert = "$old", ready = "ready\n",
    command = { "/usr/bin/python3", "-c", [[
import asyncio, logging, ssl, websockets
async def echo(ws, *path):
    async for message in ws: await ws.send(message)
async def main():
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain("{cert}", "{key}")
    async with websockets.serve(echo, "127.0.0.1", {port}, ssl=tls):
        print("ready", flush=True)
        logging.basicConfig(level=logging.DEBUG)
        await asyncio.Future()
asyncio.run(main(), debug=True)]] },
  },
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
    server = { output = "SSL handshake failed" },
  },
  fixed = {
    server = { cert = "$good" },
    client = { ca = "$good", env = { NODE_PATH = "/usr/share/nodejs",
      NODE_EXTRA_CA_CERTS = "{ca}" } },
  },
}
