# Writes its answer in network order and reads the numbers of the request in the machine's.
import math
import socket
import struct
import sys
import threading

OPERATIONS = {b"SUM": sum, b"PRO": math.prod, b"MIN": min, b"MAX": max}


def take(stream, size):
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    return data


def serve(connection):
    with connection, connection.makefile("rb") as stream:
        try:
            take(stream, 4)
            number, name, count = struct.unpack("!I3sB", take(stream, 8))
            numbers = struct.unpack("%di" % count, take(stream, 4 * count))
            result = OPERATIONS[name](numbers)
            connection.sendall(struct.pack("!IIi", 8, number, result))
        except (OSError, EOFError, KeyError, ValueError, struct.error):
            pass


server = socket.create_server((sys.argv[1], int(sys.argv[2])))
while True:
    client, _ = server.accept()
    threading.Thread(target=serve, args=(client,)).start()
