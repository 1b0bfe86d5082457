"""Gradient descent with and without momentum, as torch.optim.SGD has it.

In the equations g is the gradient at x, and t counts steps from 1. optimizer.py says what comes before each rule.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from engine.errors import RangeError
from engine.landscape.maths import Maths, Number
from engine.landscape.optimizer import Factors, Optimizer, Rule, State


@dataclass(frozen=True, kw_only=True)
class SGD(Optimizer):
    """v = momentum v + (1 - dampening) g (first step: v = g),  x = x - lr v;  nesterov: x = x - lr (g + momentum v)

    Source: Polyak 1964 (momentum); Sutskever, Martens, Dahl & Hinton 2013, On the importance of initialization and
    momentum in deep learning (nesterov).
    """

    momentum: float = 0.0
    dampening: float = 0.0
    nesterov: bool = False

    inner: ClassVar[tuple[str, ...]] = ("momentum_buffer",)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.nesterov and (self.momentum <= 0 or self.dampening != 0):
            raise RangeError(
                "nesterov needs momentum above 0 and dampening 0, got momentum {momentum}, dampening {dampening}",
                momentum=self.momentum,
                dampening=self.dampening,
            )

    @property
    def used(self) -> tuple[str, ...]:
        return self.inner if self.momentum else ()

    def factors(self, rates: Iterable[float]) -> Iterator[Factors]:
        """Yield the learning rate and what part of the gradient enters the velocity: all of it in the first step."""
        gain = 1.0
        for lr in rates:
            yield lr, gain
            gain = 1 - self.dampening

    def rule(self, maths: Maths) -> Rule:
        momentum, nesterov = self.momentum, self.nesterov

        def update(x: Number, g: Number, inner: State, factors: Factors) -> tuple[Number, State]:
            lr, gain = factors
            if not momentum:
                return x - lr * g, inner
            (v,) = inner
            v = momentum * v + gain * g
            return x - lr * (g + momentum * v if nesterov else v), (v,)

        return update


@dataclass(frozen=True, kw_only=True)
class Momentum(SGD):
    """v = momentum v + g,  x = x - lr v: SGD whose momentum is 0.9 unless told otherwise."""

    momentum: float = 0.9


@dataclass(frozen=True, kw_only=True)
class Nesterov(SGD):
    """v = momentum v + g,  x = x - lr (g + momentum v): SGD with nesterov, momentum 0.9 unless told otherwise."""

    momentum: float = 0.9
    nesterov: bool = True
