# The next client is accepted when the one before has gone.
import codecs
import socket
import sys

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind((sys.argv[1], int(sys.argv[2])))
server.listen(5)
while True:
    client, address = server.accept()
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    try:
        while True:
            data = client.recv(1024)
            if not data:
                break
            text = decoder.decode(data)
            if text:
                client.sendall(b"ECHO: " + text.encode())
    except OSError:
        pass
    client.close()
