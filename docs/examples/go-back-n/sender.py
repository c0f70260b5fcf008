"""The sender of go-back-N: python3 sender.py HOST PORT [WINDOW] [--fault NAME]"""
import argparse
import socket
import struct
import sys
import time

DATA, ACK, FIN = 0, 1, 2
HEADER = struct.Struct("!BBHH")  # number, kind, checksum, length
LIMIT = 0.5  # seconds, until the window is sent again
TRIES = 5

parser = argparse.ArgumentParser()
parser.add_argument("host")
parser.add_argument("port", type=int)
parser.add_argument("window", type=int, nargs="?", default=4)
parser.add_argument("--fault", default="")
options = parser.parse_args()
fault = options.fault
connection = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)


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


def receive(end):
    """Number and data of the next right acknowledgement; None where there is none in time."""
    while (left := end - time.monotonic()) > 0:
        connection.settimeout(None if fault == "no-timer" else left)
        try:
            packet = connection.recv(65535)
        except socket.timeout:
            continue
        if len(packet) < HEADER.size:
            continue
        number, kind, _, length = HEADER.unpack_from(packet)
        right = checksum(packet) == 0 and len(packet) == HEADER.size + length
        if kind == ACK and (right or fault == "no-checksum"):
            return number, packet[HEADER.size:]
    return None


def send(some):
    for packet in some:
        connection.sendto(packet, (options.host, options.port))


lines = sys.stdin.buffer.readlines()
first = 0 if fault == "from-zero" else 1
packets = [pack((first + i) % 256, DATA, line) for i, line in enumerate(lines)]
packets.append(pack((first + len(lines)) % 256, FIN))
base = sent = end = tries = 0  # base: the oldest without an acknowledgement; end: of the window
timer = time.monotonic() + LIMIT
while base < len(packets):
    if fault != "whole-windows" or base == sent:
        end = max(base + 1, min(base + options.window, len(lines)))  # the end of all goes alone
    send(packets[sent:end])
    sent = max(sent, end)
    answer = receive(timer)
    acked = answer[0] + 1 - first - base if answer else 0
    acked = acked if fault == "no-modulo" else acked % 256
    if 0 < acked <= (1 if fault == "single-acks" else sent - base):
        base += acked
        tries = 0
        timer = time.monotonic() + LIMIT
    elif answer is None or fault == "answers-old":
        tries += answer is None
        if tries == TRIES and fault != "for-ever":
            sys.exit("given up")
        send(packets[base:base + 1 if fault == "one-only" else sent])
        timer = time.monotonic() + LIMIT
if answer[1] != b"".join(lines):
    sys.exit(f"delivered was {answer[1]!r}")
print(f"delivered {len(answer[1])} bytes")
