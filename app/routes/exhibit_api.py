"""An exhibit's API: the same parameters as its page, numbers instead of pictures."""

# Not "from __future__ import annotations": FastAPI would lose the types that closures name.
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from app.encoding import csv_answer, json_answer, npy_answer, png_answer
from app.exhibits.base import Exhibit
from app.routes.desk import Desk

MOST_STEPS = 256
Start = Annotated[int, Query(ge=0, description="first step (output cell)")]
Stop = Annotated[int | None, Query(ge=0, description=f"end of the steps; at most {MOST_STEPS} at a time")]


def add_api(router: APIRouter, exhibit: Exhibit) -> None:
    """Add the numbers, the moments of the page, the tensors and the picture."""

    Params = exhibit.Params

    @router.get(exhibit.api, name=f"{exhibit.slug}: numbers")
    async def numbers(
        request: Request, params: Annotated[Params, Query()], start: Start = 0, stop: Stop = None
    ) -> Response:
        """Tensors, geometry, output and the trace's steps start..stop, unrounded."""
        return json_answer(Desk(exhibit, request).scene(params).numbers(start, _end(start, stop)))

    @router.post(exhibit.api, name=f"{exhibit.slug}: numbers of larger tensors")
    async def numbers_of(request: Request, params: Params, start: Start = 0, stop: Stop = None) -> Response:
        """The same with the parameters as a JSON body, for tensors too long for a link."""
        return json_answer(Desk(exhibit, request).scene(params).numbers(start, _end(start, stop)))

    @router.get(exhibit.api + "/moments", name=f"{exhibit.slug}: moments")
    async def moments(
        request: Request, params: Annotated[Params, Query()], start: Start = 0, stop: Stop = None
    ) -> Response:
        """Output cells start..stop as the page shows them: printed numbers and sentences (`lang`)."""
        desk = Desk(exhibit, request)
        answer = json_answer(desk.scene(params).moments(start, _end(start, stop), desk.visitor.words))
        answer.headers["Vary"] = "Cookie, Accept-Language"
        return answer

    @router.get(exhibit.api + "/{array}.{kind}", name=f"{exhibit.slug}: array")
    async def array(
        request: Request,
        params: Annotated[Params, Query()],
        array: Annotated[Literal["x", "weight", "bias", "sums", "output"], Path()],
        kind: Annotated[Literal["npy", "csv"], Path()],
    ) -> Response:
        """One tensor as .npy (float32, for numpy.load) or .csv (a blank line between channels)."""
        values = Desk(exhibit, request).scene(params).arrays()[array]
        return npy_answer(values) if kind == "npy" else csv_answer(values)

    @router.get(exhibit.api + ".png", name=f"{exhibit.slug}: picture")
    async def picture(request: Request, params: Annotated[Params, Query()]) -> Response:
        """The step as a picture."""
        return png_answer(Desk(exhibit, request).scene(params).picture())


def _end(start: int, stop: int | None) -> int:
    return start + MOST_STEPS if stop is None else min(start + MOST_STEPS, stop)
