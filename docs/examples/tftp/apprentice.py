"""A TFTP server that sends a block for each acknowledgement, however often it comes, and none again."""
import socket
import sys

BLOCK = 512

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", int(sys.argv[1])))
while True:
    request, client = server.recvfrom(2048)
    transfer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    transfer.bind(("127.0.0.1", 0))
    transfer.settimeout(2)
    try:
        with open("files/" + request[2:].split(b"\0")[0].decode(), "rb") as file:
            data = file.read()
    except OSError:
        transfer.sendto(b"\0\5\0\1File not found\0", client)
        continue
    block = 1
    while (block - 1) * BLOCK <= len(data):
        packet = b"\0\3" + block.to_bytes(2, "big") + data[(block - 1) * BLOCK:block * BLOCK]
        transfer.sendto(packet, client)
        try:
            block = int.from_bytes(transfer.recvfrom(2048)[0][2:4], "big") + 1
        except socket.timeout:
            break
