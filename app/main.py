"""The application, put together from its parts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import JSONResponse, Response

import engine
from app.answers_cache import AnswersCache
from app.downloads import Downloads
from app.exhibits import EXHIBITS
from app.exhibits.reading import explain
from app.head import HeadLikeGet
from app.i18n import N_, together
from app.pages import page
from app.pictures import PictureStore, too_long
from app.routes import exhibits, lessons, pictures, site, weights
from app.routes.exhibit_pages import PICTURE_FORM
from app.security import BodyLimit, SecurityHeaders
from app.settings import Settings
from app.store import StateStore
from app.visitor import Visitor
from app.worker import Busy, Worker, WorkerError
from engine import EngineError
from engine.weights.convert import convert
from engine.weights.official import Place

HTTP_SENTENCES = {
    403: N_("A page of another site asked for this; ask for it here."),
    404: N_("There is no page at this address; start again from the home page."),
    405: N_("This address does not take that kind of request; go back and try again."),
    413: N_("That is more than 1 MB; paste or upload a smaller tensor."),
}
LONGEST_CONVERSION = 300  # seconds: VGG-16 has half a gigabyte of weights
FIRST_PAGE_FIRST = 0.5  # seconds: importing torch would take the core that answers
PICTURE_PATHS = (pictures.PATH, *(exhibit.path + PICTURE_FORM for exhibit in EXHIBITS.values() if exhibit.pictures))
HTTP_ELSE = N_("The request could not be read; go back and try again.")


def create_app(settings: Settings | None = None) -> FastAPI:
    """Return the application; tests give it settings of their own."""
    settings = settings or Settings()
    app = FastAPI(
        title="ConvLens",
        version=engine.__version__,
        summary="Every number inside a convolution.",
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
    )
    app.state.settings = settings
    app.state.store = StateStore(settings.data / "states", days=settings.state_days, limit=settings.max_states)
    app.state.pictures = PictureStore(
        settings.data / "pictures", days=settings.picture_days, limit=settings.max_pictures
    )
    app.state.worker = Worker(queue=settings.worker_queue, deadline=settings.worker_deadline, preload=("torch",))
    app.state.downloads = Downloads(partial(_converted, app.state.worker))
    app.include_router(site.router)
    app.include_router(lessons.router)
    app.include_router(lessons.api)
    for router in exhibits.routers():
        app.include_router(router)
    app.include_router(pictures.router)
    app.include_router(weights.router)
    app.mount("/static", site.static_files)
    larger = dict.fromkeys(PICTURE_PATHS, pictures.MOST_BODY)
    app.add_middleware(BodyLimit, most=settings.max_body, elsewhere=larger, refuse=_too_long)
    app.add_middleware(
        GZipMiddleware, minimum_size=1_000, compresslevel=6
    )  # 9 takes twice the time for a thirtieth less
    app.add_middleware(AnswersCache, room=settings.answer_cache_bytes)  # answers before anything is parsed
    app.add_middleware(SecurityHeaders)  # a 304 is guarded too
    app.add_middleware(HeadLikeGet)  # outermost: whatever answers GET answers HEAD
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(EngineError, _refused)
    app.add_exception_handler(WorkerError, _not_done)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(UnicodeEncodeError, _unreadable)  # JSON may hold half a character
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Start the worker soon after the server, and end it with it; the first page waits for neither."""
    start = asyncio.get_running_loop().call_later(FIRST_PAGE_FIRST, app.state.worker.start)
    yield
    start.cancel()
    await asyncio.to_thread(app.state.downloads.close)
    await asyncio.to_thread(app.state.worker.close)


def _converted(worker: Worker, place: Place) -> None:
    """Have the worker convert weights that were downloaded, for a thread that waits."""
    asyncio.run(worker.call(convert, place, deadline=LONGEST_CONVERSION))


async def _invalid(request: Request, error: Any) -> Response:
    visitor = Visitor(request)
    path = request.url.path
    exhibit = next((one for one in EXHIBITS.values() if one.owns(path)), None)
    sentences = explain(error.errors(), exhibit.Params.model_fields if exhibit else {}, visitor)
    return _problem(visitor, 422, together(visitor.words, sentences))


async def _refused(request: Request, error: Any) -> Response:
    visitor = Visitor(request)
    return _problem(visitor, 422, visitor.explain(error))


async def _not_done(request: Request, error: Any) -> Response:
    visitor = Visitor(request)
    again = {"Retry-After": str(error.values["seconds"])} if isinstance(error, Busy) else {}
    return _problem(visitor, error.status, visitor.explain(error), again)


async def _http_error(request: Request, error: Any) -> Response:
    visitor = Visitor(request)
    if error.status_code == 413 and request.url.path in PICTURE_PATHS:
        sentence = visitor.explain(too_long())
    else:
        sentence = visitor.words.gettext(HTTP_SENTENCES.get(error.status_code, HTTP_ELSE))
    return _problem(visitor, error.status_code, sentence)


async def _unreadable(request: Request, error: Any) -> Response:
    return await _http_error(request, HTTPException(400))


async def _too_long(request: Request) -> Response:
    return await _http_error(request, HTTPException(413))


def _problem(visitor: Visitor, status: int, sentence: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return one sentence: as JSON to a program, as a page to a reader."""
    wants_page = "text/html" in visitor.request.headers.get("accept", "")
    if visitor.request.url.path.startswith("/api/") or not wants_page:
        return JSONResponse({"error": sentence}, status, headers)
    response = page(visitor, "problem.html", status, sentence=sentence)
    response.headers.update(headers or {})
    return response
