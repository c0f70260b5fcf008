# ECHO: and the text, a thread for each client; a cut character waits for its rest.
import codecs
import socket
import sys
import threading


def serve(connection):
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    with connection:
        try:
            while data := connection.recv(1024):
                text = decoder.decode(data)
                if text:
                    connection.sendall(("ECHO: " + text).encode())
        except OSError as error:
            print("client:", error)


with socket.create_server((sys.argv[1], int(sys.argv[2])), backlog=5) as server:
    try:
        while True:
            client, _ = server.accept()
            threading.Thread(target=serve, args=(client,), daemon=True).start()
    except KeyboardInterrupt:
        pass
