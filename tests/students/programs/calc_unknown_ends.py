# Knows four operations; a fifth one is a KeyError in its only thread, behind the connection's end.
import math
import socket
import struct
import sys

OPERATIONS = {b"SUM": sum, b"PRO": math.prod, b"MIN": min, b"MAX": max}


def take(connection, size):
    data = b""
    while len(data) < size:
        more = connection.recv(size - len(data))
        if not more:
            return None
        data += more
    return data


server = socket.create_server((sys.argv[1], int(sys.argv[2])))
while True:
    client, _ = server.accept()
    with client:
        head = take(client, 4)
        body = head and take(client, struct.unpack("!I", head)[0])
        if not body:
            continue
        number, name, count = struct.unpack("!I3sB", body[:8])
        answer = OPERATIONS[name](struct.unpack(f"!{count}i", body[8:]))
        client.sendall(struct.pack("!IIi", 8, number, answer))
