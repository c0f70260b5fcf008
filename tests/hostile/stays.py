"""Ignores every signal that can be ignored, and leaves a process behind that does the same."""

import os
import signal
import time

import manners

manners.end_by_itself()
server = manners.listen()
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT):
    signal.signal(number, signal.SIG_IGN)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        manners.end_by_itself()
        time.sleep(manners.SECONDS)
    os._exit(0)
os.wait()
manners.serve(server)
