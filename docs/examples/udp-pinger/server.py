"""Answers each datagram unchanged: python3 server.py PORT [--fault NAME]"""
import argparse
import random
import socket

parser = argparse.ArgumentParser()
parser.add_argument("port", type=int)
parser.add_argument("--fault", default="")
options = parser.parse_args()

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("", options.port))
first = None
while True:
    data, client = server.recvfrom(16 if options.fault == "small-buffer" else 65535)
    first = first or client
    if options.fault == "text":
        data = data.decode().strip().encode()
    elif options.fault == "upper":
        data = data.upper()
    elif options.fault == "chance" and random.randrange(10) < 4:
        continue
    server.sendto(data, first if options.fault == "one-client" else client)
