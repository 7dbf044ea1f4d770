"""Listens with a full backlog: the next connection request gets no answer.

Prints "port N", then waits until its standard input ends.
"""
import socket
import sys

listener = socket.create_server(("127.0.0.1", 0))
listener.listen(0)
port = listener.getsockname()[1]
kept = []
for _ in range(16):
    sock = socket.socket()
    sock.settimeout(0.2)
    kept.append(sock)
    try:
        sock.connect(("127.0.0.1", port))
    except TimeoutError:
        break
print("port", port, flush=True)
sys.stdin.read()
