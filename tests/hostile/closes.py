"""Closes at random: a connection, its listening socket, itself."""

import os
import random
import socket
import struct

import manners

chance = random.Random(os.urandom(8))


def handle(client):
    try:
        data = client.recv(4096)
        client.sendall((b"ECHO: " + data)[: chance.randrange(12)])
        if chance.random() < 0.5:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if chance.random() < 0.3:
            os._exit(chance.randrange(3))
    except OSError:
        pass
    client.close()


manners.end_by_itself()
manners.serve(manners.listen(), handle)
