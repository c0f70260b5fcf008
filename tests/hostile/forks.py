"""Forks without end."""

import os
import time

import manners

MOST = 2000

manners.end_by_itself()
server = manners.listen()
for _ in range(MOST):
    try:
        child = os.fork()
    except OSError:
        time.sleep(0.01)
        continue
    if child == 0:
        manners.end_by_itself()
        os.setsid()
        time.sleep(manners.SECONDS)
        os._exit(0)
manners.serve(server)
