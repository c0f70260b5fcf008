#!/usr/bin/env python3
"""The client of bench/usual_script.sh: one calc request over TCP, then the server closes."""
import socket
import struct

with socket.create_connection(("127.0.0.1", 12345)) as connection:
    request = struct.pack("!I3sB5i", 1, b"SUM", 5, 1, 2, 3, 4, 5)
    connection.sendall(struct.pack("!I", len(request)))
    connection.sendall(request)
    reply = b""
    while chunk := connection.recv(4096):
        reply += chunk
if reply != struct.pack("!IIi", 8, 1, 15):
    raise SystemExit(f"wrong reply: {reply.hex(' ')}")
