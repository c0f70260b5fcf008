# Says hello to everybody, and ends when one of them resets the connection.
import os
import socket
import sys
import threading


def serve(connection):
    try:
        connection.sendall(b"Hello, I echo.\n")
        while data := connection.recv(1024):
            connection.sendall(b"ECHO: " + data)
    except ConnectionError:
        os._exit(3)
    connection.close()


with socket.create_server((sys.argv[1], int(sys.argv[2])), backlog=20) as server:
    while True:
        client, _ = server.accept()
        threading.Thread(target=serve, args=(client,), daemon=True).start()
