"""The process that does the heavy work, and how the server speaks to it.

Imports nothing but the standard library: the child reads this module before it has limited
the threads of NumPy and torch, and they read their limits when they are loaded.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
import traceback
from collections.abc import Callable, Generator, Sequence
from importlib import import_module
from multiprocessing.connection import Connection
from typing import Any, Literal, NamedTuple

NICENESS = 10
ONE_THREAD = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
_SPAWN = multiprocessing.get_context("spawn")  # a fork would copy the server's threads and locks


class Answer(NamedTuple):
    """What comes back: a call's result, perhaps in parts before, or the exception it raised; "ready" once."""

    kind: Literal["ready", "part", "done", "failed"]
    value: Any = None


class WorkerProcess:
    """The near end: one child, one call at a time. Every method but `end` waits."""

    def __init__(self, preload: Sequence[str]) -> None:
        """Start the child, which imports the modules `preload` before it is ready."""
        self._connection, far = _SPAWN.Pipe()
        self._child = _SPAWN.Process(target=_serve, args=(far, preload), name="convlens-worker", daemon=True)
        self._child.start()
        far.close()  # only the child holds it now: when the child dies, we read the end of the pipe
        self._is_ready = False

    def is_alive(self) -> bool:
        return self._child.is_alive()

    def await_ready(self, seconds: float) -> None:
        """Wait until the child takes calls. Raises as `ask`."""
        if not self._is_ready:
            self._receive(seconds)
            self._is_ready = True

    def ask(
        self, function: Callable[..., Any], arguments: tuple[Any, ...], seconds: float, on_part: Callable[[Any], None]
    ) -> Answer:
        """Return what function(*arguments) gave in the child; of a generator, each value goes to on_part before.

        Raises TimeoutError after `seconds`, EOFError or another OSError if the child has died.
        """
        end = time.monotonic() + seconds
        self._connection.send((function, arguments))
        while (answer := self._receive(max(0.0, end - time.monotonic()))).kind == "part":
            on_part(answer.value)
        return answer

    def end(self) -> None:
        """End the child, whatever it does; from any thread."""
        self._child.kill()
        self._child.join()

    def _receive(self, seconds: float) -> Answer:
        if not self._connection.poll(seconds):
            raise TimeoutError
        answer: Answer = self._connection.recv()
        return answer


def _serve(connection: Connection, preload: Sequence[str]) -> None:
    """The far end: answer calls until the server is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches us too, but it is the server that ends us
    os.environ.update(ONE_THREAD)
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    for module in preload:
        import_module(module)
    connection.send(Answer("ready"))
    while True:
        try:
            function, arguments = connection.recv()
        except EOFError:
            return
        except Exception as error:  # the function's module could not be imported
            _send(connection, _failed(error))
        else:
            _send(connection, _answer(connection, function, arguments))


def _end_with_parent() -> None:
    """End at once when the server has died, even in the middle of a long call."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(0)


def _answer(connection: Connection, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Answer:
    try:
        result = function(*arguments)
        return Answer("done", _in_parts(connection, result) if isinstance(result, Generator) else result)
    except Exception as error:
        return _failed(error)


def _in_parts(connection: Connection, parts: Generator[Any, None, Any]) -> Any:
    """Send what a generator yields as it comes; return what it returns."""
    while True:
        try:
            part = next(parts)
        except StopIteration as end:
            return end.value
        connection.send(Answer("part", part))


def _failed(error: Exception) -> Answer:
    """Return `error` with its traceback as a note: the traceback itself does not travel."""
    error.add_note("In the worker: " + "".join(traceback.format_exception(error)).rstrip())
    return Answer("failed", error)


def _send(connection: Connection, answer: Answer) -> None:
    try:
        connection.send(answer)
    except (OSError, MemoryError):
        raise
    except Exception as error:  # it could not be pickled, and nothing of it was sent
        problem = RuntimeError(f"{type(answer.value).__name__} cannot travel between processes: {error}")
        connection.send(_failed(problem))
