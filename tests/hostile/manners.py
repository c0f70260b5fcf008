"""What all hostile programs have in common: an end, and an echo server to hide behind."""

import os
import signal
import socket
import sys
import threading

SECONDS = 20


def end_by_itself():
    """The process ends after a time, whatever it does."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(SECONDS)


def listen():
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind(("127.0.0.1", int(sys.argv[1])))
    server.listen(50)
    return server


def echo(client):
    with client:
        while data := client.recv(4096):
            client.sendall(b"ECHO: " + data)


def serve(server, handle=echo):
    while True:
        client, _ = server.accept()
        threading.Thread(target=handle, args=(client,), daemon=True).start()


def has_only_loopback():
    return os.listdir("/sys/class/net") == ["lo"] or loopback_by_table()


def loopback_by_table():
    with open("/proc/net/dev", encoding="ascii") as table:
        names = [line.split(":")[0].strip() for line in table if ":" in line]
    return names == ["lo"]
