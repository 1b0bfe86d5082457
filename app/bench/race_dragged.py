"""How long the race at the saddle takes to answer while its start is dragged: request, all paths, their texts."""

from __future__ import annotations

import time
from statistics import median
from urllib.request import urlopen

from app.bench.first_page import SERVE
from app.bench.processes import free_port, serving
from app.bench.row import Goal, Result, Row

LIVE = "/api/exhibits/saddle-race/live?x={x}&y=0.3&step=60"
MOVES, WARM_UP = 40, 5


def rows() -> tuple[Row, ...]:
    """Return the one row."""
    return (
        Row(
            name="race-dragged",
            what="six paths from another start, over HTTP, median",
            peer="the clock",
            measure=measure,
            goal=Goal("<=", 50),
            unit=" ms",
        ),
    )


def measure() -> Result:
    """Return the median of the milliseconds from a question to its whole answer."""
    port, times = free_port(), []
    with serving(("-c", SERVE, "serve", "--port", str(port)), port):
        for move in range(WARM_UP + MOVES):
            begin = time.perf_counter()
            with urlopen(f"http://127.0.0.1:{port}{LIVE.format(x=round(0.02 * move, 2))}") as answer:
                answer.read()
            times.append(1000 * (time.perf_counter() - begin))
    return Result(median(times[WARM_UP:]))
