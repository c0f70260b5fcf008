# Does not look whether recv has returned nothing: one more answer when the client has gone.
import socket
import sys
import threading


def talk(connection):
    while True:
        text = connection.recv(1024).decode("utf-8", "replace")
        connection.sendall(("You told me: " + text).encode("utf-8"))


server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind((sys.argv[1], int(sys.argv[2])))
server.listen(5)
while True:
    client, _ = server.accept()
    threading.Thread(target=talk, args=(client,), daemon=True).start()
