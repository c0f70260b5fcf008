"""The plainest server in Python: one connection to its end."""
import socket
import sys

with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as listener:
    connection, _ = listener.accept()
    with connection:
        while data := connection.recv(64):
            connection.sendall(data)
