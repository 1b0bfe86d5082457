"""An exhibit's page and the forms on it; each works without scripts."""

# Not "from __future__ import annotations": FastAPI would lose the types that closures name.
import re
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl

from fastapi import APIRouter, File, Form, Request, UploadFile
from starlette.responses import HTMLResponse, Response

import app.pictures
from app import tensors
from app.exhibits.base import Exhibit, OwnNumbers, PictureInput, Questions
from app.exhibits.reading import Read
from app.i18n import N_
from app.routes.desk import Desk
from app.routes.heavy import heavy
from app.tensors import TensorError
from engine import EngineError

_PLACE = re.compile(r"[0-9]{1,4}(_[0-9]{1,4})*")
Order = Literal["auto", "chw", "hwc"]
Text = Annotated[str, Form()]
PICTURE_FORM = "/picture"  # of an exhibit; its body may be larger than others
Upload = Annotated[UploadFile | None, File()]


def add_page(router: APIRouter, exhibit: Exhibit) -> None:
    """Add the page, and the forms that this exhibit has."""

    @router.get(exhibit.path)
    async def show(request: Request) -> HTMLResponse:
        desk = Desk(exhibit, request)
        read = desk.read(dict(request.query_params))
        said: dict[str, Any] = {"revealed": "reveal" in request.query_params}
        if exhibit.questions and (typed := request.query_params.get("guess")):
            said |= await _guessed(exhibit.questions, desk, read, typed)
        return await desk.page(read, **said)

    if exhibit.own_numbers:
        add_own_numbers(router, exhibit, exhibit.own_numbers)
    if exhibit.questions:
        add_questions(router, exhibit, exhibit.questions)
    if exhibit.pictures:
        add_pictures(router, exhibit, exhibit.pictures)


def add_own_numbers(router: APIRouter, exhibit: Exhibit, own: OwnNumbers) -> None:
    """Add the forms that change one cell or a whole tensor."""
    _add_edit(router, exhibit, own)
    _add_take(router, exhibit, own)


def _add_edit(router: APIRouter, exhibit: Exhibit, own: OwnNumbers) -> None:
    @router.post(exhibit.path + "/edit")
    async def edit(
        request: Request, query: Text = "", tensor: Text = "", place: Text = "", value: Text = ""
    ) -> Response:
        desk = Desk(exhibit, request)
        read = desk.read(dict(parse_qsl(query)))
        try:
            number = tensors.one_number(value)
            if tensor not in own.tensors or not _PLACE.fullmatch(place):
                raise TensorError(N_("there is no cell {place} in {tensor}"), place=place[:40], tensor=tensor[:40])
            cell = tuple(int(index) for index in place.split("_"))
            return desk.see_other(own.edited(read.params, tensor, cell, number))
        except EngineError as error:
            return await desk.page(read, problem=error)


def _add_take(router: APIRouter, exhibit: Exhibit, own: OwnNumbers) -> None:
    @router.post(exhibit.path + "/tensor")
    async def take(
        request: Request,
        query: Text = "",
        tensor: Text = "",
        text: Text = "",
        order: Annotated[Order, Form()] = "auto",
        use: Annotated[bool, Form()] = False,
        file: Upload = None,
    ) -> Response:
        desk = Desk(exhibit, request)
        read = desk.read(dict(parse_qsl(query)))
        panel: dict[str, Any] = {"name": "tensor", "tensor": tensor, "text": text, "order": order}
        try:
            values = await _values(text, file)
            orders = tensors.guess_orders(values.shape)
            panel["order"] = orders[0] if order == "auto" else order
            taken = own.taken(read.params, tensor if tensor in own.tensors else own.tensors[0], values, panel["order"])
            scene = await desk.prepare(taken)  # refuses what does not fit while the text is still in its box
            if use:
                return desk.see_other(taken)
        except EngineError as error:
            return await desk.page(read, panel={**panel, "order": order, "error": desk.visitor.explain(error)})
        panel |= {"shape": values.shape, "orders": orders, "text": text or tensors.compact(values), "scene": scene}
        return await desk.page(read, panel=panel)


def add_questions(router: APIRouter, exhibit: Exhibit, questions: Questions) -> None:
    """Add the form that checks the learner's own output."""

    @router.post(exhibit.path + "/check")
    async def check(request: Request, query: Text = "", text: Text = "", file: Upload = None) -> Response:
        desk = Desk(exhibit, request)
        read = desk.read(dict(parse_qsl(query)))
        panel = {"name": "check", "text": text}
        try:
            answer = await _values(text, file)
            verdict = questions.check(await desk.prepare(read.params), answer, desk.visitor.words)
        except EngineError as error:
            return await desk.page(read, panel={**panel, "error": desk.visitor.explain(error)})
        return await desk.page(read, panel=panel, verdict=verdict)


def add_pictures(router: APIRouter, exhibit: Exhibit, pictures: PictureInput) -> None:
    """Add the form that takes a picture of the learner's own."""

    @router.post(exhibit.path + PICTURE_FORM)
    async def take_picture(request: Request, query: Text = "", file: Upload = None) -> Response:
        desk = Desk(exhibit, request)
        read = desk.read(dict(parse_qsl(query)))
        try:
            if file is None or not file.filename:
                raise EngineError(N_("no picture was chosen; choose a file first"))
            data = await file.read()
            picture, _, _ = await heavy(request, app.pictures.take, request.app.state.pictures, data, file.filename)
            taken = pictures.taken(read.params, picture)
            await desk.prepare(taken)  # refuses what cannot be read while the old drawing is still there
            return desk.see_other(taken)
        except EngineError as error:
            return await desk.page(read, problem=error)


async def _guessed(questions: Questions, desk: Desk, read: Read, typed: str) -> dict[str, Any]:
    words = desk.visitor.words
    try:
        answer = questions.guess(await desk.prepare(read.params), tensors.one_number(typed), words)
    except EngineError as error:
        hint = desk.visitor.explain(error)
        return {"guess": {"right": False, "guess": typed, "text": words.gettext("Not yet."), "hint": hint}}
    return {"guess": answer, "revealed": answer["right"]}


async def _values(text: str, file: UploadFile | None) -> tensors.Array:
    if file is not None and file.filename:
        return tensors.read_file(file.filename, await file.read())
    return tensors.parse(text)
