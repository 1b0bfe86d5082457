"""What stands beyond an edge: a constant, the picture mirrored, its last row again, or its other end."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, Self

import numpy as np

from engine.errors import RangeError, ShapeError
from engine.geometry import whole
from engine.ops.arrays import Array, plain_number, real_array, whole_shape
from engine.ops.lazy import LazyTrace

PaddingMode = Literal["constant", "reflect", "replicate", "circular"]
MODES = ("constant", "reflect", "replicate", "circular")
NOWHERE = -1  # the source of a padded cell that holds the constant


class PadPlan(NamedTuple):
    """Where each cell along each axis comes from."""

    shape: tuple[int, ...]  # of x
    sides: tuple[tuple[int, int], ...]  # for each axis, how many cells before and after it; below 0: cut off
    sources: tuple[Array, ...]  # for each axis, the index in x of each index of the output; NOWHERE for the constant

    @classmethod
    def of(cls, shape: tuple[int, ...], pad: object, mode: object) -> Self:
        """Return the plan for an x of that shape. Raises ShapeError or RangeError."""
        if mode not in MODES:
            raise RangeError("unknown padding mode: {got}; have {known}", got=repr(mode)[:40], known=", ".join(MODES))
        given = _checked_sides(pad, len(shape), negative=mode == "constant")
        sides = ((0, 0),) * (len(shape) - len(given)) + given
        sources = (_source(size, *side, str(mode)) for size, side in zip(shape, sides, strict=True))
        return cls(shape, sides, tuple(sources))

    @property
    def output_shape(self) -> tuple[int, ...]:
        """The shape after padding."""
        return tuple(len(source) for source in self.sources)

    @property
    def kept(self) -> tuple[slice, ...]:
        """The cells of x that are not cut off."""
        return tuple(slice(max(-before, 0), size - max(-after, 0)) for size, (before, after) in self._axes)

    @property
    def centre(self) -> tuple[slice, ...]:
        """Where they stand in the output."""
        return tuple(
            slice(max(before, 0), max(before, 0) + size + min(before, 0) + min(after, 0))
            for size, (before, after) in self._axes
        )

    def margins(self, axis: int) -> Array:
        """The indices of the output before and after the centre of an axis."""
        centre, length = self.centre[axis], len(self.sources[axis])
        return np.array([*range(centre.start), *range(centre.stop, length)], np.int64)

    @property
    def _axes(self) -> list[tuple[int, tuple[int, int]]]:
        return list(zip(self.shape, self.sides, strict=True))


def pad(x: object, pad: Sequence[int], mode: PaddingMode = "constant", value: float = 0) -> Array:
    """Return x with cells added before and after its last axes.

    constant    value                      0 0 | 1 2 3 | 0 0
    reflect     mirrored at the last cell, which is not repeated   3 2 | 1 2 3 | 2 1
    replicate   the last cell again                                1 1 | 1 2 3 | 3 3
    circular    the other end, as if x were a ring                 2 3 | 1 2 3 | 1 2

    x         (..., H, W)
    pad       (left, right), (left, right, top, bottom), ...: two numbers for each axis from the last one on;
              below 0 (constant only) cells are cut off
    returns   each axis longer by its two numbers; dtype of x
    Raises ShapeError if there are not two numbers for each of the last axes, or an axis would be left empty;
    RangeError if reflect wants more than size - 1 cells or circular more than size.
    torch.nn.functional.pad, of any number of axes in any mode.
    """
    values = np.asarray(real_array(x, "x"))
    plan, fill = PadPlan.of(values.shape, pad, mode), _checked_fill(value, values)
    output = np.empty(plan.output_shape, values.dtype)
    output[plan.centre] = values[plan.kept]
    for axis in reversed(range(values.ndim)):  # later axes are whole by then: rows are copied with their margins
        margins = plan.margins(axis)
        where = (slice(None),) * axis + (margins,)
        if margins.size and mode == "constant":
            output[where] = fill
        elif margins.size:
            output[where] = output.take(plan.sources[axis][margins] + plan.sides[axis][0], axis)
    return output


def pad_backward(
    grad_output: object, input_shape: tuple[int, ...], pad: Sequence[int], mode: PaddingMode = "constant"
) -> Array:
    """Return the gradient of pad with respect to x: each padded cell's gradient goes to the cell it was copied from.

    Raises ShapeError if grad_output has not the shape of pad's result; otherwise as pad.
    """
    plan, grad = PadPlan.of(whole_shape(input_shape), pad, mode), np.asarray(real_array(grad_output, "grad_output"))
    if grad.shape != plan.output_shape:
        raise ShapeError(
            "grad_output must have the output's shape {wanted}, got {got}", wanted=plan.output_shape, got=grad.shape
        )
    for axis, source in enumerate(plan.sources):
        lead = (slice(None),) * axis
        back = np.zeros((*grad.shape[:axis], plan.shape[axis], *grad.shape[axis + 1 :]), grad.dtype)
        back[(*lead, plan.kept[axis])] = grad[(*lead, plan.centre[axis])]
        for k in plan.margins(axis):
            if source[k] != NOWHERE:
                back[(*lead, source[k])] += grad[(*lead, k)]
        grad = back
    return grad


@dataclass(frozen=True, slots=True, eq=False)
class PadStep:
    """One cell of the padded array: the cell of x it repeats, or the constant."""

    index: tuple[int, ...]
    source: tuple[int, ...] | None  # None: the constant
    value: int | float


class PadTrace(LazyTrace[PadStep]):
    """The steps of pad, one for each output cell."""

    def __init__(self, x: object, pad: Sequence[int], mode: PaddingMode = "constant", value: float = 0) -> None:
        self.x = np.asarray(real_array(x, "x"))
        self.plan, self.fill = PadPlan.of(self.x.shape, pad, mode), _checked_fill(value, self.x)
        super().__init__(self.plan.output_shape, self.plan.output_shape, self.x.dtype)

    def step_at(self, index: tuple[int, ...]) -> PadStep:
        """Return the step of the output cell at index."""
        place = self.checked_index(index)
        source = tuple(int(axis[k]) for axis, k in zip(self.plan.sources, place, strict=True))
        if NOWHERE in source:
            return PadStep(place, None, self.fill)
        return PadStep(place, source, self.x[source].item())


def _source(size: int, before: int, after: int, mode: str) -> Array:
    """Return for each index along a padded axis the index in x that it repeats."""
    if size + before + after < 1:
        raise ShapeError("nothing is left of an axis of {size} padded by {pad}", size=size, pad=(before, after))
    most = {"reflect": size - 1, "circular": size}.get(mode)
    if most is not None and max(before, after) > most:
        raise RangeError(
            "{mode} padding can add at most {most} cells to an axis of {size}, got {pad}",
            mode=mode,
            most=most,
            size=size,
            pad=(before, after),
        )
    places = np.arange(-before, size + after)
    if mode == "constant":
        return np.where((places >= 0) & (places < size), places, NOWHERE)
    if mode == "replicate":
        return places.clip(0, size - 1)
    if mode == "circular":
        return places % size
    return np.where(places < 0, -places, np.where(places >= size, 2 * (size - 1) - places, places))


def _checked_sides(pad: object, axes: int, *, negative: bool) -> tuple[tuple[int, int], ...]:
    """Return (before, after) of the last axes, in the order of the axes."""
    if not isinstance(pad, tuple | list | np.ndarray) or len(pad) % 2 or not 2 <= len(pad) <= 2 * axes:
        raise ShapeError(
            "pad must hold two numbers for each of the last axes, at most {axes} axes; got {got}",
            axes=axes,
            got=repr(pad)[:40],
        )
    least = -(1 << 30) if negative else 0
    sizes = [whole(size, "pad", minimum=least) for size in pad]
    return tuple((sizes[k], sizes[k + 1]) for k in range(len(sizes) - 2, -1, -2))


def _checked_fill(value: object, x: Array) -> float:
    number = plain_number(value)
    given = isinstance(value, float | np.floating)  # NaN and infinity may be wanted where x can hold them
    if not (np.isfinite(number) or (given and x.dtype.kind == "f")):
        raise RangeError("value must be a number that x can hold, got {got}", got=repr(value)[:40])
    return number
