"""Answers kept in memory: a pure GET is answered again before anything of it is parsed.

What a GET returns depends on its link, the reader's language and theme, and the program
alone. So its ETag is known before the answer is: a browser that has it gets 304 at once.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.build import build_id

Header = tuple[bytes, bytes]
VARYING = (b"host", b"cookie", b"accept-language")
LARGEST_SHARE = 8  # one answer takes at most 1/8 of the room


@dataclass
class _Answer:
    headers: list[Header]
    body: bytes = b""


@dataclass
class _Shelf:
    """Least recently used answers go first."""

    room: int
    kept: OrderedDict[bytes, _Answer] = field(default_factory=OrderedDict)
    used: int = 0

    def get(self, key: bytes) -> _Answer | None:
        answer = self.kept.get(key)
        if answer is not None:
            self.kept.move_to_end(key)
        return answer

    def put(self, key: bytes, answer: _Answer) -> None:
        if key in self.kept or len(answer.body) * LARGEST_SHARE > self.room:
            return
        self.kept[key] = answer
        self.used += len(answer.body)
        while self.used > self.room:
            _, oldest = self.kept.popitem(last=False)
            self.used -= len(oldest.body)


class AnswersCache:
    """ASGI middleware that keeps 200 answers to GET; those that set a cookie, or say no-store, are not kept."""

    def __init__(self, app: ASGIApp, room: int) -> None:
        self.app, self.shelf = app, _Shelf(room)
        self.salt = build_id().encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or _is_elsewhere(scope):
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        key = self._key(scope, headers)
        if key in headers.get(b"if-none-match", b""):
            await _send(send, 304, _Answer([(b"etag", key), (b"vary", b"Cookie, Accept-Language")]))
        elif answer := self.shelf.get(key):
            await _send(send, 200, answer)
        else:
            await self.app(scope, receive, self._keeping(key, send))

    def _key(self, scope: Scope, headers: dict[bytes, bytes]) -> bytes:
        accepted = headers.get(b"accept-encoding", b"")
        encodings = b" ".join(name for name in (b"gzip", b"zstd") if name in accepted)
        varying = b"\0".join(headers.get(name, b"") for name in VARYING)
        parts = (self.salt, scope["raw_path"], scope["query_string"], varying, encodings)
        return b'"' + hashlib.blake2b(b"\0".join(parts), digest_size=12).hexdigest().encode() + b'"'

    def _keeping(self, key: bytes, send: Send) -> Send:
        answer: _Answer | None = None

        async def keeping(message: Message) -> None:
            nonlocal answer
            if message["type"] == "http.response.start" and _may_keep(message):
                message["headers"] = [*message["headers"], (b"etag", key)]
                answer = _Answer(message["headers"])
            elif message["type"] == "http.response.body" and answer is not None:
                answer.body += message.get("body", b"")
                if len(answer.body) * LARGEST_SHARE > self.shelf.room:
                    answer = None  # too large to keep: do not collect the rest
                elif not message.get("more_body"):
                    self.shelf.put(key, answer)
            await send(message)

        return keeping


def _is_elsewhere(scope: Scope) -> bool:
    """Return whether the answer depends on files: static ones, or a stored state (opening it renews it)."""
    return scope["path"].startswith("/static/") or b"state=" in scope["query_string"]


def _may_keep(message: Message) -> bool:
    headers = {name.lower(): value for name, value in message["headers"]}
    if message["status"] != 200 or b"no-store" in headers.get(b"cache-control", b""):
        return False
    return b"set-cookie" not in headers and b"etag" not in headers


async def _send(send: Send, status: int, answer: _Answer) -> None:
    await send({"type": "http.response.start", "status": status, "headers": answer.headers})
    await send({"type": "http.response.body", "body": answer.body})
