"""Check one predicted number of a convolution against its step."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from engine.diagnose.verdict import Detail, Explanation, Verdict, agree, floats, likely_cause, round_off
from engine.errors import ShapeError
from engine.ops.activation import identity
from engine.ops.arrays import Array, real_array
from engine.ops.conv2d_trace import Conv2dStep, Conv2dTrace


def conv2d_cell(guess: object, trace: Conv2dTrace, i: int, *, after: Callable[[Array], Array] = identity) -> Verdict:
    """Return whether guess is after(the value of trace[i]), and the likely mistake if it is not.

    after    what is applied to the sum, as an activation
    detail   {"channel": c} for "one-channel", {"index": (n, f, i, j)} for "neighbour-window"
    Right as in conv2d_answer. Raises ShapeError if guess is not one number.
    """
    number, cell = real_array(guess, "guess"), Cell(trace, trace[i], after)
    if number.size != 1:
        raise ShapeError("guess must be one number, got shape {shape}", shape=number.shape)
    given = floats(np.asarray(number).reshape(()))
    if agree(given, cell.expected, cell.noise):
        return Verdict(right=True)
    cause, detail = likely_cause(given, _explanations(cell))
    return Verdict(False, cell.step.index[1:], cell.expected.item(), given.item(), cause, detail)


@dataclass(frozen=True)
class Cell:
    """One output cell, of whose sum a hypothesis makes another."""

    trace: Conv2dTrace
    step: Conv2dStep
    after: Callable[[Array], Array]

    @cached_property
    def expected(self) -> Array:
        """The right answer."""
        return self.finished(self.step.value)

    @property
    def noise(self) -> float:
        """Rounding error of the sum."""
        with np.errstate(over="ignore"):
            terms = float(np.abs(floats(self.step.products)).sum()) + abs(self.step.bias)
        return round_off(terms, floats(self.step.products).dtype)

    def finished(self, total: float) -> Array:
        """Return what `after` makes of this sum."""
        return floats(np.asarray(self.after(np.asarray(total, np.float64))))


Change = tuple[Detail, Array]  # a mistake's values, and what it gives
Hypothesis = Callable[[Cell], Iterator[Change]]


def _activation(cell: Cell) -> Iterator[Change]:
    total = floats(np.asarray(cell.step.value))
    if total != cell.expected:
        yield {}, total


def _no_bias(cell: Cell) -> Iterator[Change]:
    yield {}, cell.finished(cell.step.channel_sums.sum())


def _one_channel(cell: Cell) -> Iterator[Change]:
    for channel, total in zip(cell.step.channels, cell.step.channel_sums, strict=True):
        yield {"channel": channel}, cell.finished(total + cell.step.bias)
        yield {"channel": channel}, cell.finished(total)


def _flipped_kernel(cell: Cell) -> Iterator[Change]:
    yield {}, cell.finished((cell.step.window * cell.step.weight[:, ::-1, ::-1]).sum() + cell.step.bias)


def _bias_per_channel(cell: Cell) -> Iterator[Change]:
    yield {}, cell.finished(cell.step.channel_sums.sum() + len(cell.step.channels) * cell.step.bias)


def _sign(cell: Cell) -> Iterator[Change]:
    total = cell.step.channel_sums.sum()
    yield {"of": "output"}, cell.finished(-(total + cell.step.bias))
    yield {"of": "weight"}, cell.finished(cell.step.bias - total)
    yield {"of": "bias"}, cell.finished(total - cell.step.bias)


def _neighbour_window(cell: Cell) -> Iterator[Change]:
    n, f, i, j = cell.step.index
    _, filters, height, width = cell.trace.grid
    around = [
        (n, f, row, column)
        for row in range(max(i - 1, 0), min(i + 2, height))
        for column in range(max(j - 1, 0), min(j + 2, width))
    ]
    for index in around + [(n, other, i, j) for other in range(filters)]:
        yield {"index": index}, cell.finished(cell.trace.step_at(index).value)


HYPOTHESES: tuple[tuple[str, Hypothesis], ...] = (
    ("activation", _activation),
    ("no-bias", _no_bias),
    ("one-channel", _one_channel),
    ("flipped-kernel", _flipped_kernel),
    ("bias-per-channel", _bias_per_channel),
    ("sign", _sign),
    ("neighbour-window", _neighbour_window),
)


def _explanations(cell: Cell) -> Iterator[Explanation]:
    for cause, hypothesis in HYPOTHESES:
        for detail, value in hypothesis(cell):
            yield cause, detail, partial(np.asarray, value)
