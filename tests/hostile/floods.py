"""Sends to every client, as fast as it can."""

import manners


def flood(client):
    try:
        while True:
            client.sendall(b"x" * 65536)
    except OSError:
        pass


manners.end_by_itself()
manners.serve(manners.listen(), flood)
