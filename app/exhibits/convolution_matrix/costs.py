"""What the ways to compute one convolution cost: counted, and on request measured on this machine."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from time import perf_counter

import engine
from app.exhibits.convolution import drawn
from app.exhibits.convolution_matrix.resolve import Convolution
from app.i18n import Words
from app.stepper.layer import Layer

RUNS = 3  # the fastest counts: the others were disturbed
LARGE = ((4, 12, 12), (8, 4, 3, 3))  # input and filters of a layer that the loops take some milliseconds for


@dataclass(frozen=True)
class Cost:
    """One way: how many multiplications, and numbers kept besides x, W and y."""

    way: str
    multiplications: int
    numbers: int


@dataclass(frozen=True)
class Measured:
    """How long the loops and the vectorised convolution took for the same numbers."""

    title: str
    multiplications: int
    loops: float  # seconds
    vectorised: float

    @property
    def ratio(self) -> float:
        return self.loops / self.vectorised


def costs(convolution: Convolution, words: Words) -> list[Cost]:
    """Return each way to the same y with what it takes."""
    layer, matrix = convolution.layer, convolution.matrix
    cells = math.prod(matrix.shape)
    products = convolution.output.size * layer.weight[0].size
    return [
        Cost(words.gettext("Loops over the windows, padding skipped"), matrix.entries, 0),
        Cost(words.gettext("C written out, zeros and all"), cells, cells),
        Cost(words.gettext("C kept as row, column, value"), matrix.entries, 3 * matrix.entries),
        Cost(words.gettext("im2col, then one product of matrices"), products, convolution.columns.size),
    ]


def measured(convolution: Convolution, words: Words) -> list[Measured]:
    """Time engine.conv2d_loops against engine.conv2d, here and on a layer large enough to tell."""
    own = _measured(words.gettext("this convolution"), convolution.layer, convolution.matrix.entries)
    x, weight = LARGE
    title = words.gettext("a layer of %(filters)s filters of %(kernel)s over %(input)s") % {
        "filters": weight[0],
        "kernel": " × ".join(map(str, weight[1:])),
        "input": " × ".join(map(str, x)),
    }
    loops, vectorised, multiplications = _large()
    return [own, Measured(title, multiplications, loops, vectorised)]


@cache
def _large() -> tuple[float, float, int]:
    """Measure the larger layer once: it says something about the machine, not about the reader's numbers."""
    x, weight = (drawn(seed, shape, -3, 3) for seed, shape in enumerate(LARGE))
    layer = Layer(x, weight, drawn(0, (len(weight),), 0, 0))
    done = _measured("", layer, layer.output.size * weight[0].size)
    return done.loops, done.vectorised, done.multiplications


def _measured(title: str, layer: Layer, multiplications: int) -> Measured:
    loops = _fastest(lambda: engine.conv2d_loops(layer.x, layer.weight, **layer.options))
    vectorised = _fastest(lambda: engine.conv2d(layer.x, layer.weight, **layer.options))
    return Measured(title, multiplications, loops, vectorised)


def _fastest(work: Callable[[], object]) -> float:
    times = []
    for _ in range(RUNS):
        begun = perf_counter()
        work()
        times.append(perf_counter() - begun)
    return min(times)
