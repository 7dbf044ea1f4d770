"""Peers for permessage-deflate: bytes as told, and Python's websockets.

usage: deflate.py offers PORT VALUE...     one line for each: what is answered
       deflate.py frames PORT OFFER STEP...
       deflate.py server ANSWER STEP...    serves one connection
       deflate.py echo SETTINGS            websockets server that echoes
       deflate.py talk PORT SETTINGS SIZE  websockets client, messages of all
                                           kinds; says "all good"
A STEP is a frame to send, OPCODE:HEX with the first byte in hex (c1: final
compressed text); "recv" prints a frame, "context"/"fresh" inflate it with or
without a window kept; "bomb:N" is a message of N zero bytes; "end" prints
the code of the close frame that comes.
"""
import asyncio
import base64
import hashlib
import os
import socket
import struct
import sys
import zlib

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TAIL = b"\0\0\xff\xff"


def say(*words):
    print(*words, flush=True)


def head(sock):
    data = b""
    while b"\r\n\r\n" not in data:
        more = sock.recv(1)
        if not more:
            break
        data += more
    return data.decode("latin-1")


def header(text, name):
    for line in text.split("\r\n")[1:]:
        key, _, value = line.partition(":")
        if key.lower() == name:
            return value.strip()
    return "none"


def dial(port, offer):
    sock = socket.create_connection(("127.0.0.1", int(port)), 5)
    lines = ["GET / HTTP/1.1", "Host: localhost", "Upgrade: websocket",
             "Connection: Upgrade", "Sec-WebSocket-Version: 13",
             "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="]
    lines += ["Sec-WebSocket-Extensions: " + v for v in offer.split("|") if v]
    sock.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
    return sock, head(sock)


def serve(answer):
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(10)
    say("port", listener.getsockname()[1])
    sock, _ = listener.accept()
    sock.settimeout(10)
    request = head(sock)
    say("offer", header(request, "sec-websocket-extensions"))
    key = header(request, "sec-websocket-key").encode()
    accept = base64.b64encode(hashlib.sha1(key + GUID).digest()).decode()
    lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket",
             "Connection: Upgrade", "Sec-WebSocket-Accept: " + accept]
    lines += ["Sec-WebSocket-Extensions: " + v for v in answer.split("|") if v]
    sock.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
    return sock


class Peer:
    def __init__(self, sock, masks):
        self.sock, self.masks = sock, masks
        self.inflater = zlib.decompressobj(wbits=-15)

    def send(self, first, payload):
        n, bit = len(payload), 0x80 if self.masks else 0
        if n < 126:
            out = struct.pack("!BB", first, bit | n)
        elif n < 65536:
            out = struct.pack("!BBH", first, bit | 126, n)
        else:
            out = struct.pack("!BBQ", first, bit | 127, n)
        # a mask of zeros is one, and leaves the payload as it is
        self.sock.sendall(out + (bytes(4) if self.masks else b"") + payload)

    def exactly(self, n):
        data = b""
        while len(data) < n:
            more = self.sock.recv(min(n - len(data), 65536))
            if not more:
                raise EOFError
            data += more
        return data

    def frame(self):
        first, second = self.exactly(2)
        n = second & 127
        if n > 125:
            n, = struct.unpack("!H" if n == 126 else "!Q",
                               self.exactly(2 if n == 126 else 8))
        mask = self.exactly(4) if second & 128 else bytes(4)
        data = self.exactly(n)
        key = mask * (n // 4 + 1)
        return first, bytes(a ^ b for a, b in zip(data, key))

    def inflated(self, fresh):
        first, data = self.frame()
        if fresh:
            self.inflater = zlib.decompressobj(wbits=-15)
        text = self.inflater.decompress(data + TAIL) if first & 64 else data
        say("%02x" % first, len(data), hashlib.md5(text).hexdigest())

    def end(self):
        try:
            while True:
                first, data = self.frame()
                if first & 15 == 8:
                    say("close", struct.unpack("!H", data[:2])[0])
                    self.send(0x88, data)
        except (OSError, EOFError):
            say("end")

    def bomb(self, n):
        deflater = zlib.compressobj(9, wbits=-15)
        data = b"".join(deflater.compress(bytes(1 << 20))
                        for _ in range(n >> 20))
        data += deflater.flush(zlib.Z_SYNC_FLUSH)
        try:
            self.send(0xc2, data[:-4])
        except OSError:
            pass

    def step(self, text):
        if text in ("context", "fresh"):
            self.inflated(text == "fresh")
        elif text == "recv":
            first, data = self.frame()
            say("%02x" % first, data.hex())
        elif text == "end":
            self.end()
        elif text.startswith("bomb:"):
            self.bomb(int(text[5:]))
        else:
            first, _, data = text.partition(":")
            self.send(int(first, 16), bytes.fromhex(data))


def offers(port, *values):
    for value in values:
        sock, answer = dial(port, value)
        say(answer[9:12] or "silence",
            header(answer, "sec-websocket-extensions"))
        sock.close()


def steps(sock, masks, which):
    peer = Peer(sock, masks)
    for text in which:
        peer.step(text)


def factory(kind, settings):
    from websockets.extensions import permessage_deflate as pmd
    options = {}
    for word in settings.split():
        name, _, value = word.partition("=")
        options[name] = int(value) if value else True
    return [getattr(pmd, kind + "PerMessageDeflateFactory")(**options)]


async def echo(settings):
    import websockets

    async def handler(ws, *_):
        async for message in ws:
            await ws.send(message)

    async with websockets.serve(
            handler, "127.0.0.1", 0, max_size=None, compression=None,
            extensions=factory("Server", settings)) as server:
        say("port", server.sockets[0].getsockname()[1])
        await asyncio.Future()


def pieces(message):
    size = max(1, len(message) // 7)
    return [message[i:i + size] for i in range(0, len(message), size)]


async def talk(port, settings, size):
    import websockets
    size, large = min(int(size), 300000), int(size)
    messages = ["", "a", "b" * size, "\u20ac\U0001f600x" * (size // 16),
                os.urandom(size // 8), bytes(size),
                "".join("word %d " % i for i in range(size // 16))]
    async with websockets.connect(
            "ws://127.0.0.1:%s/" % port, max_size=None, compression=None,
            extensions=factory("Client", settings)) as ws:
        say(ws.extensions)
        for message in messages * 2:
            await ws.send(message)
            assert await ws.recv() == message, message[:20]
            if message:
                await ws.send(pieces(message))
                assert await ws.recv() == message, message[:20]
        await ws.send(bytes(large))
        assert await ws.recv() == bytes(large)
    say("all good")


if __name__ == "__main__":
    what, rest = sys.argv[1], sys.argv[2:]
    if what == "offers":
        offers(*rest)
    elif what == "frames":
        steps(dial(rest[0], rest[1])[0], True, rest[2:])
    elif what == "server":
        steps(serve(rest[0]), False, rest[1:])
    elif what == "echo":
        asyncio.run(echo(*rest))
    else:
        asyncio.run(talk(*rest))
