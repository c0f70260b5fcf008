"""A chat for all who come: python3 server.py PORT [--fault NAME]"""
import argparse
import selectors
import socket

parser = argparse.ArgumentParser()
parser.add_argument("port", type=int)
parser.add_argument("--fault", default="")
options = parser.parse_args()

MOST_OWED = 1 << 20  # bytes that a member who does not read may be owed


class Member:
    def __init__(self, connection):
        self.connection = connection
        self.name = ""
        self.rest = b""  # of a line whose end has not come
        self.owed = b""  # what there was no room for yet


class Chat:
    def __init__(self, port):
        self.selector = selectors.DefaultSelector()
        self.members = {}
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("", port))
        self.listener.listen(16)
        self.selector.register(self.listener, selectors.EVENT_READ)

    def run(self):
        while True:
            for key, events in self.selector.select():
                if key.fileobj is self.listener:
                    self.welcome()
                    continue
                member = self.members.get(key.fileobj)
                if member and events & selectors.EVENT_WRITE:
                    self.send(member, b"")
                if member and events & selectors.EVENT_READ and key.fileobj in self.members:
                    self.read(member)

    def welcome(self):
        connection = self.listener.accept()[0]
        connection.setblocking(options.fault == "waits-for-slow")
        self.members[connection] = Member(connection)
        self.selector.register(connection, selectors.EVENT_READ)

    def read(self, member):
        try:
            piece = member.connection.recv(4096)
        except BlockingIOError:
            return
        except OSError:
            piece = b""
        if not piece:
            self.leave(member)
            return
        if options.fault == "one-recv":
            self.take(member, piece.rstrip(b"\n"))
            return
        member.rest += piece
        while b"\n" in member.rest:
            line, _, member.rest = member.rest.partition(b"\n")
            self.take(member, line)

    def take(self, member, line):
        if not member.name:
            member.name = line.decode("utf-8", "replace")
            self.send(member, f"* welcome, {member.name}\n".encode())
            self.tell(member, f"* {member.name} has come\n")
            return
        text = line.decode("latin-1" if options.fault == "latin-1" else "utf-8", "replace")
        self.tell(member, f"{member.name}: {text}\n")

    def tell(self, speaker, text):
        """All others who have said their name."""
        for member in list(self.members.values()):
            if (member is not speaker or options.fault == "echoes") and member.name:
                self.send(member, text.encode())

    def send(self, member, line):
        member.owed += line
        try:
            if options.fault == "waits-for-slow":
                member.connection.sendall(member.owed)
                member.owed = b""
            else:
                member.owed = member.owed[member.connection.send(member.owed):]
        except BlockingIOError:
            pass
        except OSError:
            member.owed = b""
            return
        if len(member.owed) > MOST_OWED:
            self.leave(member)
            return
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if member.owed else 0)
        self.selector.modify(member.connection, events)

    def leave(self, member):
        if self.members.pop(member.connection, None) is None:
            return
        self.selector.unregister(member.connection)
        member.connection.close()
        if member.name and options.fault != "silent-leave":
            self.tell(member, f"* {member.name} has gone\n")


Chat(options.port).run()
