# A thread for each client, and an exception that nobody catches in it.
import socket
import sys
import threading


def handle_client(client_socket):
    while True:
        message = client_socket.recv(1024)
        if message == b"":
            client_socket.close()
            return
        text = message.decode("utf-8")
        client_socket.send(("ECHO: " + text).encode("utf-8"))


server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind((sys.argv[1], int(sys.argv[2])))
server.listen(5)
while True:
    client, address = server.accept()
    handler = threading.Thread(target=handle_client, args=(client,))
    handler.start()
