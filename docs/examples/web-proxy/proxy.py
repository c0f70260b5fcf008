"""A web proxy with a cache: python3 proxy.py PORT [--fault NAME]"""
import argparse
import os
import re
import socket
import threading
from urllib.parse import urlsplit

parser = argparse.ArgumentParser()
parser.add_argument("port", type=int)
parser.add_argument("--fault", default="")
options = parser.parse_args()

cache = {}
lock = threading.Lock()


def read_head(connection):
    head = b""
    while b"\r\n\r\n" not in head:
        piece = connection.recv(4096)
        if not piece:
            return b""
        head += piece
    return head.partition(b"\r\n\r\n")[0]


def is_whole(answer):
    """Whether all that the answer says of its length is there; else the connection's end is its end."""
    head, gap, body = answer.partition(b"\r\n\r\n")
    length = re.search(rb"(?im)^content-length:[ \t]*(\d+)", head)
    if not gap or not length or options.fault == "waits-for-close":
        return False
    return len(body) >= int(length[1])


def plain(status):
    return b"HTTP/1.0 " + status + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def address_of(name):
    try:
        return socket.gethostbyname(name)
    except OSError:
        return ""


def ask_origin(place, path):
    """What the origin answers to a GET, up to its length, or until it closes."""
    target = path if options.fault != "whole-target" else f"http://{place.netloc}{path}"
    name = place.netloc if options.fault != "host-is-address" else address_of(place.hostname)
    request = f"GET {target} HTTP/1.0\r\nHost: {name}\r\nConnection: close\r\n\r\n"
    if options.fault == "no-host":
        request = f"GET {target} HTTP/1.0\r\n\r\n"
    with socket.create_connection((place.hostname, place.port or 80), timeout=5) as origin:
        origin.sendall(request.encode())
        answer = b""
        while not is_whole(answer) and (piece := origin.recv(65536)):
            answer += piece
            if options.fault == "one-recv":
                break
    if options.fault == "text":
        answer = answer.decode("utf-8", "replace").encode()
    return answer


def answer_to(head):
    words = head.split(b"\r\n")[0].split()
    if len(words) != 3 or not words[2].startswith(b"HTTP/"):
        return plain(b"400 Bad Request")
    place = urlsplit(words[1].decode("latin-1"))
    if words[0] != b"GET":
        return plain(b"501 Not Implemented")
    if place.scheme != "http" or not place.hostname:
        return plain(b"400 Bad Request")
    path = (place.path or "/") + ("?" + place.query if place.query else "")
    key = path if options.fault == "cached-by-path" else (place.netloc, path)
    if options.fault == "cached-by-address":
        key = (address_of(place.hostname), path)
    with lock:
        known = cache.get(key)
    if known is not None:
        return known
    try:
        answer = ask_origin(place, path)
    except OSError:
        return b"" if options.fault == "no-502" else plain(b"502 Bad Gateway")
    status = answer.split(b" ", 2)[1:2]
    if (status == [b"200"] and options.fault != "no-cache") or options.fault == "caches-errors":
        with lock:
            cache[key] = answer
    return answer


def serve(client):
    with client:
        try:
            head = read_head(client)
            if head:
                client.sendall(answer_to(head))
        except OSError:
            if options.fault == "dies-on-reset":
                os._exit(1)


listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("", options.port))
listener.listen(16)
while True:
    client = listener.accept()[0]
    if options.fault == "one-at-a-time":
        serve(client)
    else:
        threading.Thread(target=serve, args=(client,), daemon=True).start()
