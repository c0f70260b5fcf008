"""Ten pings over UDP: python3 pinger.py HOST PORT [SECONDS] [--fault NAME]"""
import argparse
import socket
import time

parser = argparse.ArgumentParser()
parser.add_argument("host")
parser.add_argument("port", type=int)
parser.add_argument("wait", type=float, nargs="?", default=1.0)
parser.add_argument("--fault", default="")
options = parser.parse_args()
fault = options.fault
COUNT = 10

connection = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
connection.connect((options.host, options.port))


def receive(number, end):
    """The answer to this ping, or None where there is none in time."""
    while True:
        left = end - time.monotonic()
        if left <= 0:
            return None
        connection.settimeout(None if fault == "no-limit" else left)
        try:
            answer = connection.recv(2048)
        except socket.timeout:
            return None
        except ConnectionRefusedError:
            if fault == "refused-ends":
                raise
            return None
        # What answers an earlier ping is no answer to this one.
        if answer.split()[1:2] == [str(number).encode()] or fault == "any-answer":
            return answer


def ping(number):
    begin = time.monotonic()
    message = f"Ping {number} {time.time():.6f}".encode()
    connection.send(message)
    answer = receive(number, begin + options.wait)
    if answer is None and fault == "sends-again":
        connection.send(message)
        answer = receive(number, time.monotonic() + options.wait)
    passed = (time.monotonic() - begin) * (1 if fault == "seconds" else 1000)
    return answer, passed


times = []
if fault == "all-at-once":
    for number in range(1, COUNT + 1):
        connection.send(f"Ping {number} {time.time():.6f}".encode())
for number in range(1, COUNT + 1):
    if fault == "all-at-once":
        answer, passed = receive(number, time.monotonic() + options.wait), 1.0
    else:
        answer, passed = ping(number)
    if answer is None:
        print("Request timed out")
        if fault == "first-loss-ends":
            break
    else:
        times.append(passed)
        print(f"{answer.decode()} RTT={passed:.3f} ms")
lost = 0 if fault == "no-loss-counted" else COUNT - len(times)
print(f"{COUNT} sent, {len(times)} received, {100 * lost // COUNT}% loss")
if times or fault == "divides-by-zero":
    mean = sum(times) / (COUNT if fault == "mean-of-all" else len(times))
    print(f"min/avg/max = {min(times):.3f}/{mean:.3f}/{max(times):.3f} ms")
