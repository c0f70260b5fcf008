"""Allocates without end."""

import threading

import manners

MOST = 4 << 30
STEP = 16 << 20


def allocate():
    held = []
    while len(held) * STEP < MOST:
        held.append(bytearray(b"x") * STEP)
    threading.Event().wait()


manners.end_by_itself()
server = manners.listen()
threading.Thread(target=allocate, daemon=True).start()
manners.serve(server)
