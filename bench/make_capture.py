#!/usr/bin/env python3
"""Writes a pcap (Ethernet, nanoseconds) of many equal TCP sessions.

    bench/make_capture.py FILE [SESSIONS]

A session is 12 packets: handshake, a request sent as 4 and 28 bytes, a reply of 12, close by the
server, then by the client. Addresses, ports, sequence numbers and times differ per session. TCP
checksums are 0, as in a capture with checksum offload.
"""
import struct
import sys

SYN, FIN, PSH, ACK = 0x02, 0x01, 0x08, 0x10
SERVER_ADDRESS, SERVER_PORT = 0x0A000001, 12345

# (from client, flags, relative seq, relative ack, payload)
SESSION = [
    (True, SYN, 0, 0, b""),
    (False, SYN | ACK, 0, 1, b""),
    (True, ACK, 1, 1, b""),
    (True, PSH | ACK, 1, 1, struct.pack("!I", 28)),
    (False, ACK, 1, 5, b""),
    (True, PSH | ACK, 5, 1, struct.pack("!I3sB5i", 1, b"SUM", 5, 1, 2, 3, 4, 5)),
    (False, ACK, 1, 33, b""),
    (False, PSH | ACK, 1, 33, struct.pack("!IIi", 8, 1, 15)),
    (True, ACK, 33, 13, b""),
    (False, FIN | ACK, 13, 33, b""),
    (True, FIN | ACK, 33, 14, b""),
    (False, ACK, 14, 34, b""),
]


def ip_checksum(header):
    total = sum(struct.unpack("!10H", header))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def packet(step, time_ns, client_address, client_port, first_seqs):
    from_client, flags, seq, ack, payload = step
    ends = [(client_address, client_port), (SERVER_ADDRESS, SERVER_PORT)]
    (source, source_port), (target, target_port) = ends if from_client else ends[::-1]
    own, other = first_seqs if from_client else first_seqs[::-1]
    acked = (other + ack) & 0xFFFFFFFF if flags & ACK else 0
    size = 40 + len(payload)
    ip = [0x45, 0, size, 1, 0x4000, 64, 6, 0, source, target]
    ip[7] = ip_checksum(struct.pack("!BBHHHBBHII", *ip))
    frame = struct.pack(
        "!6s6sHBBHHHBBHIIHHIIBBHHH",
        b"\x02\0\0\0\0\x01", b"\x02\0\0\0\0\x02", 0x0800, *ip,
        source_port, target_port, (own + seq) & 0xFFFFFFFF, acked, 0x50, flags, 64240, 0, 0,
    ) + payload
    record = struct.pack("<IIII", *divmod(time_ns, 10**9), len(frame), len(frame))
    return record + frame


def main():
    path = sys.argv[1]
    sessions = int(sys.argv[2]) if len(sys.argv) > 2 else 84000
    time_ns = 1_700_000_000 * 10**9
    with open(path, "wb", buffering=1 << 20) as file:
        file.write(struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, 1))
        for session in range(sessions):
            address = 0x0A010000 + session // 60000
            port = 1025 + session % 60000
            first_seqs = (session * 2654435761 & 0xFFFFFFFF, session * 40503 & 0xFFFFFFFF)
            for step in SESSION:
                time_ns += 7919
                file.write(packet(step, time_ns, address, port, first_seqs))


if __name__ == "__main__":
    main()
