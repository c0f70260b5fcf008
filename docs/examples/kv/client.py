"""Asks the server what is typed."""
import socket
import sys

with socket.create_connection((sys.argv[1], int(sys.argv[2]))) as server:
    answers = server.makefile()
    for line in sys.stdin:
        server.sendall(line.encode())
        print(answers.readline().strip(), flush=True)
