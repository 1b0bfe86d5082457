"""The one place through which heavy work goes: networks, pictures, later training.

It runs in one process of its own, niced, with one thread for NumPy and torch, so that light
requests never wait behind it. The server itself never imports torch. One call runs at a time;
a bounded number of others wait their turn in the order they came.
"""

from __future__ import annotations

import asyncio
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar

from app.i18n import N_
from app.worker_process import Answer, WorkerProcess
from engine import EngineError

T = TypeVar("T")

LONGEST_START = 120  # seconds: torch takes one, or many from a cold disk
RECENT = 20  # calls whose times tell how long the next ones may take


class WorkerError(EngineError):
    """The work was not done, though nothing was wrong with it. `status` is what HTTP calls it."""

    status = 503


class Busy(WorkerError):  # noqa: N818  # it says what the server is
    """Too many calls wait already; `values["seconds"]` is when to come back."""

    def __init__(self, seconds: int) -> None:
        super().__init__(N_("the server is busy with other computations; try again in {seconds} s"), seconds=seconds)


class TooSlow(WorkerError):  # noqa: N818
    """The call ran longer than its deadline and was ended."""

    status = 504

    def __init__(self, seconds: float) -> None:
        sentence = N_("this took longer than {seconds} s and was stopped; make it smaller and try again")
        super().__init__(sentence, seconds=f"{seconds:g}")


class Crashed(WorkerError):  # noqa: N818
    """The process died under the call: killed, or out of memory."""

    def __init__(self) -> None:
        super().__init__(
            N_("the computation broke off, perhaps for lack of memory; try again, and if it breaks off again, smaller")
        )


class Worker:
    """Calls functions in the worker's process.

    queue      how many calls may wait besides the one that runs
    deadline   seconds that a call may run, and seconds that it may wait before
    preload    modules that the process imports before its first call
    """

    def __init__(self, *, queue: int, deadline: float, preload: Sequence[str] = ()) -> None:
        self.queue, self.deadline, self.preload = queue, deadline, tuple(preload)
        self._thread = ThreadPoolExecutor(1, "worker")  # it waits for the process; its queue is our queue
        self._line: set[Future[Any]] = set()  # the call that runs, and those that wait
        self._recent: deque[float] = deque(maxlen=RECENT)
        self._lock = threading.Lock()  # guards the two below: close() may come while a process starts
        self._process: WorkerProcess | None = None
        self._closed = False

    def start(self) -> None:
        """Start the process in the background, so that the first call finds it ready."""
        self._thread.submit(self._ready)

    async def call(
        self,
        function: Callable[..., T],
        *arguments: Any,
        deadline: float | None = None,
        on_part: Callable[[Any], None] | None = None,
    ) -> T:
        """Return function(*arguments), computed in the worker's process; its exceptions come back as they are.

        function   a function at the top of a module, of the engine as a rule; it is named, not sent
        on_part    of a generator: called with each value as it comes, on the event loop; what it returns comes last

        A caller that is cancelled while it waits leaves the queue, and nothing is run for it.
        Raises Busy, TooSlow or Crashed.
        """
        if len(self._line) > self.queue or self._closed:
            raise self._busy()
        longest = self.deadline if deadline is None else deadline
        loop = asyncio.get_running_loop()

        def pass_on(part: Any) -> None:
            if on_part is not None:
                with suppress(RuntimeError):  # the loop has ended, and with it whoever waited
                    loop.call_soon_threadsafe(on_part, part)

        job = self._thread.submit(self._run, function, arguments, longest, pass_on)
        self._line.add(job)
        job.add_done_callback(self._line.discard)
        answer = asyncio.wrap_future(job)
        try:
            await asyncio.wait((answer,), timeout=longest)
            if job.cancel():  # works only while it still waits: the queue is slower than it promised
                raise self._busy()
            result: T = _value(await answer)
            return result
        finally:
            answer.cancel()  # leaves the queue; a call that has ended or runs stays as it is

    def close(self) -> None:
        """End the process and all calls; waits until they are gone."""
        with self._lock:
            self._closed = True
            if self._process is not None:
                self._process.end()
        self._thread.shutdown(cancel_futures=True)

    def _run(
        self,
        function: Callable[..., Any],
        arguments: tuple[Any, ...],
        deadline: float,
        on_part: Callable[[Any], None],
    ) -> Answer:
        process = self._ready()
        begin = time.monotonic()
        try:
            return process.ask(function, arguments, deadline, on_part)
        except TimeoutError:
            self._replace(process)
            raise TooSlow(deadline) from None
        except (EOFError, OSError):
            self._replace(process)
            raise Crashed from None
        finally:
            self._recent.append(time.monotonic() - begin)

    def _ready(self) -> WorkerProcess:
        """Return a process that takes calls; waits while it starts."""
        with self._lock:
            if self._closed:
                raise Crashed
            if self._process is None or not self._process.is_alive():
                self._process = WorkerProcess(self.preload)
            process = self._process
        try:
            process.await_ready(LONGEST_START)
        except (EOFError, OSError):
            process.end()  # the next call starts another
            raise Crashed from None
        return process

    def _replace(self, process: WorkerProcess) -> None:
        """End `process` and start another at once, so that it is ready when the next call comes."""
        process.end()
        with self._lock, suppress(OSError):  # no memory for another now: the next call tries again
            if not self._closed:
                self._process = WorkerProcess(self.preload)

    def _busy(self) -> Busy:
        """Return when the calls that wait now will be done, judged by those before them."""
        recent = list(self._recent) or [1.0]
        return Busy(max(1, math.ceil(len(self._line) * sum(recent) / len(recent))))


def _value(answer: Answer) -> Any:
    if answer.kind == "done":
        return answer.value
    if isinstance(answer.value, MemoryError):
        raise Crashed from answer.value
    raise answer.value
