"""Downloads of official weights for the site: one at a time, in a thread of the server's."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from app.i18n import N_
from app.worker import WorkerError
from engine import EngineError
from engine.weights.fetch import Progress, download
from engine.weights.official import Place, at

LONGEST_FAREWELL = 2  # seconds that a stop waits for the thread; one that hangs on a silent server takes longer


class Underway(WorkerError):  # noqa: N818  # it says what the server is
    """Another download runs, or one that was stopped has not ended yet."""

    status = 409

    def __init__(self, name: str) -> None:
        super().__init__(
            N_("the weights of {name} are being downloaded; wait until they are here, or stop them"), name=name
        )


@dataclass(frozen=True, slots=True)
class State:
    """Where the official weights of one network stand."""

    state: Literal["absent", "downloading", "here", "failed"]
    done: int  # bytes that have come
    total: int
    seconds_left: float | None = None
    error: EngineError | None = None  # why it failed


@dataclass
class _Job:
    """One download: its thread, how far it is, and how it ended."""

    place: Place
    progress: Progress | None = None
    error: EngineError | None = None

    def __post_init__(self) -> None:
        self.stopped = threading.Event()
        self.thread: threading.Thread | None = None

    @property
    def is_alive(self) -> bool:
        return self.thread is not None and self.thread.is_alive()

    def run(self, convert: Callable[[Place], None]) -> None:
        try:
            for progress in download(self.place):
                self.progress = progress
                if self.stopped.is_set():
                    return
            convert(self.place)
        except EngineError as error:
            self.error = error


class Downloads:
    """Starts, tells and stops them.

    convert   makes of what came what is kept; it takes torch, which the server does without
    """

    def __init__(self, convert: Callable[[Place], None]) -> None:
        self._convert = convert
        self._lock = threading.Lock()
        self._job: _Job | None = None

    def start(self, name: str) -> None:
        """Begin a download, or go on with it; nothing happens while it runs.

        Raises RangeError if network `name` has no official weights, Underway if another download runs.
        """
        place = at(name)
        with self._lock:
            job = self._job
            if job is not None and job.is_alive:
                if job.place == place and not job.stopped.is_set():
                    return
                raise Underway(job.place.official.name)
            self._job = job = _Job(place)
            job.thread = threading.Thread(target=job.run, args=(self._convert,), name="download", daemon=True)
            job.thread.start()

    def state(self, name: str) -> State:
        """Return where the weights of network `name` stand. Raises RangeError if it has no official ones."""
        place = at(name)
        total, job = place.official.size, self._job
        if job is not None and job.place == place and not job.stopped.is_set():
            if job.is_alive:
                progress = job.progress
                if progress is None:
                    return State("downloading", place.bytes_here, total)
                return State("downloading", progress.done, total, progress.seconds_left)
            if job.error is not None:
                return State("failed", place.bytes_here, total, error=job.error)
        return State("here" if place.is_here else "absent", place.bytes_here, total)

    def stop(self, name: str) -> None:
        """End a download; what has come stays. Raises RangeError if network `name` has no official weights."""
        place, job = at(name), self._job
        if job is not None and job.place == place:
            self._end(job)

    def close(self) -> None:
        """End what runs."""
        if self._job is not None:
            self._end(self._job)

    def _end(self, job: _Job) -> None:
        job.stopped.set()
        if job.thread is not None:
            job.thread.join(LONGEST_FAREWELL)
