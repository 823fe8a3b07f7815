#!/usr/bin/env python3
"""Asks the packages service on 127.0.0.1 at a steady rate and tells, each second, who answered and what failed.

It exists to give a canary something to be judged by. It is bounded in rate and time and never leaves this machine.
"""

import argparse
import http.client
import queue
import random
import re
import signal
import sys
import threading
import time
from collections import Counter

VERSION = re.compile(rb"version ([0-9.]+[0-9])")
LISTING = "/simple/pypiserver/"  # makes the service compute a digest of its wheel
FRONT = "/"  # names the version that answers
WORKERS = 8


def ask(port, path):
    """One request. The status, or 0 without an answer, and the version named in the body, if any."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        named = VERSION.search(answer.read())
        return answer.status, named.group(1).decode() if named else None
    except (OSError, http.client.HTTPException):
        return 0, None
    finally:
        connection.close()


def work(port, paths, answers):
    """Asks for each path given until it is given None."""
    while (path := paths.get()) is not None:
        answers.put(ask(port, path))


def report(second, counts, versions):
    """One line."""
    seen = sum(versions.values())
    shares = "  ".join(f"{version} {100 * count / seen:.0f}%" for version, count in sorted(versions.items()))
    print(f"{second:4} s  {counts['total']:6} requests  {counts['failed']:5} failed  {shares}", flush=True)


def run(port, rate, seconds):
    """Asks `rate` times a second for `seconds` seconds or until Ctrl-C. The number of requests, and of those that failed."""
    paths, answers = queue.Queue(), queue.Queue()
    workers = [threading.Thread(target=work, args=(port, paths, answers), daemon=True) for _ in range(WORKERS)]
    for worker in workers:
        worker.start()
    counts = Counter()
    start = time.monotonic()
    try:
        for second in range(1, seconds + 1):
            for number in range(rate):
                pause_until(start + second - 1 + number / rate)
                # At random: in strict turn, a split of 50 % would give all listings to one version.
                paths.put(random.choice([FRONT, LISTING]))
            pause_until(start + second)
            report(second, counts, take(answers, counts))
    except KeyboardInterrupt:
        print("stopped", flush=True)
    for _ in workers:
        paths.put(None)
    for worker in workers:
        worker.join(timeout=10)
    take(answers, counts)
    return counts["total"], counts["failed"]


def pause_until(instant):
    """Returns at once when it is past."""
    time.sleep(max(0.0, instant - time.monotonic()))


def take(answers, counts):
    """Counts the answers that came; how often each version named itself in them."""
    versions = Counter()
    while not answers.empty():
        status, version = answers.get()
        counts["total"] += 1
        counts["failed"] += not 200 <= status < 400
        versions.update([version] if version else [])
    return versions


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=8080, help="port on 127.0.0.1 (8080)")
    parser.add_argument("--rate", type=int, default=100, help="requests a second, at most 500 (100)")
    parser.add_argument("--seconds", type=int, default=120, help="how long, at most 600 (120)")
    given = parser.parse_args()
    if not (1 <= given.rate <= 500 and 1 <= given.seconds <= 600):
        sys.exit("--rate takes 1 to 500 and --seconds takes 1 to 600")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    total, failed = run(given.port, given.rate, given.seconds)
    print(f"{total} requests, {failed} failed")


if __name__ == "__main__":
    main()
