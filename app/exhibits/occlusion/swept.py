"""The answers at the positions of the patch: computed in the worker part by part, the last few parts kept.

A part is so small that whoever stops asking for the next one has stopped the work.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from typing import Any, NamedTuple

import numpy as np
from starlette.concurrency import run_in_threadpool

from app.exhibits.image_lab.readings import pixels_of
from app.exhibits.occlusion.params import Params
from app.i18n import N_
from app.networks.kept import Kept
from app.pictures import Pixels
from engine import RangeError
from engine.interpret.occluded_photo import Question, Undisturbed, occluded, undisturbed
from engine.interpret.patches import Answers, Grid, Places
from engine.photo import PreparedPhoto, prepare

IN_PART = 48  # positions; of AlexNet half a second
IN_PART_OF = {"vgg16": 8}  # where a position takes much longer
MOST_POSITIONS = 4096
MOST_ANSWERS = 20_000  # positions of all parts kept: several sweeps
ENTRY = 16  # positions that the bookkeeping of a part weighs


class Part(NamedTuple):
    """Some positions of the grid, and how far apart those known by then are."""

    step: int
    places: Places


@dataclass(frozen=True, eq=False)
class Swept:
    """What is known of a photo under a patch."""

    photo: Pixels
    prepared: PreparedPhoto
    base: Undisturbed
    hand: Answers  # at the patch's own place
    grid: Grid
    parts: list[Part]
    told: list[int]  # which parts are known
    answers: Answers  # of the grid


BASES: Kept[Undisturbed] = Kept(200, lambda _: 1)
ANSWERS: Kept[Answers] = Kept(MOST_ANSWERS, lambda answers: answers.label.size + ENTRY)


def parts_of(grid: Grid, net: str) -> list[Part]:
    """Return the positions of a grid in parts, coarse to fine."""
    most = IN_PART_OF.get(net, IN_PART)
    return [
        Part(step, places[start : start + most])
        for step, places in grid.coarse_to_fine()
        for start in range(0, len(places), most)
    ]


async def gather(params: Params, state: Any) -> Swept:
    """Return what is to be seen. Raises EngineError if something does not fit or is not there."""
    grid = grid_of(params)
    photo = await pixels_of(params.photo, state)
    prepared = await run_in_threadpool(prepare, photo, params.side, params.crop(photo))
    question = Question(
        params.net,
        params.source,
        prepared.pixels.tobytes(),
        params.fill,
        params.shown_layer,
        params.unit,
        params.target,
    )
    call = state.worker.call
    base = await BASES.get(_key(question), lambda: call(undisturbed, question))
    hand = await _answers(question, [params.corner], params.size, call)
    parts = parts_of(grid, params.net)
    told, answers = _wanted(params, parts), Answers.unknown(*grid.shape)
    for index in told:
        places = parts[index].places
        found = await _answers(
            question, [(r * grid.stride, c * grid.stride) for r, c in places.tolist()], grid.size, call
        )
        answers.put(places[:, 0], places[:, 1], found)
    return Swept(photo, prepared, base, hand, grid, parts, told, answers)


def grid_of(params: Params) -> Grid:
    """Return the positions of the patch. Raises RangeError if there are none, or too many."""
    side, size = params.side, params.size
    if size > side:
        raise RangeError(
            N_("the patch is {size} pixels wide, but the network reads {side}; make it smaller"), size=size, side=side
        )
    grid = Grid(side, side, size, params.stride)
    if grid.count > MOST_POSITIONS:
        raise RangeError(
            N_("a stride of {stride} makes {count} positions, more than {most}; make it larger"),
            stride=params.stride,
            count=grid.count,
            most=MOST_POSITIONS,
        )
    return grid


def _wanted(params: Params, parts: list[Part]) -> list[int]:
    """Return the parts that a link asks for."""
    if params.part is not None:
        if params.part >= len(parts):
            raise RangeError(N_("there are {count} parts; there is no part {got}"), count=len(parts), got=params.part)
        return [params.part]
    if params.sweep == "whole":
        return list(range(len(parts)))
    known = np.cumsum([len(part.places) for part in parts])
    coarse = IN_PART_OF.get(params.net, IN_PART)  # a page shows so many before anybody asks for more
    return [index for index, count in enumerate(known.tolist()) if count <= coarse or index == 0]


async def _answers(question: Question, corners: list[tuple[int, int]], size: int, call: Any) -> Answers:
    key = (_key(question), tuple(corners), size)
    return await ANSWERS.get(key, partial(call, occluded, question, corners, size))


def _key(question: Question) -> Question:
    """Return the question with its photo's hash in place of the photo, so that what is kept is small."""
    return replace(question, pixels=sha256(question.pixels).digest())
