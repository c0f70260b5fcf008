"""A TFTP server that answers every request from the port that it was asked at."""
import socket
import sys

BLOCK = 512

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", int(sys.argv[1])))
pending = {}
while True:
    packet, client = server.recvfrom(2048)
    kind = int.from_bytes(packet[:2], "big")
    if kind == 1:
        name = packet[2:].split(b"\0")[0].decode()
        try:
            with open("files/" + name, "rb") as file:
                pending[client] = file.read()
        except OSError:
            server.sendto(b"\0\5\0\1File not found\0", client)
            continue
        block = 1
    else:
        block = int.from_bytes(packet[2:4], "big") + 1
    data = pending[client][(block - 1) * BLOCK:block * BLOCK]
    if kind == 1 or (block - 1) * BLOCK <= len(pending[client]):
        server.sendto(b"\0\3" + block.to_bytes(2, "big") + data, client)
