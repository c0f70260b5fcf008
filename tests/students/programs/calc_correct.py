# The calculation server of the exercise, TCP and UDP, one thread for each client.
import socket
import struct
import sys
import threading

HOST, PORT = sys.argv[1], int(sys.argv[2])
UDP_PORT = PORT + 1
OPERATIONS = {b"SUM": sum, b"MIN": min, b"MAX": max}


def product(numbers):
    result = 1
    for number in numbers:
        result *= number
    return result


OPERATIONS[b"PRO"] = product


def answer(request):
    """The reply to one request; an exception if it is none."""
    number, operation, count = struct.unpack("!I3sB", request[:8])
    if len(request) != 8 + 4 * count:
        raise ValueError("the count is wrong")
    numbers = struct.unpack(f"!{count}i", request[8:])
    return struct.pack("!Ii", number, OPERATIONS[operation](numbers))


def read_exactly(connection, size):
    data = b""
    while len(data) < size:
        piece = connection.recv(size - len(data))
        if not piece:
            raise EOFError
        data += piece
    return data


def serve_client(connection):
    with connection:
        try:
            (length,) = struct.unpack("!I", read_exactly(connection, 4))
            if not 8 <= length <= 8 + 4 * 255:
                raise ValueError("no request is so long")
            reply = answer(read_exactly(connection, length))
            connection.sendall(struct.pack("!I", len(reply)))
            connection.sendall(reply)
        except (ValueError, KeyError, struct.error, EOFError, OSError):
            pass
        try:
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(4096):  # what is left unread would make a reset of the close
                pass
        except OSError:
            pass


def serve_datagrams():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind((HOST, UDP_PORT))
        while True:
            request, client = udp.recvfrom(65535)
            try:
                udp.sendto(answer(request), client)
            except (ValueError, KeyError, struct.error):
                pass


threading.Thread(target=serve_datagrams, daemon=True).start()
with socket.socket() as listener:
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((HOST, PORT))
    listener.listen(128)
    try:
        while True:
            client, _ = listener.accept()
            threading.Thread(target=serve_client, args=(client,), daemon=True).start()
    except KeyboardInterrupt:
        pass
