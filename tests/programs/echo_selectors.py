"""An event loop with selectors: epoll says which socket to accept from or to read."""
import selectors
import socket
import sys

with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as listener:
    listener.setblocking(False)
    selector = selectors.DefaultSelector()
    selector.register(listener, selectors.EVENT_READ)
    serving = True
    while serving:
        for key, _ in selector.select():
            if key.fileobj is listener:
                connection, _ = listener.accept()
                connection.setblocking(False)
                selector.register(connection, selectors.EVENT_READ)
            elif data := connection.recv(64):
                connection.send(data)
            else:
                selector.unregister(connection)
                connection.close()
                serving = False
