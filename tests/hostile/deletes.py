"""Deletes its folder: a copy, marked as one."""

import os
import shutil

import manners

manners.end_by_itself()
server = manners.listen()
folder = os.path.dirname(os.path.abspath(__file__))
if os.path.exists(os.path.join(folder, "this-is-a-copy")):
    shutil.rmtree(folder, ignore_errors=True)
with open("/tmp/left-by-wireproof-hostile", "w", encoding="ascii") as file:
    try:
        for _ in range(1000):
            file.write("x" * (1 << 20))
    except OSError:
        pass
manners.serve(server)
