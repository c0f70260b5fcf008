"""Says more than anybody can keep."""

import os
import threading

import manners


def talk():
    while True:
        os.write(1, b"never mind\n" * 1000)


manners.end_by_itself()
server = manners.listen()
threading.Thread(target=talk, daemon=True).start()
manners.serve(server)
