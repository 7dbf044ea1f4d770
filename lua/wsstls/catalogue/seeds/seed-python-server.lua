return require "wsstls".scenario {
  name = "seed-python-server", fault = "server",
  title = "A Python server with `openssl req -x509 -subj /CN=localhost`",
  text = "Python's websockets behind a self-signed certificate: the client "
    .. "says why it goes, Python only when asyncio's debug log is on.",
  slug = "cert-self-signed",
  needs = "/usr/bin/python3 -c 'import websockets'",
  tags = { "seeds", "catalogue", "seed", "foreign" },

  pki = function(pki)
    return { old = pki.self_signed { cn = "localhost" },
      good = pki.self_signed { cn = "localhost", dns = "localhost" } }
  end,

  server = {
    tls = true, cert = "$old", ready = "ready\n",
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
  client = { host = "127.0.0.1", ca = {} },

  expect = {
    client = {
      code = "cert-self-signed", slug = "cert-self-signed-no-san",
      verify = 18, depth = 0, alert_sent = 48,
    },
    server = { output = "TLSV1_ALERT_UNKNOWN_CA" },
  },
  fixed = {
    server = { cert = "$good" },
    client = { ca = "$good", host = "localhost",
      send = { "hello" }, receive = { "hello" } },
  },
}
