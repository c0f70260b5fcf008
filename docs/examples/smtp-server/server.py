"""A mail server that takes mails and keeps none: python3 server.py PORT [--fault NAME]"""
import argparse
import socket
import threading

parser = argparse.ArgumentParser()
parser.add_argument("port", type=int)
parser.add_argument("--fault", default="")
options = parser.parse_args()
fault = options.fault


class Lines:
    """The lines of a connection, whatever pieces they come in."""

    def __init__(self, connection):
        self.connection = connection
        self.rest = b""

    def next(self):
        while b"\r\n" not in self.rest:
            piece = self.connection.recv(4096)
            if not piece:
                return None
            self.rest += piece
            if fault == "one-recv":
                line, self.rest = self.rest.rstrip(b"\r\n"), b""
                return line
        line, _, self.rest = self.rest.partition(b"\r\n")
        if fault == "drops-rest":
            self.rest = b""
        return line


class Session:
    def __init__(self):
        self.greeted = False
        self.sender = None
        self.recipients = []

    def answer(self, line):
        """The reply to a command; 354 asks for the mail's text."""
        word = line[:4] if fault == "case" else line[:4].upper()
        if word in (b"HELO", b"EHLO"):
            self.__init__()
            self.greeted = True
            return b"250 server.example"
        if word == b"NOOP":
            return b"250 well"
        if word == b"RSET":
            self.sender, self.recipients = None, []
            return b"250 forgotten"
        if word == b"QUIT":
            return b"221 goodbye"
        if line[:10].upper() == b"MAIL FROM:":
            if not self.greeted and fault != "no-order":
                return b"503 say HELO first"
            self.sender = line[10:]
            return b"250 sender ok"
        if line[:8].upper() == b"RCPT TO:":
            if self.sender is None and fault != "no-order":
                return b"503 say MAIL first"
            if b"@server.example" not in line:
                return b"550 no such user here"
            self.recipients.append(line[8:])
            return b"250 recipient ok"
        if word == b"DATA":
            if not self.recipients and fault != "no-order":
                return b"503 say RCPT first"
            return b"354 end with a dot alone on its line"
        return b"" if fault == "silent" else b"500 no such command"


def take_text(lines):
    """False where the client has gone before the text's end."""
    while (line := lines.next()) is not None:
        if line == b"." or (fault == "any-dot" and line.startswith(b".")):
            return True
    return False


def serve(connection):
    with connection:
        try:
            talk(connection)
        except OSError:
            pass


def talk(connection):
    connection.sendall(b"220 server.example ready\r\n")
    lines, session = Lines(connection), Session()
    while (line := lines.next()) is not None:
        reply = session.answer(line)
        if reply:
            connection.sendall(reply + (b"\n" if fault == "line-ends" else b"\r\n"))
        if reply.startswith(b"221"):
            return
        if reply.startswith(b"354"):
            if not take_text(lines):
                return
            session.sender, session.recipients = None, []
            connection.sendall(b"250 taken\r\n")


def main():
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("", options.port))
    listener.listen(16)
    while True:
        connection = listener.accept()[0]
        if fault == "one-at-a-time":
            serve(connection)
        else:
            threading.Thread(target=serve, args=(connection,), daemon=True).start()


main()
