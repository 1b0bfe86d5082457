"""Home, the list of exhibits, the API page, the sitemap, static files."""

from __future__ import annotations

import re

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from app import palette, paths
from app.build import build_id
from app.encoding import FOREVER
from app.exhibits import EXHIBITS, HERO
from app.exhibits.base import links
from app.lessons import LESSONS
from app.pages import page
from app.visitor import Visitor

router = APIRouter(include_in_schema=False)
PAGES = ("/", "/lessons", "/exhibits", "/glossary", "/api")
_VERSIONED = re.compile(r"^([0-9a-f]{12})/(.*)$")


class VersionedFiles(StaticFiles):
    """Static files under /static/<build id>/: kept for ever while the build id is ours."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        match = _VERSIONED.match(path)
        build, rest = match.groups() if match else ("", path)
        response = await super().get_response(rest, scope)
        response.headers["Cache-Control"] = FOREVER if build == build_id() else "no-cache"
        return response


static_files = VersionedFiles(directory=paths.STATIC)


@router.get("/static/{build}/palette.css")
async def palette_css(build: str) -> Response:
    kept = FOREVER if build == build_id() else "no-cache"
    return Response(palette.stylesheet(), media_type="text/css", headers={"Cache-Control": kept})


@router.get("/favicon.ico")
async def favicon() -> Response:
    return Response(status_code=308, headers={"Location": f"/static/{build_id()}/images/logo.svg"})


@router.get("/")
async def home(request: Request) -> HTMLResponse:
    visitor = Visitor(request)
    params = HERO.Params(step=4)
    context = HERO.prepare(params).context(visitor.words)
    context |= links(HERO, HERO.canonical(params), visitor.language)
    return page(visitor, "home.html", compact=True, **context)


@router.get("/exhibits")
async def exhibits(request: Request) -> HTMLResponse:
    return page(Visitor(request), "exhibits.html")


@router.get("/api")
async def api(request: Request) -> HTMLResponse:
    """The API, written out of the same schema as /openapi.json; nothing is loaded from elsewhere."""
    schema = request.app.openapi()
    return page(Visitor(request), "api.html", schema=schema, resolve=_resolver(schema))


@router.get("/sitemap.xml")
async def sitemap(request: Request) -> Response:
    base = str(request.base_url).rstrip("/")
    lessons, exhibits = (one.path for one in LESSONS.values()), (one.path for one in EXHIBITS.values())
    paths_ = [*PAGES, *lessons, *exhibits]
    entries = "".join(f"<url><loc>{base}{path}</loc></url>" for path in paths_)
    body = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'
    return Response(body, media_type="application/xml")


def _resolver(schema: dict[str, object]) -> object:
    def summary(parameter: dict[str, object]) -> dict[str, object]:
        """Return the part of a parameter's schema that is not null."""
        inner = parameter["schema"]
        assert isinstance(inner, dict)
        options = inner.get("anyOf", [inner])
        return {**inner, **next((option for option in options if option.get("type") != "null"), {})}

    return summary
