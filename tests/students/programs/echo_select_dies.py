# All clients in one thread; bytes that are not UTF-8 end the program for all of them.
import selectors
import socket
import sys

selector = selectors.DefaultSelector()


def accept(listener):
    connection, _ = listener.accept()
    selector.register(connection, selectors.EVENT_READ, read)


def read(connection):
    try:
        data = connection.recv(1024)
    except ConnectionResetError:
        data = b""
    if data:
        message = data.decode("utf-8")
        connection.sendall(("ECHO: " + message).encode("utf-8"))
    else:
        selector.unregister(connection)
        connection.close()


server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind((sys.argv[1], int(sys.argv[2])))
server.listen(5)
selector.register(server, selectors.EVENT_READ, accept)
while True:
    for key, _ in selector.select():
        key.data(key.fileobj)
