# Writes another text before its answers, and cannot start again at once: SO_REUSEADDR is missing.
import codecs
import socket
import sys
import threading


def serve(connection):
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    with connection:
        try:
            while data := connection.recv(1024):
                if text := decoder.decode(data):
                    connection.sendall(("Echo:" + text).encode())
        except ConnectionError:
            pass


server = socket.socket()
server.bind((sys.argv[1], int(sys.argv[2])))
server.listen(20)
while True:
    client, _ = server.accept()
    threading.Thread(target=serve, args=(client,), daemon=True).start()
