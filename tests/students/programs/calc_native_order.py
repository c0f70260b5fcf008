# Forgets the byte order of the network in its reply.
import socket
import struct
import sys
import threading


def read_exactly(client, size):
    data = b""
    while len(data) < size:
        piece = client.recv(size - len(data))
        if not piece:
            raise EOFError
        data += piece
    return data


def handle(client):
    try:
        length = int.from_bytes(read_exactly(client, 4), "big")
        body = read_exactly(client, length)
        number, operation, count = struct.unpack("!I3sB", body[:8])
        numbers = struct.unpack(f"!{count}i", body[8:])
        result = {b"SUM": sum, b"MIN": min, b"MAX": max}[operation](numbers)
        client.sendall(struct.pack("!I", 8))
        client.sendall(struct.pack("!I", number) + struct.pack("i", result))
    except Exception as error:
        print(error)
    client.close()


server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind((sys.argv[1], int(sys.argv[2])))
server.listen()
while True:
    connection, _ = server.accept()
    threading.Thread(target=handle, args=(connection,)).start()
