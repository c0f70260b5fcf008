# Answers well and forgets to close the connection.
import socket
import struct
import sys

clients = []


def read_exactly(client, size):
    data = b""
    while len(data) < size:
        piece = client.recv(size - len(data))
        if not piece:
            raise EOFError
        data += piece
    return data


def product(numbers):
    result = 1
    for number in numbers:
        result = result * number
    return result


FUNCTIONS = {b"SUM": sum, b"PRO": product, b"MIN": min, b"MAX": max}

server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind((sys.argv[1], int(sys.argv[2])))
server.listen(5)
while True:
    client, _ = server.accept()
    clients.append(client)
    try:
        length = struct.unpack("!I", read_exactly(client, 4))[0]
        body = read_exactly(client, length)
        number, operation, count = struct.unpack("!I3sB", body[:8])
        numbers = struct.unpack(f"!{count}i", body[8:])
        reply = struct.pack("!Ii", number, FUNCTIONS[operation](numbers))
        client.sendall(struct.pack("!I", len(reply)))
        client.sendall(reply)
    except Exception as error:
        print(error)
