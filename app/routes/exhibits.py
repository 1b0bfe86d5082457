"""The routes of every exhibit, made from the table: page, edits, API, arrays, picture."""

# Not "from __future__ import annotations": FastAPI would lose the types that closures name.
import io
import re
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl

import numpy as np
import orjson
from fastapi import APIRouter, File, Form, Path, Query, Request, UploadFile
from starlette.responses import HTMLResponse, RedirectResponse, Response

from app import tensors
from app.exhibits import EXHIBITS
from app.exhibits.base import Exhibit, links, query_with
from app.exhibits.reading import EXPIRED, Read, read_query, short_query
from app.i18n import N_
from app.pages import page
from app.settings import Settings
from app.store import StateStore
from app.tensors import TensorError
from app.visitor import Visitor
from engine import EngineError

MOST_STEPS = 256
_PLACE = re.compile(r"[0-9]{1,4}(_[0-9]{1,4})*")
CACHED = {"Cache-Control": "public, max-age=3600"}
Order = Literal["auto", "chw", "hwc"]


class Desk:
    """One request to one exhibit: who asks, with which link, and the page that answers."""

    def __init__(self, exhibit: Exhibit, request: Request) -> None:
        self.exhibit, self.visitor = exhibit, Visitor(request)
        self.settings: Settings = request.app.state.settings
        self.store: StateStore = request.app.state.store

    def read(self, query: dict[str, str]) -> Read:
        return read_query(self.exhibit, query, self.store, self.visitor)

    def query(self, params: Any) -> dict[str, str]:
        return short_query(self.exhibit, params, self.store, self.settings.max_query)

    def see_other(self, params: Any) -> Response:
        return RedirectResponse(f"{self.exhibit.path}?{query_with(self.query(params))}", status_code=303)

    def page(self, read: Read, **extra: Any) -> HTMLResponse:
        """Return the exhibit's page; what does not fit is explained and the controls stay."""
        words, problems = self.visitor.words, list(read.problems)
        context: dict[str, Any] = {"panel": None, "verdict": None, "guess": None, "revealed": False, **extra}
        problems += context.pop("problems", [])
        try:
            query = self.query(read.params)
            context.update(self.exhibit.prepare(read.params).context(words))
        except EngineError as error:
            query = {k: str(v) for k, v in read.params.model_dump(exclude_defaults=True).items()}
            context.update(self.exhibit.broken(read.params, error, words))
            problems.append(self.visitor.explain(error))
        return page(
            self.visitor,
            f"exhibits/{self.exhibit.slug}.html",
            422 if problems else 200,
            here=lambda **changes: f"{self.exhibit.path}?{query_with(query, **changes)}",
            problems=problems,
            compact=False,
            state_days=self.settings.state_days,
            **links(self.exhibit, query, self.visitor.language),
            **context,
        )


def _body(value: Any) -> Response:
    return Response(
        orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY), media_type="application/json", headers=CACHED
    )


def _array_file(values: tensors.Array, kind: str) -> Response:
    buffer = io.BytesIO()
    if kind == "npy":
        np.save(buffer, values.astype(np.float32))
        return Response(buffer.getvalue(), media_type="application/octet-stream", headers=CACHED)
    planes = values.reshape(-1, *values.shape[-2:]) if values.ndim > 1 else values[None, None]
    text = "\n\n".join("\n".join(",".join(f"{v:.10g}" for v in row) for row in plane) for plane in planes)
    return Response(text + "\n", media_type="text/csv; charset=utf-8", headers=CACHED)


def add_pages(router: APIRouter, exhibit: Exhibit) -> None:
    """Add the exhibit's page and the forms on it."""

    @router.get(exhibit.path, include_in_schema=False)
    async def show(request: Request) -> HTMLResponse:
        desk = Desk(exhibit, request)
        read = desk.read(dict(request.query_params))
        extra: dict[str, Any] = {"revealed": "reveal" in request.query_params}
        if typed := request.query_params.get("guess"):
            extra |= _guessed(desk, read, typed)
        return desk.page(read, **extra)

    @router.post(exhibit.path + "/edit", include_in_schema=False)
    async def edit(
        request: Request,
        query: Annotated[str, Form()] = "",
        tensor: Annotated[str, Form()] = "",
        place: Annotated[str, Form()] = "",
        value: Annotated[str, Form()] = "",
    ) -> Response:
        desk = Desk(exhibit, request)
        read = desk.read(dict(parse_qsl(query)))
        try:
            number = tensors.parse(value)
            if number.size != 1 or tensor not in exhibit.tensors or not _PLACE.fullmatch(place):
                raise TensorError(N_("a cell takes one number, got “{got}”"), got=value[:40])
            cell = tuple(int(k) for k in place.split("_"))
            return desk.see_other(exhibit.edited(read.params, tensor, cell, float(number.flat[0])))
        except EngineError as error:
            return desk.page(read, problems=[desk.visitor.explain(error)])

    @router.post(exhibit.path + "/tensor", include_in_schema=False)
    async def take(
        request: Request,
        query: Annotated[str, Form()] = "",
        tensor: Annotated[str, Form()] = "",
        text: Annotated[str, Form()] = "",
        order: Annotated[Order, Form()] = "auto",
        use: Annotated[bool, Form()] = False,
        file: Annotated[UploadFile | None, File()] = None,
    ) -> Response:
        desk = Desk(exhibit, request)
        read = desk.read(dict(parse_qsl(query)))
        panel = {"name": "tensor", "tensor": tensor, "text": text, "order": order}
        try:
            values = await _values(text, file)
            orders = tensors.guess_orders(values.shape)
            chosen = orders[0] if order == "auto" else order
            taken = exhibit.taken(read.params, tensor if tensor in exhibit.tensors else "x", values, chosen)
            exhibit.prepare(taken)  # refuses what does not fit while the text is still in its box
            if use:
                return desk.see_other(taken)
        except EngineError as error:
            return desk.page(read, panel={**panel, "error": desk.visitor.explain(error)})
        preview = {
            "shape": values.shape,
            "order": chosen,
            "orders": orders,
            "text": text or tensors.compact(values),
        }
        return desk.page(read, panel={**panel, **preview, "scene": exhibit.prepare(taken)})

    @router.post(exhibit.path + "/check", include_in_schema=False)
    async def check(
        request: Request,
        query: Annotated[str, Form()] = "",
        text: Annotated[str, Form()] = "",
        file: Annotated[UploadFile | None, File()] = None,
    ) -> Response:
        desk = Desk(exhibit, request)
        read = desk.read(dict(parse_qsl(query)))
        panel = {"name": "check", "text": text}
        try:
            answer = await _values(text, file)
            verdict = exhibit.check(exhibit.prepare(read.params), answer, desk.visitor.words)
        except EngineError as error:
            return desk.page(read, panel={**panel, "error": desk.visitor.explain(error)})
        return desk.page(read, panel=panel, verdict=verdict)


