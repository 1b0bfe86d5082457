"""Heavy work for a request: the worker's, for as long as somebody waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import Request
from starlette.exceptions import HTTPException

T = TypeVar("T")

CLIENT_GONE = 499  # nginx's number for it; nobody reads the answer


async def heavy(request: Request, function: Callable[..., T], *arguments: Any, deadline: float | None = None) -> T:
    """Return function(*arguments), computed by the worker; given up if the client hangs up before its turn.

    Read the request's body first. Raises what Worker.call raises.
    """
    call = asyncio.ensure_future(request.app.state.worker.call(function, *arguments, deadline=deadline))
    gone = asyncio.ensure_future(_disconnected(request))
    try:
        await asyncio.wait((call, gone), return_when=asyncio.FIRST_COMPLETED)
        if not call.done():
            raise HTTPException(CLIENT_GONE)
        result: T = call.result()
        return result
    finally:
        call.cancel()
        gone.cancel()


async def _disconnected(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
