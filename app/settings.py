"""What an installation may set, each from one environment variable."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path


def _data_folder() -> Path:
    return Path(os.environ.get("CONVLENS_DATA") or Path.home() / ".convlens")


def _worker_queue() -> int:
    return int(os.environ.get("CONVLENS_WORKER_QUEUE") or 32)


def _worker_deadline() -> float:
    return float(os.environ.get("CONVLENS_WORKER_DEADLINE") or 20)


@dataclass(frozen=True)
class Settings:
    """Limits and places. `data` (CONVLENS_DATA) holds the learners' stored states and pictures, nothing else."""

    data: Path = field(default_factory=_data_folder)
    max_body: int = 1_000_000  # bytes of one request; a 8x32x32 tensor as text takes 60,000
    max_query: int = 4_000  # bytes of a link; longer states are stored and named by their hash
    state_days: int = 90
    max_states: int = 20_000
    picture_days: int = 90
    max_pictures: int = 2_000  # a photo of 1,024 x 768 px takes 1.5 MB
    answer_cache_bytes: int = 64_000_000
    worker_queue: int = field(default_factory=_worker_queue)  # CONVLENS_WORKER_QUEUE: heavy calls that may wait
    worker_deadline: float = field(default_factory=_worker_deadline)  # CONVLENS_WORKER_DEADLINE: seconds of one
