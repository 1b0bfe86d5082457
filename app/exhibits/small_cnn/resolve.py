"""From parameters to the network they describe, trained as far as they say, and back to the shortest link."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from app import tensors
from app.exhibits.base import plain_query
from app.exhibits.small_cnn.params import Params
from app.exhibits.small_cnn.presets import PRESETS, SHAPES, X_SHAPE, drawn
from app.i18n import N_
from app.tensors import Array
from engine import RangeError, ShapeError, small_cnn
from engine.small_cnn import Activations, Gradients, Parameters

LARGEST = 100  # of the numbers that a learner types; what was learnt may be larger
RUNAWAY = 1e6  # a parameter beyond this ends the training: the learning rate was too high
TENSORS = ("x", *Parameters._fields)


@dataclass(frozen=True)
class Pass:
    """The network at one point of its training: forward, backward, and the next update."""

    x: Array
    target: int
    lr: float
    parameters: Parameters
    activations: Activations
    gradients: Gradients
    after: Parameters
    loss_after: float

    def tensor(self, name: str) -> Array:
        """Return a tensor by its name; d_ before it means its gradient, new_ its value after the update."""
        if name.startswith("new_"):
            return np.asarray(getattr(self.after, name.removeprefix("new_")))
        if name.startswith("d_"):
            own = name.removeprefix("d_")
            source: Any = self.gradients.parameters if own in Parameters._fields else self.gradients
            return np.asarray(getattr(source, own))
        if name == "x":
            return self.x
        return np.asarray(getattr(self.parameters if name in Parameters._fields else self.activations, name))


@dataclass(frozen=True)
class Run:
    """A training: the loss before each update, and the pass that the page shows.

    losses   before update 0, 1, ... and after the one that the page shows
    updates  how many lie behind the shown pass: as asked for, or as many as the numbers stayed small
    """

    losses: tuple[float, ...]
    updates: int
    shown: Pass


def resolve(params: Params) -> Run:
    """Return the training that `params` describe. Raises ShapeError or RangeError if a tensor does not fit."""
    own = {name: text for name in TENSORS if (text := getattr(params, name)) is not None}
    return _run(params.preset, params.seed, target_of(params), tuple(own.items()), params.lr, params.updates)


def target_of(params: Params) -> int:
    """Return the class that is right."""
    return PRESETS[params.preset].target if params.target is None else params.target


@lru_cache(maxsize=64)
def _run(preset: str, seed: int | None, target: int, own: tuple[tuple[str, str], ...], lr: float, updates: int) -> Run:
    """Return the training, kept for the next step of the page: fifty updates take some time."""
    known = PRESETS[preset]
    given = {name: own_tensor(name, tensors.parse(text)) for name, text in own}
    x = given.pop("x", known.x)
    parameters = (known.parameters if seed is None else drawn(seed))._replace(**given)
    activations = small_cnn.forward(parameters, x, target)
    losses: list[float] = []
    while True:
        gradients = small_cnn.backward(parameters, x, target, activations)
        after = small_cnn.update(parameters, gradients, lr)
        then = small_cnn.forward(after, x, target)
        losses.append(activations.loss)
        if len(losses) > updates or not _stays(after):
            shown = Pass(x, target, lr, parameters, activations, gradients, after, then.loss)
            return Run((*losses, then.loss), len(losses) - 1, shown)
        parameters, activations = after, then


def _stays(parameters: Parameters) -> bool:
    return all(float(np.abs(tensor).max()) <= RUNAWAY for tensor in parameters)


def own_tensor(name: str, values: Array) -> Array:
    """Return the learner's own tensor in the shape that it has here. Raises ShapeError or RangeError."""
    wanted = X_SHAPE if name == "x" else SHAPES[name]
    squeezed = tuple(size for size in values.shape if size > 1)
    if squeezed != tuple(size for size in wanted if size > 1):
        raise ShapeError(
            N_("{tensor} has the shape {wanted} in this network; yours is {got}"),
            tensor=name,
            wanted=" × ".join(map(str, wanted)),
            got=" × ".join(map(str, values.shape)),
        )
    largest = np.abs(values).max()
    if name == "x" and largest > LARGEST:
        raise RangeError(N_("numbers here stay within {most}, got {got}"), most=LARGEST, got=f"{largest:g}")
    return values.reshape(wanted)


def edited(params: Params, tensor: str, place: tuple[int, ...], value: float) -> Params:
    """Return `params` with one number changed, as the page shows that tensor.

    After some updates the page shows parameters that were learnt; all of them become the learner's own,
    and training starts from there.
    """
    if abs(value) > LARGEST:
        raise RangeError(N_("numbers here stay within {most}, got {got}"), most=LARGEST, got=f"{value:g}")
    run = resolve(params)
    values = run.shown.tensor(tensor)
    if len(place) == 2 and values.ndim == 1 and 0 in place:
        place = (sum(place),)
    changes: dict[str, Any] = {tensor: tensors.compact(tensors.with_number(values, tensor, place, value))}
    if tensor != "x" and run.updates:
        learnt = {name: tensors.compact(own) for name, own in run.shown.parameters._asdict().items()}
        changes = {**learnt, **changes, "updates": 0}
    return params.model_copy(update=changes)


def taken(params: Params, tensor: str, values: Array, order: str) -> Params:
    """Return `params` with a whole tensor of the learner's own."""
    return params.model_copy(update={tensor: tensors.compact(own_tensor(tensor, values))})


def canonical(params: Params) -> dict[str, str]:
    """Return the shortest query that means the same."""
    known = PRESETS[params.preset]
    own = {"x": known.x, **(known.parameters if params.seed is None else drawn(params.seed))._asdict()}
    for name, values in own.items():
        text = getattr(params, name)
        if text is not None and np.array_equal(own_tensor(name, tensors.parse(text)), values):
            params = params.model_copy(update={name: None})
    if params.target == known.target:
        params = params.model_copy(update={"target": None})
    if params.cell is None:
        params = params.model_copy(update={"at": 0})
        if params.step == 0:
            params = params.model_copy(update={"step": None})
    return plain_query(params)
