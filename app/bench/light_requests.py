"""How long light requests take while the worker computes a network, beside the same with the worker idle."""

from __future__ import annotations

import math
import threading
import time
from http.client import HTTPConnection

from app.bench.processes import alone, free_port, serving
from app.bench.row import Goal, MeasurementError, Result, Row
from app.bench.trace_http import SERVE, SLUG

NETWORK = "/bench/network"
LIGHT = f"/api/exhibits/{SLUG}?stop=1"  # computed each time: this server keeps no answers
ROUNDS, SECONDS, PAUSE = 4, 3.0, 0.002  # a class of 500 that clicks once a second
WARM_UP = 1.0


def rows() -> tuple[Row, ...]:
    """Return the one row."""
    return (
        Row(
            name="light-requests",
            what="p95 of light requests while a network runs",
            peer="the same, idle",
            measure=lambda: Result(*alone(compare)),
            goal=Goal("<=", 2),
        ),
    )


def network(seconds: float) -> int:
    """Convolve as AlexNet's second layer does until `seconds` are over; return how often."""
    import torch

    x, weight = torch.rand(1, 96, 27, 27), torch.rand(256, 96, 5, 5)
    end, count = time.perf_counter() + seconds, 0
    with torch.inference_mode():
        while time.perf_counter() < end:
            torch.nn.functional.conv2d(x, weight, padding=2)
            count += 1
    return count


def compare() -> tuple[float, str]:
    """Return busy p95 / idle p95 of one server, taken in turns, and both in words."""
    port = free_port()
    with serving((*SERVE, "--port", str(port), "app.bench.servers:networked"), port):
        _get(port, f"{NETWORK}?seconds=0.1")  # torch is there from now on
        _latencies(port, WARM_UP)
        idle: list[float] = []
        busy: list[float] = []
        for _ in range(ROUNDS):
            idle += _latencies(port, SECONDS)
            busy += _beside_network(port)
    was, became = _p95(idle), _p95(busy)
    return became / was, f"1x ({was * 1e3:.2f} ms idle, {became * 1e3:.2f} ms busy)"


def _beside_network(port: int) -> list[float]:
    running = threading.Thread(target=_get, args=(port, f"{NETWORK}?seconds={SECONDS + 0.6}"))
    running.start()
    time.sleep(0.3)
    times = _latencies(port, SECONDS)
    running.join()
    return times


def _latencies(port: int, seconds: float) -> list[float]:
    connection, times = HTTPConnection("127.0.0.1", port, timeout=30), []
    end = time.perf_counter() + seconds
    while (begin := time.perf_counter()) < end:
        _answer(connection, LIGHT)
        times.append(time.perf_counter() - begin)
        time.sleep(PAUSE)
    connection.close()
    return times


def _get(port: int, path: str) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    _answer(connection, path)
    connection.close()


def _answer(connection: HTTPConnection, path: str) -> None:
    connection.request("GET", path)
    response = connection.getresponse()
    response.read()
    if response.status != 200:
        raise MeasurementError(f"{path} was answered with {response.status}")


def _p95(times: list[float]) -> float:
    return sorted(times)[math.ceil(0.95 * len(times)) - 1]
