"""Official weights: downloaded when a reader asks for them, told how far they are, stopped.

Nothing but a POST here, or `convlens weights get`, makes this program speak to another host.
"""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlsplit, urlunsplit

from fastapi import APIRouter, Depends, Path, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from app.downloads import Downloads
from app.encoding import json_answer
from app.security import same_site
from app.visitor import Visitor
from engine.weights.official import OFFICIAL

router = APIRouter(tags=["weights"])
PATH = "/api/weights/{name}"
Name = Annotated[str, Path(description="the network: alexnet or vgg16")]


# None of these is async: they look at files, and a stop waits a moment.
@router.get(PATH, name="weights: state")
def state(request: Request, name: Name) -> Response:
    """Where the official ImageNet weights of a network stand.

    `state` is absent, downloading, here or failed; `bytes` have come of `total`. Why it failed is told in the
    language that `lang` or the browser asks for.
    """
    return _answer(request, _known(name))


@router.post(PATH, name="weights: download", status_code=202, dependencies=[Depends(same_site)])
def start(request: Request, name: Name) -> Response:
    """Download the official ImageNet weights of a network from their publisher, or go on with it.

    A form on a page is led back to its page.
    """
    _downloads(request).start(_known(name))
    if "text/html" in request.headers.get("accept", ""):
        page = urlsplit(request.headers.get("referer", "/"))
        return RedirectResponse(urlunsplit(("", "", page.path, page.query, "")), status_code=303)
    return _answer(request, name, 202)


@router.delete(PATH, name="weights: stop", dependencies=[Depends(same_site)])
def stop(request: Request, name: Name) -> Response:
    """Stop the download; what has come stays, and the next one goes on from there."""
    _downloads(request).stop(_known(name))
    return _answer(request, name)


def told(request: Request, name: str) -> dict[str, Any]:
    """Return where the weights stand, as the API and pages tell it."""
    found = _downloads(request).state(name)
    return {
        "name": name,
        "state": found.state,
        "bytes": found.done,
        "total": found.total,
        "seconds_left": found.seconds_left,
        "error": found.error and Visitor(request).explain(found.error),
    }


def _answer(request: Request, name: str, status: int = 200) -> Response:
    answer = json_answer(told(request, name))
    answer.status_code = status
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _downloads(request: Request) -> Downloads:
    downloads: Downloads = request.app.state.downloads
    return downloads


def _known(name: str) -> str:
    if name not in OFFICIAL:
        raise HTTPException(404)
    return name
