"""A client on Python's websockets: opens, sends a message, expects it back,
closes 1000, prints what it saw as a line of JSON. Ends with 0 when all of
that went well.
"""
import argparse
import asyncio
import json
import ssl
import sys

import websockets

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--url", required=True)
parser.add_argument("--ca")
parser.add_argument("--cert")
parser.add_argument("--key")
parser.add_argument("--protocol")
parser.add_argument("--size", type=int, default=64)
parser.add_argument("--deflate", type=int, default=0)
o = parser.parse_args()

result = {"open": False, "echoed": False}


async def talk(tls):
    message = "x" * o.size
    async with websockets.connect(
            o.url, ssl=tls, max_size=None,
            compression="deflate" if o.deflate else None,
            subprotocols=[o.protocol] if o.protocol else None) as ws:
        result.update(
            open=True, protocol=ws.subprotocol,
            tls=ws.transport.get_extra_info("ssl_object").version())
        await ws.send(message)
        result["echoed"] = await ws.recv() == message
        await ws.close(1000, "done")
    result.update(close_code=ws.close_code, close_reason=ws.close_reason)


tls = ssl.create_default_context(cafile=o.ca)
if o.cert:
    tls.load_cert_chain(o.cert, o.key)
try:
    asyncio.run(talk(tls))
except websockets.InvalidStatusCode as e:
    result.update(status=e.status_code)
except (websockets.WebSocketException, OSError) as e:
    # the TLS error, when there is one, is behind websockets' own
    while e.__cause__ and not isinstance(e, ssl.SSLError):
        e = e.__cause__
    result.update(error=getattr(e, "reason", type(e).__name__),
                  verify=getattr(e, "verify_code", None), message=str(e))
print(json.dumps(result))
sys.exit(0 if result["echoed"] and result.get("close_code") == 1000 else 1)
