"""The plainest client in Python: asks 8 bytes, takes the answer, closes."""
import socket
import sys

with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as client:
    client.sendall(b"question")
    client.recv(64)
