"""How long a learner waits for the first page after the server was started, beside the least FastAPI can do."""

from __future__ import annotations

from statistics import median

from app.bench.processes import free_port, serving
from app.bench.row import Goal, Result, Row

STARTS = 7
SERVE = "import sys; from app.cli import main; sys.exit(main())"
BARE = """
import sys

import uvicorn
from fastapi import FastAPI

app = FastAPI()


@app.get("/")
async def home():
    return "first"


uvicorn.run(app, port=int(sys.argv[1]), log_level="warning", access_log=False, ws="none")
"""


def rows() -> tuple[Row, ...]:
    """Return the one row."""
    return (
        Row(
            name="first-page",
            what="from starting convlens serve to 200 at /",
            peer="FastAPI alone, with one route",
            measure=measure,
            goal=Goal("<=", 2.27),  # 0.5 s where FastAPI takes 0.22
        ),
    )


def measure() -> Result:
    """Return the median time of our starts over that of the bare application's, both in turns."""
    ours, bare = [], []
    for _ in range(1 + STARTS):
        ours.append(_first_answer(SERVE, "serve", "--port"))
        bare.append(_first_answer(BARE))
    # the first start compiles modules and templates, as the first one after an installation does
    mine, peer = median(ours[1:]), median(bare[1:])
    return Result(mine / peer, f"{mine:.2f} s beside {peer:.2f} s")


def _first_answer(code: str, *arguments: str) -> float:
    port = free_port()
    with serving(("-c", code, *arguments, str(port)), port) as seconds:
        return seconds
