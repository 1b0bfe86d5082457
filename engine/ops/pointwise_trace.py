"""The traces of operations that work cell by cell: activations of one number, losses of a number and its target."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from engine.errors import RangeError
from engine.ops import activation, binary_loss, rectifiers, regression_loss, smooth_activations
from engine.ops.arrays import Array
from engine.ops.cellwise import floats
from engine.ops.lazy import LazyTrace
from engine.ops.reduction import pair

_MODULES = (activation, rectifiers, smooth_activations, regression_loss, binary_loss)


def _named(names: str) -> Mapping[str, tuple[Callable[..., Array], Callable[..., Array]]]:
    """Return each operation with its gradient."""
    found = {name: value for module in _MODULES for name, value in vars(module).items()}
    return {name: (found[name], found[f"{name}_backward"]) for name in names.split()}


POINTWISE_ACTIVATIONS = _named("elu gelu leaky_relu relu scaled_tanh selu sigmoid silu softplus tanh")
POINTWISE_LOSSES = _named(
    "binary_cross_entropy binary_cross_entropy_with_logits exponential_loss hinge_loss huber_loss l1_loss mape_loss "
    "mse_loss msle_loss smooth_l1_loss"
)


@dataclass(frozen=True, slots=True, eq=False)
class ActivationStep:
    """One number through an activation."""

    index: tuple[int, ...]
    x: float
    value: float
    slope: float  # the derivative at x


class ActivationTrace(LazyTrace[ActivationStep]):
    """The steps of an activation, one for each cell."""

    def __init__(self, name: str, x: object, options: Mapping[str, object]) -> None:
        self.forward, self.backward = _known(name, POINTWISE_ACTIVATIONS)
        self.x, self.options = floats(x), options
        self.forward(self.x.flat[0], **options)  # refuses options that are not allowed now, not at the first step
        super().__init__(self.x.shape, self.x.shape, self.x.dtype)

    def step_at(self, index: tuple[int, ...]) -> ActivationStep:
        """Return the step of the cell at index."""
        place = self.checked_index(index)
        x = np.asarray(self.x[place])
        value, slope = self.forward(x, **self.options), self.backward(np.ones_like(x), x, **self.options)
        return ActivationStep(place, float(x), float(value), float(slope))


@dataclass(frozen=True, slots=True, eq=False)
class LossStep:
    """One number beside what was wanted."""

    index: tuple[int, ...]
    x: float
    target: float
    value: float
    slope: float  # the derivative with respect to x


class PointwiseLossTrace(LazyTrace[LossStep]):
    """The steps of a loss with reduction "none", one for each cell."""

    def __init__(self, name: str, x: object, target: object, options: Mapping[str, object]) -> None:
        self.forward, self.backward = _known(name, POINTWISE_LOSSES)
        self.x, self.target = pair(x, target)
        self.options = {**options, "reduction": "none"}
        self.forward(self.x, self.target, **self.options)  # refuses numbers that are not allowed
        super().__init__(self.x.shape, self.x.shape, self.x.dtype)

    def step_at(self, index: tuple[int, ...]) -> LossStep:
        """Return the step of the cell at index."""
        place = self.checked_index(index)
        x, target = np.asarray(self.x[place]), np.asarray(self.target[place])
        value = self.forward(x, target, **self.options)
        slope = self.backward(np.ones_like(x), x, target, **self.options)
        return LossStep(place, float(x), float(target), float(value), float(slope))


def _known(
    name: str, table: Mapping[str, tuple[Callable[..., Array], Callable[..., Array]]]
) -> tuple[Callable[..., Array], Callable[..., Array]]:
    if name not in table:
        raise RangeError("no steps for {name}; have {known}", name=repr(name)[:40], known=", ".join(table))
    return table[name]
