"""Check a whole feature map: is it right, and if not, which mistake would explain it?

Each hypothesis recomputes the convolution with one mistake in it. The first whose result is the
learner's answer, in every cell, names the cause. Another mistake is another line in the table.
"""

import itertools
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, Self

import numpy as np

from engine.diagnose.verdict import Detail, Verdict, agree, agreeing_cells, floats, likely_cause, round_off
from engine.errors import EngineError, ShapeError
from engine.geometry import Geometry, IntOrPair, Padding, output_size
from engine.ops.activation import identity
from engine.ops.arrays import Array, real_array
from engine.ops.conv2d import Conv2dInputs, conv2d

STRIDES = range(1, 9)
DILATIONS = range(1, 5)
OPTIONS = ("stride", "padding", "dilation")  # in the order in which a mistake is looked for
MOST_REORDERED = 4  # channels: 5! orders would be too many convolutions

Change = tuple[Detail, Callable[[], Array]]  # a mistake's values, and how to compute what it gives
Hypothesis = Callable[["Problem", Array], Iterator[Change]]


def conv2d_answer(
    answer: object,
    x: object,
    weight: object,
    bias: object = None,
    *,
    stride: IntOrPair = 1,
    padding: Padding = 0,
    dilation: IntOrPair = 1,
    groups: int = 1,
    after: Callable[[Array], Array] = identity,
) -> Verdict:
    """Return whether answer is after(conv2d(x, weight, bias)), and the likely mistake if it is not.

    answer   (C_out, H_out, W_out), possibly rounded; x (C_in, H, W); the rest as in conv2d
    after    what is applied to the sums, cell by cell, as an activation
    detail   what would explain the answer, e.g. {"stride": (1, 1)}; for "wrong-shape" both
             shapes, and the fewest other options that would give the learner's, if any do
    An answer is right up to 1e-9 of the largest value (float32: 4e-6) and up to rounding to its
    own decimals, unless those are coarser than a tenth of the largest value.
    Raises ShapeError if answer is no array or x has a batch axis; otherwise as conv2d.
    """
    inputs = Conv2dInputs.of(x, weight, bias, stride=stride, padding=padding, dilation=dilation, groups=groups)
    if inputs.batched:
        raise ShapeError("x must be one image (C, H, W), got shape {shape}", shape=inputs.x.shape)
    given, problem = floats(np.asarray(real_array(answer, "answer"))), Problem.of(inputs, after)
    if agree(given, problem.expected, problem.noise):
        return Verdict(right=True)
    cause, detail = likely_cause(given, _explanations(problem, given))
    if given.shape != problem.expected.shape:
        detail = detail if cause else _shape_detail(problem, given.shape)
        return Verdict(right=False, cause=cause or "wrong-shape", detail=detail)
    f, i, j = (int(k) for k in np.argwhere(~agreeing_cells(given, problem.expected, problem.noise))[0])
    expected, got = problem.expected[f, i, j].item(), given[f, i, j].item()
    return Verdict(False, (f, i, j), expected, got, cause, detail)


@dataclass(frozen=True)
class Problem:
    """after(a convolution) in floating point, of which a hypothesis changes one part."""

    x: Array  # (C, H, W)
    weight: Array
    bias: Array
    groups: int
    geometry: Geometry
    after: Callable[[Array], Array]

    @classmethod
    def of(cls, inputs: Conv2dInputs, after: Callable[[Array], Array]) -> Self:
        """Return the problem of these checked arguments."""
        x, weight = floats(inputs.x[0]), floats(inputs.weight)
        bias = np.zeros(len(weight)) if inputs.bias is None else floats(inputs.bias)
        return cls(x, weight, bias, inputs.groups, inputs.geometry, after)

    @cached_property
    def sums(self) -> Array:
        """The convolution."""
        return self._convolved()

    @cached_property
    def expected(self) -> Array:
        """The right answer."""
        return self.finished(self.sums)

    @cached_property
    def noise(self) -> float:
        """Rounding error of a sum of the largest terms."""
        with np.errstate(over="ignore", invalid="ignore"):
            terms = np.abs(self.x).max() * np.abs(self.weight).sum(axis=(1, 2, 3)).max() + np.abs(self.bias).max()
        return round_off(float(terms), self.sums.dtype)

    def finished(self, sums: Array) -> Array:
        """Return what `after` makes of these sums."""
        return floats(np.asarray(self.after(sums)))

    def changed(self, **changes: Any) -> Array:
        """Return the result with some arguments of conv2d replaced."""
        return self.finished(self._convolved(**changes))

    def _convolved(self, **changes: Any) -> Array:
        arguments = {
            "x": self.x,
            "weight": self.weight,
            "bias": self.bias,
            "groups": self.groups,
            "stride": self.geometry.stride,
            "padding": self.geometry.padding,
            "dilation": self.geometry.dilation,
        }
        return conv2d(**{**arguments, **changes})


def _activation(problem: Problem, _: Array) -> Iterator[Change]:
    if not np.array_equal(problem.sums, problem.expected, equal_nan=True):
        yield {}, lambda: problem.sums


def _flipped_kernel(problem: Problem, _: Array) -> Iterator[Change]:
    yield {}, partial(problem.changed, weight=problem.weight[:, :, ::-1, ::-1])


