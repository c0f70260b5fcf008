"""A store of keys and values for many clients. Its faults are there to be found."""
import argparse
import socketserver
import time

parser = argparse.ArgumentParser()
parser.add_argument("port", type=int)
parser.add_argument("--unknown", default="none")
parser.add_argument("--forgets", action="store_true")
parser.add_argument("--late", action="store_true")
options = parser.parse_args()

store = {}


def answer(words):
    if len(words) == 3 and words[0] == "SET":
        if not options.forgets:
            store[words[1]] = words[2]
        return "ok"
    if len(words) == 2 and words[0] == "GET":
        return store.get(words[1], options.unknown)
    return "error"


class Client(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            if options.late:
                time.sleep(1)
            self.wfile.write((answer(line.decode().split()) + "\n").encode())


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


try:
    with Server(("127.0.0.1", options.port), Client) as server:
        server.serve_forever()
except KeyboardInterrupt:
    pass
