"""Accepts MQTT 3.1.1 connections and answers pings; the empty client identifier is rejected where
the session is to be kept [MQTT-3.1.3-8]."""
import socketserver
import sys

CONNECT, CONNACK, PINGREQ, PINGRESP, DISCONNECT = 1, 2, 12, 13, 14


class Client(socketserver.StreamRequestHandler):
    def read_packet(self):
        first = self.rfile.read(1)
        length = shift = 0
        while first:
            byte = self.rfile.read(1)[0]
            length |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        return (first[0] >> 4, self.rfile.read(length)) if first else (DISCONNECT, b"")

    def handle(self):
        while True:
            kind, body = self.read_packet()
            if kind == CONNECT:
                clean = body[7] & 2
                client_size = int.from_bytes(body[10:12], "big")
                code = 0 if clean or client_size else 2
                self.wfile.write(bytes([CONNACK << 4, 2, 0, code]))
                if code:
                    return
            elif kind == PINGREQ:
                self.wfile.write(bytes([PINGRESP << 4, 0]))
            else:
                return


class Broker(socketserver.ThreadingTCPServer):
    allow_reuse_address = True


with Broker(("", int(sys.argv[1])), Client) as broker:
    broker.serve_forever()