def _guessed(desk: Desk, read: Read, typed: str) -> dict[str, Any]:
    try:
        number = float(tensors.parse(typed).flat[0])
        answer = desk.exhibit.guess(desk.exhibit.prepare(read.params), number, desk.visitor.words)
    except EngineError as error:
        hint = desk.visitor.explain(error)
        text = desk.visitor.words.gettext("Not yet.")
        return {"guess": {"right": False, "guess": typed, "text": text, "hint": hint}}
    return {"guess": answer, "revealed": answer["right"]}


async def _values(text: str, file: UploadFile | None) -> tensors.Array:
    if file is not None and file.filename:
        return tensors.read_file(file.filename, await file.read())
    return tensors.parse(text)


def add_api(router: APIRouter, exhibit: Exhibit) -> None:
    """Add the exhibit's API: the same parameters, numbers instead of pictures."""

    Params = exhibit.Params
    Start = Annotated[int, Query(ge=0, description="first step (output cell)")]
    Stop = Annotated[int | None, Query(ge=0, description=f"end of the steps; at most {MOST_STEPS} at a time")]

    @router.get(exhibit.api, name=f"{exhibit.slug}: numbers")
    async def numbers(
        request: Request, params: Annotated[Params, Query()], start: Start = 0, stop: Stop = None
    ) -> Response:
        """Tensors, geometry, output and the trace's steps start..stop, unrounded."""
        return _body(_scene(exhibit, request, params).numbers(start, _stop(start, stop)))

    @router.post(exhibit.api, name=f"{exhibit.slug}: numbers of larger tensors")
    async def numbers_of(request: Request, params: Params, start: Start = 0, stop: Stop = None) -> Response:
        """The same with the parameters as a JSON body, for tensors too long for a link."""
        return _body(_scene(exhibit, request, params).numbers(start, _stop(start, stop)))

    @router.get(exhibit.api + "/moments", name=f"{exhibit.slug}: moments")
    async def moments(
        request: Request, params: Annotated[Params, Query()], start: Start = 0, stop: Stop = None
    ) -> Response:
        """Output cells start..stop as the page shows them: printed numbers and sentences (`lang`)."""
        visitor = Visitor(request)
        scene = _scene(exhibit, request, params)
        answer = _body(scene.moments(start, _stop(start, stop), visitor.words))
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
        return _array_file(_scene(exhibit, request, params).arrays()[array], kind)

    @router.get(exhibit.api + ".png", name=f"{exhibit.slug}: picture")
    async def picture(request: Request, params: Annotated[Params, Query()]) -> Response:
        """The step as a picture."""
        return Response(_scene(exhibit, request, params).picture(), media_type="image/png", headers=CACHED)


def _stop(start: int, stop: int | None) -> int:
    return min(start + MOST_STEPS, stop if stop is not None else start + MOST_STEPS)


def _scene(exhibit: Exhibit, request: Request, params: Any) -> Any:
    """Return the scene of validated parameters, with what a stored state adds to them."""
    if "state" in request.query_params:
        desk = Desk(exhibit, request)
        given = {k: str(v) for k, v in params.model_dump(exclude_unset=True).items()}
        read = desk.read({**given, "state": request.query_params["state"]})
        if read.problems:
            raise EngineError(EXPIRED)
        params = read.params
    return exhibit.prepare(params)


def routers() -> tuple[APIRouter, APIRouter]:
    """Return the pages' router and the API's."""
    pages, api = APIRouter(), APIRouter(tags=["exhibits"])
    for exhibit in EXHIBITS.values():
        add_pages(pages, exhibit)
        add_api(api, exhibit)
    return pages, api
