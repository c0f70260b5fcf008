"""The sender of stop and wait: python3 sender.py HOST PORT [--fault NAME], a line of input is a block"""
import argparse
import socket
import struct
import sys
import time

DATA, ACK, FIN = 0, 1, 2
HEADER = struct.Struct("!BBHH")  # number, kind, checksum, length
LIMIT = 0.2  # seconds, until a packet is sent again
TRIES = 5

parser = argparse.ArgumentParser()
parser.add_argument("host")
parser.add_argument("port", type=int)
parser.add_argument("--fault", default="")
options = parser.parse_args()
fault = options.fault

connection = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
connection.connect((options.host, options.port))


def checksum(data):
    """RFC 1071: the complement of the sum, in ones' complement, of words of 16 bits."""
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def pack(number, kind, data=b""):
    sum_of = checksum(HEADER.pack(number, kind, 0, len(data)) + data)
    return HEADER.pack(number, kind, sum_of, len(data)) + data


def unpack(packet):
    """Number, kind and data, or None of what has been changed or cut."""
    if len(packet) < HEADER.size:
        return None
    number, kind, found, length = HEADER.unpack_from(packet)
    data = packet[HEADER.size:]
    right = len(data) == length and found == checksum(packet[:2] + b"\0\0" + packet[4:])
    return (number, kind, data) if right or fault == "no-checksum" else None


def receive(number, packet):
    """The data of the acknowledgement of that number; None where there is none in time."""
    end = time.monotonic() + LIMIT
    while True:
        left = end - time.monotonic()
        if left <= 0:
            return None
        connection.settimeout(None if fault == "no-limit" else left)
        try:
            read = unpack(connection.recv(65535))
        except (socket.timeout, ConnectionRefusedError):
            return None
        if read is None or read[1] != ACK:
            continue
        if read[0] == number or fault == "any-ack":
            return read[2]
        # An acknowledgement of the block before: it says nothing new.
        if fault == "answers-old":
            connection.send(packet)


def deliver(number, kind, data=b""):
    """What the receiver has answered, however often the packet had to be sent."""
    tries = 0
    while tries < TRIES or fault == "for-ever":
        if fault == "new-number" and tries:
            number ^= 1
        packet = pack(number, kind, data)
        connection.send(packet)
        answer = receive(number, packet)
        if answer is not None:
            return number, answer
        if fault == "goes-on" and kind == DATA:
            return number, b""
        tries += 1
    print("given up")
    sys.exit(1)


lines = sys.stdin.buffer
sent = b""
number = 0
if fault == "all-at-once":
    lines = lines.readlines()
    for line in lines:
        connection.send(pack(number, DATA, line))
        number ^= 1
        sent += line
    lines = []
for line in lines:
    used, _ = deliver(number, DATA, line)
    number = 0 if fault == "no-number" else used ^ 1
    sent += line
_, answer = deliver(number, FIN)
if answer == sent:
    print(f"delivered {len(sent)} bytes")
else:
    print(f"sent {sent!r}, and delivered was {answer!r}")
    sys.exit(1)
