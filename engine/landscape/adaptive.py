"""Optimizers that divide each coordinate of the gradient by its own usual size: those before Adam.

In the equations g is the gradient at x, and t counts steps from 1. optimizer.py says what comes before each rule.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import compress
from typing import ClassVar

from engine.landscape.maths import Maths, Number
from engine.landscape.optimizer import Factors, Optimizer, Rule, State


@dataclass(frozen=True, kw_only=True)
class Adagrad(Optimizer):
    """s = s + g^2,  x = x - lr / (1 + (t - 1) lr_decay) * g / (sqrt(s) + eps)

    Source: Duchi, Hazan & Singer 2011, Adaptive Subgradient Methods.
    """

    lr: float = 1e-2
    lr_decay: float = 0.0
    initial_accumulator_value: float = 0.0
    eps: float = 1e-10

    inner: ClassVar[tuple[str, ...]] = ("sum",)

    def begin(self) -> tuple[float, ...]:
        return (self.initial_accumulator_value,)

    def factors(self, rates: Iterable[float]) -> Iterator[Factors]:
        for steps_before, lr in enumerate(rates):
            yield (lr / (1 + steps_before * self.lr_decay),)

    def rule(self, maths: Maths) -> Rule:
        eps, sqrt = self.eps, maths.sqrt

        def update(x: Number, g: Number, inner: State, factors: Factors) -> tuple[Number, State]:
            (lr,), (s,) = factors, inner
            s = s + g * g
            return x - lr * g / (sqrt(s) + eps), (s,)

        return update


@dataclass(frozen=True, kw_only=True)
class Adadelta(Optimizer):
    """s = rho s + (1 - rho) g^2,  d = sqrt(u + eps) / sqrt(s + eps) * g,  u = rho u + (1 - rho) d^2,  x = x - lr d

    Source: Zeiler 2012, ADADELTA (arXiv:1212.5701).
    """

    lr: float = 1.0
    rho: float = 0.9
    eps: float = 1e-6

    inner: ClassVar[tuple[str, ...]] = ("square_avg", "acc_delta")

    def rule(self, maths: Maths) -> Rule:
        rho, rest, eps, sqrt = self.rho, 1 - self.rho, self.eps, maths.sqrt

        def update(x: Number, g: Number, inner: State, factors: Factors) -> tuple[Number, State]:
            (lr,), (s, u) = factors, inner
            s = rho * s + rest * g * g
            d = sqrt(u + eps) / sqrt(s + eps) * g
            return x - lr * d, (s, rho * u + rest * d * d)

        return update


@dataclass(frozen=True, kw_only=True)
class RMSprop(Optimizer):
    """s = alpha s + (1 - alpha) g^2,  x = x - lr g / (sqrt(s) + eps)

    momentum: v = momentum v + g / (sqrt(s) + eps),  x = x - lr v
    centered: a = alpha a + (1 - alpha) g, and s - a^2 stands under the root
    Source: Hinton 2012, Neural Networks for Machine Learning, lecture 6e; centered: Graves 2013 (arXiv:1308.0850).
    """

    lr: float = 1e-2
    alpha: float = 0.99
    eps: float = 1e-8
    momentum: float = 0.0
    centered: bool = False

    inner: ClassVar[tuple[str, ...]] = ("square_avg", "momentum_buffer", "grad_avg")

    @property
    def used(self) -> tuple[str, ...]:
        return tuple(compress(self.inner, (True, self.momentum, self.centered)))

    def rule(self, maths: Maths) -> Rule:
        alpha, rest, eps, sqrt = self.alpha, 1 - self.alpha, self.eps, maths.sqrt
        momentum, centered = self.momentum, self.centered

        def update(x: Number, g: Number, inner: State, factors: Factors) -> tuple[Number, State]:
            (lr,), (s, v, a) = factors, inner
            s = alpha * s + rest * g * g
            if centered:
                a = a + rest * (g - a) if rest < 0.5 else g - (1 - rest) * (g - a)
            root = sqrt(s - a * a if centered else s) + eps
            if momentum:
                v = momentum * v + g / root
                return x - lr * v, (s, v, a)
            return x - lr * g / root, (s, v, a)

        return update
