local chromium = require "wsstls.zoo.clients".by_name.chromium

return require "wsstls".scenario {
  name = "seed-python-browser", fault = "server",
  title = "A Python server and a page in a browser",
  text = "The page learns 1006 and nothing else; the browser's log has the "
    .. "reason, and Python's debug log the alert that Chromium sends for "
    .. "every one: 46.",
  needs = "/usr/bin/python3 -c 'import websockets' && command -v chromium "
    .. "&& command -v certutil",
  tags = { "seeds", "catalogue", "seed", "foreign", "slow" },
  versions = { "TLSv1.3" }, -- theirs, whatever is asked for
  timeout = 40,

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" } -- Chromium trusts no leaf
    return { root = root, old = pki.self_signed { cn = "localhost" },
      good = root:issue { cn = "localhost", dns = "localhost" } }
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
  client = { ca = "$root", command = chromium.command },

  expect = {
    client = { ok = false, exit = 1, output = "net_error %-202" },
    server = { output = "SSLV3_ALERT_CERTIFICATE_UNKNOWN" },
  },
  fixed = {
    server = { cert = "$good" },
    expect = { client = { exit = 0 }, server = { output = "< TEXT 'zoo'" } },
  },
}
