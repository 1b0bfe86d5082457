"""A small HTTP/1.1 client that keeps many connections busy and counts whole answers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from typing import Any, cast

from app.bench.processes import keep_to_core

CONNECTIONS = 50
CLIENT_CORE = 1
ROUNDS, SECONDS, WARM_UP = 2, 1.2, 0.2
ROOM = 1 << 18  # bytes read at once
HEAD_END, LENGTH = b"\r\n\r\n", b"content-length:"


def rates(targets: list[tuple[int, str]]) -> list[list[float]]:
    """Return requests/s of each (port, path) in each round; "{n}" in a path counts the requests.

    The targets take turns. A round stops sending after SECONDS and waits for what is under way,
    so that a slow server owes nothing to the next one.
    """
    keep_to_core(CLIENT_CORE)
    return _run(_rates(targets))


async def _rates(targets: list[tuple[int, str]]) -> list[list[float]]:
    counters = [_Counter(path) for _, path in targets]
    for (port, _), counter in zip(targets, counters, strict=True):
        await _rate(port, counter, 2, WARM_UP)
    found: list[list[float]] = [[] for _ in targets]
    for _ in range(ROUNDS):
        for (port, _), counter, results in zip(targets, counters, found, strict=True):
            results.append(await _rate(port, counter, CONNECTIONS, SECONDS))
    return found


async def _rate(port: int, counter: _Counter, connections: int, seconds: float) -> float:
    loop = asyncio.get_running_loop()
    makers = (loop.create_connection(_Connection, "127.0.0.1", port) for _ in range(connections))
    opened = [protocol for _, protocol in await asyncio.gather(*makers)]
    begin = time.perf_counter()
    for connection in opened:
        connection.start(counter, begin + seconds)
    answered = sum(await asyncio.gather(*(connection.finished for connection in opened)))
    return answered / (time.perf_counter() - begin)


class _Counter:
    """Writes the requests for one path."""

    def __init__(self, path: str) -> None:
        self.number, (self.before, *self.after) = 0, path.split("{n}")
        self.fixed = None if self.after else self._text(path)

    def next(self) -> bytes:
        if self.fixed is not None:
            return self.fixed
        self.number += 1
        return self._text(self.before + str(self.number) + self.after[0])

    @staticmethod
    def _text(path: str) -> bytes:
        return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()


class _Connection(asyncio.BufferedProtocol):
    """One keep-alive connection with one request under way; answers must state their length."""

    def __init__(self) -> None:
        self.room = bytearray(ROOM)
        self.view = memoryview(self.room)
        self.filled = self.awaited = self.answered = 0
        self.finished: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's own does not inherit from it

    def start(self, counter: _Counter, deadline: float) -> None:
        self.counter, self.deadline = counter, deadline
        self.transport.write(counter.next())

    def get_buffer(self, sizehint: int) -> memoryview:
        return self.view[self.filled :]

    def buffer_updated(self, nbytes: int) -> None:
        self.filled += nbytes
        if not self.awaited:
            end = self.room.find(HEAD_END, 0, self.filled)
            if end < 0:
                return
            self._read_head(bytes(self.room[:end]).lower(), end)
        if self.filled >= self.awaited and not self.finished.done():
            self._answer_is_whole()

    def connection_lost(self, problem: Exception | None) -> None:
        if not self.finished.done():
            self.finished.set_exception(problem or ConnectionError("the server hung up"))

    def _read_head(self, head: bytes, end: int) -> None:
        if b" 200 " not in head[:16]:
            self.finished.set_exception(ConnectionError(f"the server said {head[:40]!r}"))
            self.transport.abort()
            return
        at = head.index(LENGTH) + len(LENGTH)
        self.awaited = end + len(HEAD_END) + int(head[at:].split(b"\r\n", 1)[0])

    def _answer_is_whole(self) -> None:
        self.answered += 1
        self.filled = self.awaited = 0
        if time.perf_counter() < self.deadline:
            self.transport.write(self.counter.next())
        else:
            self.finished.set_result(self.answered)
            self.transport.abort()


def _run(main: Coroutine[Any, Any, list[list[float]]]) -> list[list[float]]:
    try:
        import uvloop
    except ImportError:  # there is none for Windows
        return asyncio.run(main)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main)
