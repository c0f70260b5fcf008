# Takes what one recv brings for the whole message.
import socket
import struct
import sys


def calculate(operation, numbers):
    if operation == b"SUM":
        return sum(numbers)
    if operation == b"PRO":
        product = 1
        for number in numbers:
            product *= number
        return product
    if operation == b"MIN":
        return min(numbers)
    if operation == b"MAX":
        return max(numbers)
    raise ValueError(operation)


server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind((sys.argv[1], int(sys.argv[2])))
server.listen(5)
while True:
    client, address = server.accept()
    try:
        length = struct.unpack("!I", client.recv(4))[0]
        body = client.recv(length)
        number, operation, count = struct.unpack("!I3sB", body[:8])
        numbers = struct.unpack("!%di" % count, body[8:])
        reply = struct.pack("!Ii", number, calculate(operation, numbers))
        client.sendall(struct.pack("!I", len(reply)) + reply)
    except Exception as error:
        print("error:", error)
    client.close()
