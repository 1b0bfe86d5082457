"""A 58 KB trace over HTTP: our server, FastAPI's default way, and a bare ASGI application."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from statistics import median
from urllib.parse import urlencode

from app.bench.load import rates
from app.bench.processes import alone, free_port, serving
from app.bench.row import Goal, Result, Row

PEER = "FastAPI, objects returned as they are"
SERVE = ("-m", "uvicorn", "--factory", "--log-level", "warning")
READY = "/ready"  # where the servers that have their trace already answer with it
SLUG = "convolution-forward"
# An 8×8×3 input inside a ring of zeros, two filters, stride 1: 120 steps make a body of about 58 KB.
STATE = {"size": "8", "stride": "1"}
STOP = 120
TRACE = f"/api/exhibits/{SLUG}?{urlencode({**STATE, 'stop': STOP})}"


def rows() -> tuple[Row, ...]:
    """Return the three ways our server has of answering; the peer always has its objects at hand."""
    return (
        _row("encoding", "58 KB trace that is there, encoded each time", 30, "encoding", READY),
        _row("computed", "58 KB trace, computed and encoded each time", 8, "product", TRACE + "&step={n}"),
        _row("cached", "58 KB trace, the same link again", 90, "product", TRACE),
    )


def _row(name: str, what: str, bound: float, factory: str, path: str) -> Row:
    measure = partial(_measure, factory, path)
    return Row(f"trace-http-{name}", what, PEER, measure, Goal(">=", bound), limit="bare ASGI")


def _measure(factory: str, path: str) -> Result:
    """Return our requests/s over the peer's; 50 keep-alive connections, one worker each."""
    with ExitStack() as servers:
        targets = []
        for name, at in ((factory, path), ("plain", READY), ("bare", READY)):
            port = free_port()
            command = (*SERVE, "--port", str(port), f"app.bench.servers:{name}")
            servers.enter_context(serving(command, port, at.format(n=0)))
            targets.append((port, at))
        ours, peer, bare = (median(found) for found in alone(rates, targets))
    return Result(ours / peer, f"{bare / peer:.0f}x (bare ASGI, {bare:,.0f}/s)")
