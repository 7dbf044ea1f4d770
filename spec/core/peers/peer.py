"""A peer that does exactly what it is told, right or wrong.

usage: peer.py FIFO

Reads jobs from FIFO, one per line, fields divided by TAB:
  ID listen OPTIONS STEP...   serves every connection with the steps
  ID connect PORT STEP...     dials 127.0.0.1 and goes through the steps
and answers on standard output:
  @ID port N                  (listen)
  @ID done BYTES              what was read in `rest` and `read`, as escapes
  @ID error TEXT
Values are written with Python's backslash escapes. The steps:
  tls [key=value]...   TLS from here on: cert key min max ciphers alpn sni
  head                 read to the end of an HTTP head
  read N               read N bytes; rest: read to the end of the stream
  frame                read one WebSocket frame of at most 125 bytes
  skip                 read to the end of the stream, keep nothing
  send TEXT            {accept} stands for the answer to the key in the head
  drip TEXT            the same, one byte at a time
  fin, rst, half       close; close with a reset; end our direction
  notify               TLS close_notify, then close
"""
import base64
import hashlib
import os
import re
import socket
import ssl
import struct
import sys
import threading

LIMIT = 5
VERSIONS = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}
lock = threading.Lock()


def say(ident, word, text=""):
    with lock:
        sys.stdout.write("@%s %s %s\n" % (ident, word, text))
        sys.stdout.flush()


def shown(data):
    return data.decode("latin-1").encode("unicode_escape").decode("ascii")


def unescaped(text):
    return text.encode("latin-1").decode("unicode_escape").encode("latin-1")


def context(server, options):
    kind = ssl.PROTOCOL_TLS_SERVER if server else ssl.PROTOCOL_TLS_CLIENT
    ctx = ssl.SSLContext(kind)
    if not server:
        ctx.check_hostname = False
        ctx.verify_mode = ssl.CERT_NONE
    if "cert" in options:
        ctx.load_cert_chain(options["cert"], options["key"])
    if "min" in options:
        ctx.minimum_version = VERSIONS[options["min"]]
    if "max" in options:
        ctx.maximum_version = VERSIONS[options["max"]]
    if "ciphers" in options:
        ctx.set_ciphers(options["ciphers"])
    if "alpn" in options:
        ctx.set_alpn_protocols(options["alpn"].split(","))
    return ctx


class Run:
    def __init__(self, sock, server):
        self.sock, self.server, self.kept = sock, server, b""
        sock.settimeout(LIMIT)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def go(self, steps):
        for step in steps:
            word, _, value = step.partition(" ")
            getattr(self, word)(value)

    def tls(self, value):
        options = dict(pair.split("=", 1) for pair in value.split())
        ctx = context(self.server, options)
        sni = None if self.server else options.get("sni")
        self.sock = ctx.wrap_socket(self.sock, server_side=self.server,
                                    server_hostname=sni,
                                    suppress_ragged_eofs=False)

    def take(self, n):
        data = self.sock.recv(n)
        if not data:
            raise EOFError("the stream ended")
        self.kept += data

    def head(self, _):
        start = len(self.kept)
        while b"\r\n\r\n" not in self.kept[start:]:
            self.take(1)

    def read(self, value):
        end = len(self.kept) + int(value)
        while len(self.kept) < end:
            self.take(end - len(self.kept))

    def frame(self, _):
        start = len(self.kept)
        self.read(2)
        n = self.kept[start + 1]
        self.read((n & 127) + (4 if n & 128 else 0))

    def rest(self, _):
        try:
            while True:
                self.take(4096)
        except EOFError:
            pass

    def skip(self, _):
        try:
            while self.sock.recv(65536):
                pass
        except OSError:
            pass

    def text(self, value):
        data = unescaped(value)
        if b"{accept}" in data:
            key = re.search(rb"(?i)sec-websocket-key: *(\S+)", self.kept)
            digest = hashlib.sha1(
                key.group(1) + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
            data = data.replace(b"{accept}",
                                base64.b64encode(digest.digest()))
        return data

    def send(self, value):
        self.sock.sendall(self.text(value))

    def drip(self, value):
        data = self.text(value)
        for i in range(len(data)):
            self.sock.sendall(data[i:i + 1])

    def fin(self, _):
        self.sock.close()

    def rst(self, _):
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                             struct.pack("ii", 1, 0))
        self.sock.close()

    def half(self, _):
        socket.socket.shutdown(self.sock, socket.SHUT_WR)

    def notify(self, _):
        self.sock = self.sock.unwrap()
        self.sock.close()


def run(ident, make, server, steps):
    task = None
    try:
        task = Run(make(), server)
        task.go(steps)
        say(ident, "done", shown(task.kept))
    except Exception as e:
        say(ident, "error", "%s: %s (read: %s)" % (
            type(e).__name__, e, shown(task.kept) if task else ""))
    finally:
        if task:
            task.sock.close()


def listen(ident, options, steps):
    listener = socket.create_server(("127.0.0.1", 0))
    if options == "full":
        listener.listen(0)
        # kept in a list: a socket that is collected is closed
        full.extend(fill(listener.getsockname()))
    say(ident, "port", listener.getsockname()[1])
    if options == "full":
        full.append(listener)
        return
    while True:
        sock = listener.accept()[0]
        threading.Thread(target=run, daemon=True,
                         args=(ident, lambda s=sock: s, True, steps)).start()


full = []


def fill(address):
    """Connects until the backlog takes no more."""
    for _ in range(16):
        sock = socket.socket()
        sock.settimeout(0.2)
        yield sock
        try:
            sock.connect(address)
        except TimeoutError:
            return


def main():
    say("peer", "ready")
    with open(sys.argv[1], encoding="latin-1") as jobs:
        for line in jobs:
            ident, verb, argument, *steps = line.rstrip("\n").split("\t")
            if verb == "listen":
                target, args = listen, (ident, argument, steps)
            else:
                port = int(argument)
                target, args = run, (ident, lambda p=port:
                                     socket.create_connection(
                                         ("127.0.0.1", p), LIMIT),
                                     False, steps)
            threading.Thread(target=target, args=args, daemon=True).start()
    os._exit(0)


main()
