"""A path that damages one TLS record: flip.py PORT TYPE [OFFSET [MASK]]

Passes everything on to 127.0.0.1:PORT and back. In each connection the first
handshake message of TYPE from the server has one byte changed, OFFSET from
its record's start (default -1: the last one). Prints "port N".
"""
import socket
import sys
import threading

port, kind = int(sys.argv[1]), int(sys.argv[2])
offset = int(sys.argv[3]) if len(sys.argv) > 3 else -1
mask = int(sys.argv[4]) if len(sys.argv) > 4 else 1


def exactly(sock, n):
    data = b""
    while len(data) < n:
        more = sock.recv(n - len(data))
        if not more:
            raise EOFError
        data += more
    return data


def answers(server, client):
    done = False
    while True:
        head = exactly(server, 5)
        body = bytearray(exactly(server, head[3] << 8 | head[4]))
        if not done and head[0] == 22 and body[0] == kind:
            body[offset] ^= mask
            done = True
        client.sendall(head + body)


def requests(client, server):
    while True:
        data = client.recv(65536)
        if not data:
            raise EOFError
        server.sendall(data)


def run(pump, source, sink):
    try:
        pump(source, sink)
    except (EOFError, OSError):
        pass
    try:
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


listener = socket.create_server(("127.0.0.1", 0))
print("port %d" % listener.getsockname()[1], flush=True)
while True:
    client, _ = listener.accept()
    server = socket.create_connection(("127.0.0.1", port))
    for pump, a, b in ((answers, server, client), (requests, client, server)):
        threading.Thread(target=run, args=(pump, a, b), daemon=True).start()
