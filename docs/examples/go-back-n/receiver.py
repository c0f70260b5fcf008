"""The receiver of go-back-N: python3 receiver.py PORT [--fault NAME]"""
import argparse
import socket
import struct

DATA, ACK, FIN = 0, 1, 2
HEADER = struct.Struct("!BBHH")  # number, kind, checksum, length

parser = argparse.ArgumentParser()
parser.add_argument("port", type=int)
parser.add_argument("--fault", default="")
options = parser.parse_args()
fault = options.fault


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


class Transfer:
    def __init__(self):
        self.last = 0  # the number of the last block in order
        self.text = b""
        self.kept = {}  # what the fault `buffers` has out of order

    def answer(self, number, kind, data, right):
        """The acknowledgement of this packet; None where there is none."""
        if not right and fault != "no-checksum":
            return pack(self.last, ACK) if fault == "answers-corrupted" else None
        if kind == FIN:
            return pack(number, ACK, self.text)
        if kind != DATA:
            return None
        new = number == (self.last + 1) % 256
        old = (self.last - number) % 256 < 128
        if new or (old and fault == "takes-twice") or (not old and fault == "takes-any"):
            self.last = self.last if old else number
            self.text += data
        elif fault == "silent":
            return None
        elif fault == "buffers" and not old:
            self.kept[number] = data
        while (self.last + 1) % 256 in self.kept:
            self.last = (self.last + 1) % 256
            self.text += self.kept.pop(self.last)
        if fault == "acks-each":
            return pack(number, ACK)
        return pack((self.last + 1) % 256 if fault == "acks-next" else self.last, ACK)


server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("", options.port))
transfers = {}
while True:
    packet, sender = server.recvfrom(65535)
    if len(packet) < HEADER.size:
        continue
    number, kind, _, length = HEADER.unpack_from(packet)
    right = checksum(packet) == 0 and len(packet) == HEADER.size + length
    key = None if fault == "one-sender" else sender
    answer = transfers.setdefault(key, Transfer()).answer(number, kind, packet[HEADER.size:], right)
    if answer is not None:
        server.sendto(answer, sender)
