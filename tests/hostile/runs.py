#!/usr/bin/env python3
"""Plays the hostile programs in the sandbox of `wireproof verify`, many times each.

    tests/hostile/runs.py [RUNS] [WIREPROOF] [SECONDS] [PROGRAM...]

A play that takes more than SECONDS (60 unless given) is a failure.
"""

import collections
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PROGRAMS = ["forks", "allocates", "talks", "stays", "deletes", "reaches", "floods", "closes"]
SHEETS = ["echo-text/one-message", "echo-text/idle-after-clients", "echo-text/client-resets"]
LIMITS = ["--max-processes", "200", "--max-memory", "256", "--max-file", "16", "--max-cpu", "10s"]
MOST_SECONDS = 60


def started_from(folder):
    """Processes whose command line names the folder."""
    found = []
    for name in os.listdir("/proc"):
        try:
            with open(f"/proc/{name}/cmdline", "rb") as file:
                if name.isdigit() and folder.encode() in file.read():
                    found.append(int(name))
        except OSError:
            continue
    return found


def mounts():
    with open("/proc/self/mounts", encoding="utf-8") as file:
        return len(file.readlines())


def files_below(folder):
    return sum(len(files) for _, _, files in os.walk(folder))


def play(wireproof, program, folder, most_seconds):
    copy = os.path.join(folder, "program")
    shutil.copytree(HERE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    with open(os.path.join(copy, "this-is-a-copy"), "w", encoding="ascii"):
        pass
    before = (files_below(copy), mounts(), len(os.listdir("/proc/self/fd")))
    report = os.path.join(folder, "report.json")
    command = [wireproof, "verify", "echo-text", "--report-json", report, "--quiet", *LIMITS]
    for sheet in SHEETS:
        command += ["--only", sheet]
    command += ["--", "python3", "-B", os.path.join(copy, program + ".py"), "{port}"]
    start = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, timeout=most_seconds, capture_output=True, check=False)
    seconds = time.monotonic() - start
    with open(report, encoding="utf-8") as file:
        scenarios = json.load(file)["run"]["scenarios"]
    verdicts = [scenario["result"]["verdict"] for scenario in scenarios]
    left = []
    if started_from(folder):
        left.append("processes")
    after = (files_below(copy), mounts(), len(os.listdir("/proc/self/fd")))
    left += [what for what, b, a in zip(("files", "mounts", "descriptors"), before, after) if a != b]
    if os.path.exists("/tmp/left-by-wireproof-hostile"):
        left.append("a file in /tmp")
    if done.returncode not in (0, 1, 4) or len(verdicts) != len(SHEETS):
        left.append(f"no verdict (exit code {done.returncode})")
    return seconds, verdicts, left


def main():
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    wireproof = sys.argv[2] if len(sys.argv) > 2 else os.path.join(ROOT, "build/release/wireproof")
    most_seconds = int(sys.argv[3]) if len(sys.argv) > 3 else MOST_SECONDS
    programs = sys.argv[4:] or PROGRAMS
    wrong = 0
    print(f"{'program':10} {'runs':>4} {'longest':>8}  verdicts of {len(SHEETS)} sheets; left behind")
    for program in programs:
        longest = 0
        verdicts = collections.Counter()
        left = collections.Counter()
        for _ in range(runs):
            with tempfile.TemporaryDirectory(prefix="wireproof-hostile-") as folder:
                os.chmod(folder, 0o755)  # a sandbox may have a user of its own
                seconds, played, remains = play(
                    os.path.abspath(wireproof), program, folder, most_seconds
                )
            longest = max(longest, seconds)
            verdicts.update(played)
            left.update(remains)
        wrong += sum(left.values())
        counts = ", ".join(f"{count} {verdict}" for verdict, count in sorted(verdicts.items()))
        remains = ", ".join(f"{what} {count} times" for what, count in left.items()) or "nothing"
        print(f"{program:10} {runs:4} {longest:6.1f} s  {counts}; {remains}", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
