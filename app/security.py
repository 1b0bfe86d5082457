"""Headers that every answer carries, as pure ASGI, and which requests are refused."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "connect-src 'self'",
        "frame-src 'self'",  # a lesson shows exhibits
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'self'",
    )
)


def same_site(request: Request) -> None:
    """Refuse what the page of another site makes a reader's browser send; a program may send what it likes."""
    asker, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if asker is None and origin is not None:  # an older browser
        asker = "same-origin" if urlsplit(origin).netloc == request.headers.get("host") else "cross-site"
    if asker not in (None, "same-origin", "none"):
        raise HTTPException(403)


class SecurityHeaders:
    """Add a strict policy: nothing from other hosts, no inline scripts, no sniffing."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "same-origin"
            await send(message)

        await self.app(scope, receive, guarded)


class BodyLimit:
    """Refuse a body of more than `most` bytes: at once if it says so, else when they have come.

    elsewhere   the limits of the paths that have another

    FastAPI's own `max_body_size` would answer with two English words, not with our page.
    """

    def __init__(
        self,
        app: ASGIApp,
        most: int,
        refuse: Callable[[Request], Awaitable[Response]],
        elsewhere: Mapping[str, int] | None = None,
    ) -> None:
        self.app, self.most, self.refuse, self.elsewhere = app, most, refuse, elsewhere or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        length = Headers(scope=scope).get("content-length", "") if scope["type"] == "http" else ""
        most, came = self.elsewhere.get(scope.get("path", ""), self.most), 0

        async def counted() -> Message:
            nonlocal came
            message = await receive()
            came += len(message.get("body", b""))
            if came > most:
                raise HTTPException(413)
            return message

        if length.isdecimal() and int(length[:20]) > most:
            response = await self.refuse(Request(scope))
            await response(scope, receive, send)
        else:
            await self.app(scope, counted, send)
