"""Ten pings over UDP: python3 client.py HOST PORT"""
import socket
import sys
import time

LIMIT = 1.0  # seconds, for each answer


def ping(connection, number):
    begin = time.monotonic()
    connection.send(f"Ping {number} {time.time():.6f}".encode())
    while True:
        left = begin + LIMIT - time.monotonic()
        if left <= 0:
            return None
        connection.settimeout(left)
        try:
            words = connection.recv(1024).split()
        except (socket.timeout, ConnectionRefusedError):
            return None
        # What answers an earlier ping is no answer to this one.
        if len(words) > 1 and words[1] == str(number).encode():
            return time.monotonic() - begin


connection = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
connection.connect((sys.argv[1], int(sys.argv[2])))
times = []
for number in range(1, 11):
    passed = ping(connection, number)
    if passed is None:
        print(f"{number}: Request timed out")
    else:
        times.append(passed)
        print(f"{number}: RTT {passed:.6f} s")
print(f"{10 - len(times)} of 10 lost")
