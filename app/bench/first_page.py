"""How long a learner waits for the first page after the server was started."""

from __future__ import annotations

import subprocess
import sys
import time
from statistics import median

from app.bench.processes import environment, free_port, serving
from app.bench.row import Goal, Result, Row

STARTS = 5
SERVE = "import sys; from app.cli import main; sys.exit(main())"


def rows() -> tuple[Row, ...]:
    """Return the one row."""
    return (
        Row(
            name="first-page",
            what="from starting convlens serve to 200 at /",
            peer="interpreter + import fastapi",
            measure=measure,
            goal=Goal("<=", 0.5),
            unit=" s",
        ),
    )


def measure() -> Result:
    """Return the median seconds of our start; as its limit, those of the interpreter and FastAPI alone."""
    ours, peer = [], []
    for _ in range(1 + STARTS):
        port = free_port()
        with serving(("-c", SERVE, "serve", "--port", str(port)), port) as seconds:
            ours.append(seconds)
        peer.append(_import_fastapi())
    # the first start compiles the modules, as the first one after an installation does
    return Result(median(ours[1:]), f"{median(peer[1:]):.2f} s")


def _import_fastapi() -> float:
    begin = time.perf_counter()
    subprocess.run((sys.executable, "-c", "import fastapi"), env=environment(), check=True)
    return time.perf_counter() - begin
