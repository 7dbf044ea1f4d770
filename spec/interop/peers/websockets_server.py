"""An echo server on Python's websockets. Serves one connection, or one
failed handshake, prints what it saw as a line of JSON, and ends: 0 when the
connection opened and closed cleanly.
"""
import argparse
import asyncio
import http
import json
import logging
import ssl
import sys

import websockets

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--cert", required=True)
parser.add_argument("--key", required=True)
parser.add_argument("--ca", help="demand client certificates of this CA")
parser.add_argument("--port", type=int, default=0)
parser.add_argument("--protocol")
parser.add_argument("--status", type=int, help="refuse upgrades with this")
parser.add_argument("--close", type=int, help="close at the first message")
o = parser.parse_args()

result = {"open": False, "messages": 0, "bytes": 0}
done = asyncio.Event()


async def serve(ws):
    tls = ws.transport.get_extra_info("ssl_object")
    result.update(open=True, tls=tls.version(), protocol=ws.subprotocol,
                  path=ws.path, host=ws.request_headers["Host"])
    subject = (tls.getpeercert() or {}).get("subject", ())
    result["client"] = dict(pair[0] for pair in subject).get("commonName")
    try:
        async for message in ws:
            result["messages"] += 1
            result["bytes"] += len(message)
            if o.close:
                await ws.close(o.close, "as told")
            else:
                await ws.send(message)
    except websockets.ConnectionClosedError as e:
        result["message"] = str(e)
    await ws.wait_closed()
    result.update(close_code=ws.close_code, close_reason=ws.close_reason)
    done.set()


async def refuse(path, headers):
    result["path"] = path
    if o.status:
        result["refused"] = True
        return http.HTTPStatus(o.status), [("X-Reason", "by request")], b"sorry"


class Failures(logging.Handler):
    """asyncio tells of a failed handshake in its debug log only."""
    def emit(self, record):
        e = record.exc_info[1] if record.exc_info else None
        if isinstance(e, OSError) and not result["open"]:
            result.update(error=getattr(e, "reason", type(e).__name__),
                          message=str(e))
            done.set()


class Protocol(websockets.WebSocketServerProtocol):
    def connection_lost(self, exc):
        super().connection_lost(exc)
        if result.get("refused"):
            done.set()


async def main():
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(o.cert, o.key)
    if o.ca:
        tls.load_verify_locations(o.ca)
        tls.verify_mode = ssl.CERT_REQUIRED
    log = logging.getLogger("asyncio")
    log.setLevel(logging.DEBUG)
    log.propagate = False
    log.addHandler(Failures())
    async with websockets.serve(
            serve, "127.0.0.1", o.port, ssl=tls, max_size=None,
            process_request=refuse,
            create_protocol=Protocol,
            subprotocols=[o.protocol] if o.protocol else None) as server:
        print("ready", server.sockets[0].getsockname()[1], flush=True)
        await done.wait()
    print(json.dumps(result), flush=True)
    clean = result["open"] and result.get("close_code") not in (None, 1006)
    sys.exit(0 if clean else 1)


asyncio.run(main(), debug=True)
