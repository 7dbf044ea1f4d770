"""echo.py CERT KEY: Python websockets.  client: echo.py PORT CA COUNT client"""
import asyncio
import ssl
import sys
import time

import websockets


async def echo(ws):
    try:
        async for message in ws:
            await ws.send(message)
    except websockets.ConnectionClosed:
        pass


async def serve(cert, key):
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(cert, key)
    async with websockets.serve(echo, "127.0.0.1", 0, ssl=tls, max_size=None,
                                compression=None) as server:
        print("ready", server.sockets[0].getsockname()[1], flush=True)
        await asyncio.Future()


async def dial(port, ca, count):
    tls = ssl.create_default_context(cafile=ca)
    url = f"wss://127.0.0.1:{port}/"
    warm, used = count // 10, 0.0
    for i in range(warm + count):
        if i == warm:
            used = time.process_time()
        async with websockets.connect(url, ssl=tls, compression=None) as ws:
            await ws.send(b"x" * 64)
            await ws.recv()
    print(f"cpu={(time.process_time() - used) / count * 1e6:.1f}")


if len(sys.argv) > 3:
    asyncio.run(dial(int(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
else:
    asyncio.run(serve(sys.argv[1], sys.argv[2]))
