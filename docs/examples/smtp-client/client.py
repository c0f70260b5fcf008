"""Sends one mail by SMTP (RFC 5321): python3 client.py HOST PORT"""
import socket
import sys


class Refused(Exception):
    pass


def read_reply(stream):
    """The code of a reply, of whatever many lines; the last has a blank behind the code."""
    while True:
        line = stream.readline()
        if not line:
            raise Refused("the server has gone")
        if line[3:4] != b"-":
            return int(line[:3])


def ask(connection, stream, command, wanted):
    connection.sendall(command + b"\r\n")
    code = read_reply(stream)
    if code != wanted:
        raise Refused(f"{command.decode()}: {code}")


def main():
    host, port = sys.argv[1], int(sys.argv[2])
    connection = socket.create_connection((host, port))
    stream = connection.makefile("rb")
    try:
        if read_reply(stream) != 220:
            raise Refused("no greeting")
        ask(connection, stream, b"HELO client.example", 250)
        ask(connection, stream, b"MAIL FROM:<alice@client.example>", 250)
        ask(connection, stream, b"RCPT TO:<bob@server.example>", 250)
        ask(connection, stream, b"DATA", 354)
        text = b"Subject: networks\r\n\r\nI love computer networks!\r\n"
        ask(connection, stream, text + b".", 250)
        print("sent")
        status = 0
    except Refused as refused:
        print(f"not sent: {refused}")
        status = 1
    try:
        connection.sendall(b"QUIT\r\n")
        read_reply(stream)
    except (Refused, OSError):
        pass
    connection.close()
    return status


sys.exit(main())
