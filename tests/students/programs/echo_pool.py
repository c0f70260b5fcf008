# A pool of threads that stays when its clients have gone.
import codecs
import socket
import sys
from concurrent.futures import ThreadPoolExecutor


def serve(connection):
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    with connection:
        try:
            while data := connection.recv(1024):
                if text := decoder.decode(data):
                    connection.sendall(b"ECHO: " + text.encode())
        except ConnectionError:
            pass


pool = ThreadPoolExecutor(max_workers=20)
with socket.create_server((sys.argv[1], int(sys.argv[2])), backlog=20) as server:
    while True:
        client, _ = server.accept()
        pool.submit(serve, client)