def _no_bias(problem: Problem, _: Array) -> Iterator[Change]:
    yield {}, partial(problem.changed, bias=None)


def _bias_per_channel(problem: Problem, _: Array) -> Iterator[Change]:
    yield {}, partial(problem.changed, bias=problem.bias * problem.weight.shape[1])


def _sign(problem: Problem, _: Array) -> Iterator[Change]:
    yield {"of": "output"}, lambda: problem.finished(-problem.sums)
    yield {"of": "weight"}, partial(problem.changed, weight=-problem.weight)
    yield {"of": "bias"}, partial(problem.changed, bias=-problem.bias)


def _filters_swapped(problem: Problem, answer: Array) -> Iterator[Change]:
    if answer.shape != problem.expected.shape:
        return
    left = list(range(len(answer)))
    order = []
    for feature_map in answer:
        match = next((f for f in left if agree(feature_map, problem.expected[f])), None)
        if match is None:
            return
        left.remove(match)
        order.append(match)
    yield {"order": tuple(order)}, lambda: problem.expected[order]


def _channels_swapped(problem: Problem, _: Array) -> Iterator[Change]:
    if len(problem.x) <= MOST_REORDERED:
        for order in itertools.permutations(range(len(problem.x))):
            yield {"order": order}, partial(problem.changed, x=problem.x[list(order)])


def _swapped_axes(problem: Problem, _: Array) -> Iterator[Change]:
    yield {"of": "output"}, lambda: problem.expected.swapaxes(1, 2)
    yield {"of": "input"}, partial(problem.changed, x=problem.x.swapaxes(1, 2))
    yield {"of": "weight"}, partial(problem.changed, weight=problem.weight.swapaxes(2, 3))


def _channels_last(problem: Problem, _: Array) -> Iterator[Change]:
    channels, height, width = problem.x.shape
    yield {"of": "output"}, lambda: np.moveaxis(problem.expected, 0, 2)
    reread = np.moveaxis(problem.x.reshape(height, width, channels), 2, 0)  # same memory, other axes
    yield {"of": "input"}, partial(problem.changed, x=reread)
    for source, target in ((0, 2), (2, 0)):
        yield {"of": "input"}, partial(problem.changed, x=np.moveaxis(problem.x, source, target))


def _other(*names: str) -> Hypothesis:
    def changes(problem: Problem, answer: Array) -> Iterator[Change]:
        for options in _options_for(problem, answer.shape, names):
            yield options, partial(problem.changed, **options)

    return changes


def _options_for(problem: Problem, shape: tuple[int, ...], names: tuple[str, ...]) -> Iterator[Detail]:
    """What to change in the named options for an output of this shape, equal on both axes first."""
    if len(shape) != 3 or shape[0] != len(problem.weight):
        return
    rows, columns = (_axis_options(problem.geometry, axis, shape[1 + axis], names) for axis in (0, 1))
    for row, column in sorted(itertools.product(rows, columns), key=lambda both: both[0] != both[1]):
        options = {name: (row[name], column[name]) for name in names}
        if changes := {name: value for name, value in options.items() if value != getattr(problem.geometry, name)}:
            yield changes


def _axis_options(geometry: Geometry, axis: int, length: int, names: tuple[str, ...]) -> list[Detail]:
    size, kernel_size = geometry.input_size[axis], geometry.kernel_size[axis]
    choices: dict[str, Iterable[Any]] = {
        "stride": STRIDES,
        "padding": [(p, p) for p in range(kernel_size)],
        "dilation": DILATIONS,
    }
    actual = {name: getattr(geometry, name)[axis] for name in choices}
    found = []
    for values in itertools.product(*(choices[name] for name in names)):
        options = {**actual, **dict(zip(names, values, strict=True))}
        with suppress(EngineError):
            if output_size(size, kernel_size, **options) == length:
                found.append(options)
    return found


HYPOTHESES: tuple[tuple[str, Hypothesis], ...] = (
    ("activation", _activation),
    ("flipped-kernel", _flipped_kernel),
    ("no-bias", _no_bias),
    ("bias-per-channel", _bias_per_channel),
    ("sign", _sign),
    ("filters-swapped", _filters_swapped),
    ("channels-swapped", _channels_swapped),
    ("swapped-axes", _swapped_axes),
    ("channels-last", _channels_last),
    ("other-stride", _other("stride")),
    ("other-padding", _other("padding")),
    ("other-dilation", _other("dilation")),
    ("other-stride", _other("stride", "padding")),
)


def _explanations(problem: Problem, answer: Array) -> Iterator[tuple[str, Detail, Callable[[], Array]]]:
    for cause, hypothesis in HYPOTHESES:
        for detail, compute in hypothesis(problem, answer):
            yield cause, detail, compute


def _shape_detail(problem: Problem, shape: tuple[int, ...]) -> Detail:
    """Both shapes, and the first option that gives the learner's, or the first two, if any do."""
    suspects = itertools.chain.from_iterable(itertools.combinations(OPTIONS, count) for count in (1, 2))
    changes = itertools.chain.from_iterable(_options_for(problem, shape, names) for names in suspects)
    nothing: Detail = {}
    return {"wanted": problem.expected.shape, "got": shape, **next(changes, nothing)}
