# The format without "!": the machine's own sizes, with a gap behind the first byte.
import socket
import struct
import sys
import threading

FORMAT = "BLL20s"


def handle(client):
    with client:
        data = b""
        while True:
            try:
                piece = client.recv(1024)
            except OSError:
                return
            if not piece:
                return
            data += piece
            while len(data) >= 29:
                version, order, size, text = struct.unpack("!BLL20s", data[:29])
                client.sendall(struct.pack(FORMAT, version, order, size, text))
                data = data[29:]


server = socket.create_server((sys.argv[1], int(sys.argv[2])))
while True:
    connection, _ = server.accept()
    threading.Thread(target=handle, args=(connection,), daemon=True).start()
