"""The servers that trace_http and light_requests measure; uvicorn starts each from its factory."""

# Not "from __future__ import annotations": FastAPI would lose the types of handlers made in functions.
import tempfile
from pathlib import Path
from typing import Any

import orjson
from fastapi import FastAPI, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.bench import light_requests
from app.bench.processes import keep_to_core
from app.bench.trace_http import READY, SLUG, STATE, STOP
from app.encoding import json_answer
from app.exhibits import EXHIBITS
from app.main import create_app
from app.routes.heavy import heavy
from app.settings import Settings

SERVER_CORE = 0


def trace() -> dict[str, Any]:
    """Return the trace the way the API's handler gets it."""
    exhibit = EXHIBITS[SLUG]
    numbers: dict[str, Any] = exhibit.prepare(exhibit.Params(**STATE)).numbers(0, STOP)
    return numbers


def product() -> ASGIApp:
    """Return the application as it is served."""
    keep_to_core(SERVER_CORE)
    return create_app()


def networked() -> ASGIApp:
    """Return the application with one more route: a network for some seconds, in the worker.

    On no core of its own: the worker would be confined to it as well.
    """
    app = create_app(Settings(data=Path(tempfile.gettempdir()), answer_cache_bytes=0))

    @app.get(light_requests.NETWORK)
    async def network(request: Request, seconds: float) -> Response:
        return json_answer(await heavy(request, light_requests.network, seconds))

    return app


def encoding() -> ASGIApp:
    """Return the application with one more route: a trace that is there already, encoded each time."""
    keep_to_core(SERVER_CORE)
    app = create_app(Settings(data=Path(tempfile.gettempdir()), answer_cache_bytes=0))
    numbers = trace()

    @app.get(READY)
    async def encoded() -> Response:
        return json_answer(numbers)

    return app


def plain() -> ASGIApp:
    """Return FastAPI's default way: the handler returns the objects, FastAPI does the rest."""
    keep_to_core(SERVER_CORE)
    app = FastAPI()
    numbers = orjson.loads(json_answer(trace()).body)

    @app.get(READY)
    async def default():  # type: ignore[no-untyped-def]  # a return type would make it another way
        return numbers

    return app


def bare() -> ASGIApp:
    """Return the least an ASGI application can do: the same bytes, always."""
    keep_to_core(SERVER_CORE)
    body = bytes(json_answer(trace()).body)
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": body})

    return answer
