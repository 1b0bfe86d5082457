"""Fresh processes to measure in: one thread for each library, the machine's own kernels, no leftovers."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, TypeVar

import app
from app.bench.row import MeasurementError

LONGEST = 120  # seconds of one measurement
START = 30  # seconds a server may take to answer
POLL = 0.002
UNUSUAL = {"OPENBLAS_CORETYPE", "PYTHONDONTWRITEBYTECODE"}  # kernels chosen by hand, modules never kept compiled
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}

T = TypeVar("T")


def environment(**extra: str) -> Mapping[str, str]:
    """Return the environment of a measurement: as an ordinary user has it, and ours importable."""
    roots = [str(Path(app.__file__).parents[1]), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    kept = {name: value for name, value in os.environ.items() if name not in UNUSUAL}
    return kept | {"PYTHONPATH": os.pathsep.join(filter(None, roots))} | extra


def alone(function: Callable[..., T], *arguments: Any) -> T:
    """Return function(*arguments) from a process of its own; both travel as JSON."""
    command = (sys.executable, "-m", "app.bench.call", function.__module__, function.__name__)
    try:
        done = subprocess.run(
            (*command, json.dumps(arguments)),
            env=environment(**ONE_THREAD),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LONGEST,
        )
    except subprocess.TimeoutExpired:
        raise MeasurementError(f"{function.__name__} took longer than {LONGEST} s") from None
    if done.returncode:
        raise MeasurementError((done.stderr.strip().splitlines() or ["no reason given"])[-1])
    answer: T = json.loads(done.stdout.splitlines()[-1])
    return answer


@contextmanager
def serving(command: Sequence[str], port: int, path: str = "/") -> Iterator[float]:
    """Run a server until the block ends; give the seconds from its start to its first 200 at `path`."""
    with tempfile.TemporaryDirectory() as data:
        begin = time.perf_counter()
        server = subprocess.Popen(
            (sys.executable, *command),
            env=environment(CONVLENS_DATA=data, **ONE_THREAD),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _await(server, port, path, begin + START)
            yield time.perf_counter() - begin
        finally:
            server.kill()
            server.wait()


def free_port() -> int:
    """Return the number of a TCP port of this machine that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def keep_to_core(number: int) -> None:
    """Keep this process on one core, where the system lets us and has more than one."""
    if hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {cores[number % len(cores)]})


def _await(server: subprocess.Popen[bytes], port: int, path: str, deadline: float) -> None:
    while time.perf_counter() < deadline:
        if server.poll() is not None:
            raise MeasurementError(f"the server stopped with exit status {server.returncode}")
        if _status(port, path) == 200:
            return
        time.sleep(POLL)
    raise MeasurementError(f"the server did not answer {path} with 200 within {START} s")


def _status(port: int, path: str) -> int | None:
    connection = HTTPConnection("127.0.0.1", port, timeout=START)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except OSError:
        return None
    finally:
        connection.close()
