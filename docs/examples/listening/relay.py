"""Hands on what it is sent: relay.py PORT TO_PORT; with --shouts in capitals, which is wrong."""
import socket
import sys
import threading


def hand_on(source, target):
    while data := source.recv(4096):
        target.sendall(data.upper() if "--shouts" in sys.argv else data)
    target.shutdown(socket.SHUT_WR)


listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
while True:
    client, _ = listener.accept()
    origin = socket.create_connection(("127.0.0.1", int(sys.argv[2])))
    threading.Thread(target=hand_on, args=(client, origin), daemon=True).start()
    threading.Thread(target=hand_on, args=(origin, client), daemon=True).start()
