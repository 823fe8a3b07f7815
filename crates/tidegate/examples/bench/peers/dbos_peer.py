"""DBOS beside us: runs workflows on a Postgres of its own, and does what it is told on standard input, one line each, answering with one
line of JSON. `gate N`: N times from sending what a workflow waits for until its next step begins. `flow C S`: workflows of five durable
steps for S seconds, C at a time. Argument: the address of the database."""

import importlib.metadata
import itertools
import json
import os
import sys
import threading
import time

from dbos import DBOS

DBOS(config={"name": "bench", "system_database_url": sys.argv[1], "log_level": "ERROR", "run_admin_server": False})
STEPS = 20
numbers = itertools.count()
began: dict[str, list[float]] = {}
ready: dict[str, threading.Semaphore] = {}
stamped: dict[str, threading.Semaphore] = {}


@DBOS.step()
def stamp(name: str) -> None:
    began[name].append(time.monotonic())
    stamped[name].release()


@DBOS.step()
def nothing(step: int) -> int:
    return step


@DBOS.workflow()
def gates(name: str) -> None:
    for _ in range(STEPS):
        ready[name].release()
        DBOS.recv("gate", timeout_seconds=60)
        stamp(name)


@DBOS.workflow()
def five() -> None:
    for step in range(5):
        nothing(step)


def gate(samples: int) -> dict:
    times: list[float] = []
    while len(times) < samples:
        name = f"g{os.getpid()}-{next(numbers)}"
        began[name], ready[name], stamped[name] = [], threading.Semaphore(0), threading.Semaphore(0)
        from dbos import SetWorkflowID

        with SetWorkflowID(name):
            handle = DBOS.start_workflow(gates, name)
        for step in range(STEPS):
            ready[name].acquire()
            # The workflow is waiting by then.
            time.sleep(0.03)
            sent = time.monotonic()
            DBOS.send(name, "go", "gate")
            stamped[name].acquire()
            times.append((began[name][step] - sent) * 1000)
        handle.get_result()
    return {"times_ms": times}


def flow(in_flight: int, seconds: float) -> dict:
    begun, lock, done = time.monotonic(), threading.Lock(), [0]

    def one() -> None:
        while time.monotonic() - begun < seconds:
            DBOS.start_workflow(five).get_result()
            with lock:
                done[0] += 1

    threads = [threading.Thread(target=one) for _ in range(in_flight)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {"done": done[0], "seconds": time.monotonic() - begun}


DBOS.launch()
version = importlib.metadata.version("dbos")
print(json.dumps({"ready": True, "name": f"DBOS {version}", "server": [], "worker": [os.getpid()]}), flush=True)
for line in sys.stdin:
    what, *rest = line.split()
    try:
        said = gate(int(rest[0])) if what == "gate" else flow(int(rest[0]), float(rest[1]))
    except Exception as error:  # noqa: BLE001 - whatever it is, the other side is told
        said = {"error": str(error)}
    print(json.dumps(said), flush=True)
os._exit(0)
