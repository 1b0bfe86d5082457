"""An exhibit's API: the same parameters as its page, numbers instead of pictures."""

# Not "from __future__ import annotations": FastAPI would lose the types that closures name.
from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from app.encoding import ZSTD, csv_answer, json_answer, npy_answer, png_answer, svg_answer
from app.exhibits.base import Exhibit, LiveMaps
from app.routes.desk import Desk

MOST_STEPS = 256
Start = Annotated[int, Query(ge=0, description="first step (output cell)")]
Stop = Annotated[int | None, Query(ge=0, description=f"end of the steps; at most {MOST_STEPS} at a time")]


def add_api(router: APIRouter, exhibit: Exhibit) -> None:
    """Add the numbers, and what else this exhibit has: moments, arrays, a picture."""
    _add_numbers(router, exhibit)
    if exhibit.moments:
        _add_moments(router, exhibit, exhibit.moments)
    if exhibit.arrays:
        _add_arrays(router, exhibit)
    if exhibit.picture:
        _add_picture(router, exhibit, exhibit.picture)
    if exhibit.vector:
        _add_vector(router, exhibit, exhibit.vector)
    if exhibit.live:
        _add_live(router, exhibit, exhibit.live)


def _add_numbers(router: APIRouter, exhibit: Exhibit) -> None:
    Params = exhibit.Params

    @router.get(exhibit.api, name=f"{exhibit.slug}: numbers")
    async def numbers(
        request: Request, params: Annotated[Params, Query()], start: Start = 0, stop: Stop = None
    ) -> Response:
        """Tensors, geometry, output and the trace's steps start..stop, unrounded."""
        scene = await Desk(exhibit, request).scene(params)
        return json_answer(scene.numbers(start, _end(start, stop)))

    @router.post(exhibit.api, name=f"{exhibit.slug}: numbers of larger tensors")
    async def numbers_of(request: Request, params: Params, start: Start = 0, stop: Stop = None) -> Response:
        """The same with the parameters as a JSON body, for tensors too long for a link."""
        scene = await Desk(exhibit, request).scene(params)
        return json_answer(scene.numbers(start, _end(start, stop)))


def _add_moments(router: APIRouter, exhibit: Exhibit, moments_of: Callable[..., list[Any]]) -> None:
    Params = exhibit.Params

    @router.get(exhibit.api + "/moments", name=f"{exhibit.slug}: moments")
    async def moments(
        request: Request, params: Annotated[Params, Query()], start: Start = 0, stop: Stop = None
    ) -> Response:
        """Steps from start on as the page shows them, in `lang`: printed numbers and sentences.

        Fewer than asked for come where they are long; ask on from the last one.
        """
        desk = Desk(exhibit, request)
        answer = json_answer(moments_of(await desk.scene(params), start, _end(start, stop), desk.visitor.words))
        answer.headers["Vary"] = "Cookie, Accept-Language"
        return answer


def _add_arrays(router: APIRouter, exhibit: Exhibit) -> None:
    Params, Name = exhibit.Params, Literal[tuple(exhibit.arrays)]

    @router.get(exhibit.api + "/{array}.{kind}", name=f"{exhibit.slug}: array")
    async def array(
        request: Request,
        params: Annotated[Params, Query()],
        array: Annotated[Name, Path()],
        kind: Annotated[Literal["npy", "csv"], Path()],
    ) -> Response:
        """One tensor as .npy (float64, for numpy.load) or .csv (a blank line between channels)."""
        values = exhibit.arrays[array](await Desk(exhibit, request).scene(params))
        return npy_answer(values) if kind == "npy" else csv_answer(values)


def _add_picture(router: APIRouter, exhibit: Exhibit, draw: Callable[[Any], bytes]) -> None:
    Params = exhibit.Params

    @router.get(exhibit.api + ".png", name=f"{exhibit.slug}: picture")
    async def picture(request: Request, params: Annotated[Params, Query()]) -> Response:
        """The step as a picture."""
        scene = await Desk(exhibit, request).scene(params)
        # a large picture takes long enough to keep every other reader waiting; so it gets a thread
        return png_answer(await run_in_threadpool(draw, scene))


def _add_vector(router: APIRouter, exhibit: Exhibit, draw: Callable[[Any], str]) -> None:
    Params = exhibit.Params

    @router.get(exhibit.api + ".svg", name=f"{exhibit.slug}: drawing")
    async def vector(request: Request, params: Annotated[Params, Query()]) -> Response:
        """The step as a drawing that can be enlarged."""
        return svg_answer(await run_in_threadpool(draw, await Desk(exhibit, request).scene(params)))


def _add_live(router: APIRouter, exhibit: Exhibit, live: LiveMaps) -> None:
    if live.changes:
        _add_changes(router, exhibit, live.changes)
    if live.sheet:
        _add_maps(router, exhibit, live, live.sheet)


def _add_changes(router: APIRouter, exhibit: Exhibit, changes_of: Callable[..., dict[str, Any]]) -> None:
    Params = exhibit.Params

    @router.get(exhibit.api + "/live", name=f"{exhibit.slug}: what changes with the input")
    async def changes(request: Request, params: Annotated[Params, Query()]) -> Response:
        """What a page redraws meanwhile: geometry and colour levels, and texts as they are printed."""
        desk = Desk(exhibit, request)
        answer = json_answer(changes_of(await desk.scene(params), desk.visitor.words))
        answer.headers["Vary"] = "Cookie, Accept-Language"
        return answer


def _add_maps(router: APIRouter, exhibit: Exhibit, live: LiveMaps, sheet: Callable[..., bytes]) -> None:
    Params, Name = exhibit.Params, Literal[live.names]

    @router.get(exhibit.api + "/maps/{name}.png", name=f"{exhibit.slug}: the maps of a stage as a picture")
    async def maps(
        request: Request,
        params: Annotated[Params, Query()],
        name: Annotated[Name, Path()],
        theme: Literal["light", "dark"] = "light",
        of: Literal["digit", "beside"] = "digit",
    ) -> Response:
        """All maps of a stage, one pixel per number, on the page's colour scale."""
        scene = await live.early(params, request.app.state, name) if live.early else None
        scene = scene or await Desk(exhibit, request).scene(params)
        takes_zstd = ZSTD in request.headers.get("accept-encoding", "")
        picture = await run_in_threadpool(sheet, scene, name, theme, of, not takes_zstd)
        return png_answer(picture, zstd=takes_zstd)


def _end(start: int, stop: int | None) -> int:
    return start + MOST_STEPS if stop is None else min(start + MOST_STEPS, stop)
