"""ask.py KIND HOST PORT [N]: sends what is typed, line by line, and prints each answer.

KIND says where an answer ends: `talk` behind as many bytes as were sent, and N more (what stands
before each answer); `once` at the end of the stream, a connection for each line; `datagram` with
the datagram; `say` that none comes; `record` and `sized` behind as many bytes as were sent, of which the text is printed.
"""

import socket
import struct
import sys

KIND, HOST, PORT = sys.argv[1], sys.argv[2], int(sys.argv[3])
BEFORE = int(sys.argv[4]) if len(sys.argv) > 4 else 0


def read_bytes(sock, size):
    """All of them, or fewer where the stream ends before."""
    read = b""
    while len(read) < size:
        more = sock.recv(size - len(read))
        if not more:
            break
        read += more
    return read


def read_all(sock):
    read = b""
    while more := sock.recv(1024):
        read += more
    return read


def connect():
    return socket.create_connection((HOST, PORT))


def encode(text, order):
    if KIND == "record":
        return struct.pack("!BLL20s", 1, order, len(text), text.ljust(20, b"-"))
    if KIND == "sized":
        return struct.pack("!BLL", 1, len(text), order) + text
    return text


def decode(answer):
    if KIND == "record" and len(answer) == 29:
        _, _, size, text = struct.unpack("!BLL20s", answer)
        return text[:size]
    return answer[9:] if KIND == "sized" else answer


def ask(sock, message):
    """The answer, None where the server has gone."""
    sock.sendall(message)
    answer = read_bytes(sock, BEFORE + len(message))
    return answer or None


def ask_once(message):
    with connect() as sock:
        sock.sendall(message)
        return read_all(sock) or None


def ask_by_datagram(sock, message):
    sock.sendto(message, (HOST, PORT))
    return sock.recvfrom(2048)[0]


def open_socket():
    if KIND == "once":
        return None
    if KIND in ("datagram", "say"):
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.settimeout(10)
        return sock
    return connect()


def main():
    sock = open_socket()
    for order, line in enumerate(sys.stdin.buffer, 1):
        message = encode(line.rstrip(b"\n"), order)
        if KIND == "once":
            answer = ask_once(message)
        elif KIND == "say":
            sock.sendto(message, (HOST, PORT))
            continue
        elif KIND == "datagram":
            answer = ask_by_datagram(sock, message)
        else:
            answer = ask(sock, message)
        if answer is None:
            break
        sys.stdout.buffer.write(decode(answer) + b"\n")
        sys.stdout.buffer.flush()
    if sock:
        sock.close()


try:
    main()
except OSError as error:
    print(error)
except KeyboardInterrupt:
    pass
