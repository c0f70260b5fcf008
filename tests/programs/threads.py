"""A thread for each of two clients."""
import socket
import sys
import threading


def serve(connection):
    with connection:
        while data := connection.recv(64):
            connection.sendall(data)


with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as listener:
    threads = []
    for _ in range(2):
        connection, _ = listener.accept()
        threads.append(threading.Thread(target=serve, args=(connection,)))
        threads[-1].start()
    del connection
    for thread in threads:
        thread.join()
