"""A first web server: one GET for each connection, files of the folder, 404 for what is not there.

With --fault it makes one of the usual mistakes.
"""

import argparse
import pathlib
import socket
import threading

parser = argparse.ArgumentParser()
parser.add_argument("port", type=int)
parser.add_argument("--folder", default=".")
parser.add_argument("--fault", default="")
options = parser.parse_args()
folder = pathlib.Path(options.folder).resolve()


def read_request(client):
    """All up to the empty line, or what came before the client had ended."""
    request = b""
    while b"\r\n\r\n" not in request:
        data = client.recv(4096)
        if not data:
            break
        request += data
        if options.fault == "one-recv":
            break
    return request


def find_file(target):
    path = (folder / target.lstrip("/")).resolve()
    inside = path.is_relative_to(folder) or options.fault == "traversal"
    return path if inside and path.is_file() else None


def answer(request):
    line = request.split(b"\r\n")[0].decode("latin1").split(" ")
    if len(line) != 3 or not line[2].startswith("HTTP/1."):
        return b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"
    path = find_file(line[1])
    if path is None:
        if options.fault == "no-404":
            raise FileNotFoundError(line[1])
        body = b"<h1>404 Not Found</h1>\n"
        status = b"404 Not Found"
    else:
        body = path.read_bytes()
        status = b"200 OK"
    if options.fault == "text":
        body = body.decode("utf-8", "replace").encode()
    size = len(body) + 1 if options.fault == "length" else len(body)
    return b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n" % (status, size) + body


def serve(client):
    with client:
        request = read_request(client)
        if not request:
            return
        client.sendall(answer(request))
        if options.fault == "stays":
            client.recv(1)


server = socket.create_server(("", options.port), backlog=64)
while True:
    client, _ = server.accept()
    if options.fault == "one-at-a-time":
        serve(client)
    else:
        threading.Thread(target=serve, args=(client,), daemon=True).start()
