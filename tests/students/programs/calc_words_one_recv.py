# Operations in words, ten bytes each, numbers in the machine's order: one recv is one request, and
# whatever struct cannot unpack ends the program.
import math
import socket
import struct
import sys

OPERATIONS = {"Summe": sum, "Produkt": math.prod, "Minimum": min, "Maximum": max}

server = socket.create_server((sys.argv[1], int(sys.argv[2])))
while True:
    client, _ = server.accept()
    data = client.recv(4096)
    number, name, count = struct.unpack("<I10sB", data[:15])
    operation = OPERATIONS.get(name.rstrip(b"\0").decode())
    if operation:
        numbers = struct.unpack("<%di" % count, data[15:])
        client.sendall(struct.pack("<Ii", number, operation(numbers)))
    client.close()
