"""The receiver of stop and wait: python3 receiver.py PORT [--fault NAME]"""
import argparse
import socket
import struct

DATA, ACK, FIN = 0, 1, 2
HEADER = struct.Struct("!BBHH")  # number, kind, checksum, length

parser = argparse.ArgumentParser()
parser.add_argument("port", type=int)
parser.add_argument("--fault", default="")
fault = parser.parse_args().fault
port = parser.parse_args().port


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
    if fault in ("no-checksum", "acks-anything"):
        return (number, kind, data) if right or fault == "no-checksum" else (number, kind, None)
    return (number, kind, data) if right else None


class Transfer:
    def __init__(self):
        self.expected = 0
        self.text = b""
        self.over = False

    def answer(self, number, kind, data):
        """The acknowledgement of this packet; None where there is none."""
        if kind == FIN and data is not None:
            if self.over and fault == "one-fin":
                return None
            self.over = True
            return pack(number, ACK, self.text)
        if kind != DATA:
            return None
        if data is None:
            return pack(number, ACK)
        new = number == self.expected or fault == "no-number"
        if new:
            self.text += data
            self.expected ^= 1
        elif fault == "silent":
            return None
        return pack(self.expected if fault == "acks-next" else number, ACK)


server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("", port))
transfers = {}
while True:
    packet, sender = server.recvfrom(65535)
    read = unpack(packet)
    if read is None:
        continue
    key = None if fault == "one-sender" else sender
    answer = transfers.setdefault(key, Transfer()).answer(*read)
    if answer is not None:
        server.sendto(answer, sender)
