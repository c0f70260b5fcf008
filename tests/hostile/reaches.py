"""Tries to reach a host outside, where there is nothing but a loopback: 192.0.2.1 (RFC 5737)."""

import errno
import socket

import manners

manners.end_by_itself()
server = manners.listen()
if manners.has_only_loopback():
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        outside = socket.socket(socket.AF_INET, kind)
        outside.settimeout(1)
        print("192.0.2.1:", errno.errorcode.get(outside.connect_ex(("192.0.2.1", 80)), "?"))
else:
    print("192.0.2.1: not tried, there are other networks here")
manners.serve(server)
