"""How each number of the backward pass is made: the products that add up to it, and where they come from."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from engine.errors import RangeError
from engine.ops.arrays import Array, real_array
from engine.small_cnn.passes import POOL, Activations, Gradients, Parameters

Place = tuple[int, ...]


class Factor(NamedTuple):
    """A number of the network: the cell `place` of `tensor`, of its gradient if `gradient`."""

    tensor: str
    place: Place
    value: float
    gradient: bool = False


class Term(NamedTuple):
    """A product of the sum, or one number alone."""

    gradient: Factor
    times: Factor | None = None

    @property
    def value(self) -> float:
        """The product."""
        return self.gradient.value * (1.0 if self.times is None else self.times.value)


def gradient_terms(
    name: str, place: Place, parameters: Parameters, x: object, activations: Activations, gradients: Gradients
) -> list[Term]:
    """Return the terms whose sum is the gradient of the cell `place` of `name`; none where it is 0 by rule.

    name   a field of Parameters, or x, conv, relu, pool, flat, logits
    At a cell that ReLU stopped, or that lost its pooling window, no term arrives.
    Raises RangeError if there is no such tensor or cell.
    """
    sums = _Sums(parameters, np.asarray(real_array(x, "x"), np.float64), activations, gradients)
    terms: dict[str, Callable[[Place], list[Term]]] = {
        "x": sums.x,
        "weight": sums.weight,
        "bias": sums.bias,
        "linear_weight": sums.linear_weight,
        "linear_bias": sums.linear_bias,
        "conv": sums.conv,
        "relu": sums.relu,
        "pool": sums.pool,
        "flat": sums.flat,
        "logits": sums.logits,
    }
    if name not in terms:
        raise RangeError("there is no tensor {name}; the tensors are {known}", name=name, known=", ".join(terms))
    shape = sums.own(name).shape
    if len(place) != len(shape) or not all(0 <= k < size for k, size in zip(place, shape, strict=True)):
        raise RangeError("no cell {index} in {name} of shape {shape}", index=place, name=name, shape=shape)
    return terms[name](place)


class _Sums:
    """The chain rule, written out cell by cell."""

    def __init__(self, parameters: Parameters, x: Array, activations: Activations, gradients: Gradients) -> None:
        self.parameters, self.input, self.passed, self.gradients = parameters, x, activations, gradients

    def own(self, name: str) -> Array:
        """Return the tensor itself."""
        if name in Parameters._fields:
            return np.asarray(getattr(self.parameters, name))
        return self.input if name == "x" else np.asarray(getattr(self.passed, name))

    def number(self, name: str, *place: int) -> Factor:
        return Factor(name, place, float(self.own(name)[place]))

    def arriving(self, name: str, *place: int) -> Factor:
        """Return a gradient that has been computed already."""
        return Factor(name, place, float(getattr(self.gradients, name)[place]), gradient=True)

    def logits(self, place: Place) -> list[Term]:
        (k,) = place
        share = Factor("probabilities", place, float(self.passed.probabilities[k]))
        wanted = share.value - float(self.gradients.logits[k])  # 1 at the target, else 0
        return [Term(share), Term(Factor("target", place, -float(np.rint(wanted))))]

    def linear_bias(self, place: Place) -> list[Term]:
        return [Term(self.arriving("logits", *place))]

    def linear_weight(self, place: Place) -> list[Term]:
        k, j = place
        return [Term(self.arriving("logits", k), self.number("flat", j))]

    def flat(self, place: Place) -> list[Term]:
        (j,) = place
        classes = range(len(self.passed.logits))
        return [Term(self.arriving("logits", k), self.number("linear_weight", k, j)) for k in classes]

    def pool(self, place: Place) -> list[Term]:
        return [Term(self.arriving("flat", int(np.ravel_multi_index(place, self.passed.pool.shape))))]

    def relu(self, place: Place) -> list[Term]:
        c, row, column = place
        window = (c, row // POOL, column // POOL)
        if any(k >= size for k, size in zip(window, self.passed.pool.shape, strict=True)):
            return []
        wins = self.passed.switches[window] == row * self.passed.relu.shape[2] + column
        return [Term(self.arriving("pool", *window))] if wins else []

    def conv(self, place: Place) -> list[Term]:
        return [Term(self.arriving("relu", *place))] if self.passed.conv[place] > 0 else []

    def bias(self, place: Place) -> list[Term]:
        (f,) = place
        return [Term(self.arriving("conv", f, *cell)) for cell in np.ndindex(self.passed.conv.shape[1:])]

    def weight(self, place: Place) -> list[Term]:
        f, c, u, v = place
        cells = np.ndindex(self.passed.conv.shape[1:])
        return [Term(self.arriving("conv", f, i, j), self.number("x", c, i + u, j + v)) for i, j in cells]

    def x(self, place: Place) -> list[Term]:
        c, row, column = place
        filters, height, width = self.passed.conv.shape
        return [
            Term(self.arriving("conv", f, row - u, column - v), self.number("weight", f, c, u, v))
            for f in range(filters)
            for u, v in np.ndindex(self.parameters.weight.shape[2:])
            if 0 <= row - u < height and 0 <= column - v < width
        ]
