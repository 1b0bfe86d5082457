"""Adam and its kin: a mean of gradients, divided by a mean of their squares.

In the equations g is the gradient at x, and t counts steps from 1. optimizer.py says what comes before each rule.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from engine.landscape.maths import Maths, Number
from engine.landscape.optimizer import Factors, Optimizer, Rule, State


@dataclass(frozen=True, kw_only=True)
class Adam(Optimizer):
    """m = beta1 m + (1 - beta1) g,  v = beta2 v + (1 - beta2) g^2,
    x = x - lr * m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + eps)

    amsgrad: the largest v so far stands in place of v
    Source: Kingma & Ba 2015 (arXiv:1412.6980); amsgrad: Reddi, Kale & Kumar 2018.
    """

    betas: tuple[float, float] = (0.9, 0.999)
    eps: float = 1e-8
    amsgrad: bool = False
    decoupled_weight_decay: bool = False

    inner: ClassVar[tuple[str, ...]] = ("exp_avg", "exp_avg_sq", "max_exp_avg_sq")

    @property
    def used(self) -> tuple[str, ...]:
        return self.inner if self.amsgrad else self.inner[:2]

    @property
    def decoupled(self) -> bool:
        return self.decoupled_weight_decay

    def factors(self, rates: Iterable[float]) -> Iterator[Factors]:
        """Yield lr corrected for the first mean's start at 0, the root that corrects the second."""
        beta1, beta2 = self.betas
        for t, lr in enumerate(rates, 1):
            yield lr / (1 - beta1**t), math.sqrt(1 - beta2**t)

    def rule(self, maths: Maths) -> Rule:
        (beta1, beta2), eps, sqrt, maximum = self.betas, self.eps, maths.sqrt, maths.maximum
        rest1, rest2, amsgrad = 1 - beta1, 1 - beta2, self.amsgrad

        def update(x: Number, g: Number, inner: State, factors: Factors) -> tuple[Number, State]:
            (lr, root), (m, v, largest) = factors, inner
            m = m + rest1 * (g - m) if rest1 < 0.5 else g - (1 - rest1) * (g - m)
            v = beta2 * v + rest2 * g * g
            if amsgrad:
                largest = maximum(largest, v)
                return x - lr * m / (sqrt(largest) / root + eps), (m, v, largest)
            return x - lr * m / (sqrt(v) / root + eps), (m, v, largest)

        return update


@dataclass(frozen=True, kw_only=True)
class AMSGrad(Adam):
    """v^ = max(v^, v),  x = x - lr * m / (1 - beta1^t) / (sqrt(v^ / (1 - beta2^t)) + eps): Adam with amsgrad."""

    amsgrad: bool = True


@dataclass(frozen=True, kw_only=True)
class AdamW(Adam):
    """x = (1 - lr weight_decay) x, then a step of Adam.

    Source: Loshchilov & Hutter 2019, Decoupled Weight Decay Regularization (arXiv:1711.05101).
    """

    weight_decay: float = 1e-2
    decoupled_weight_decay: bool = True


@dataclass(frozen=True, kw_only=True)
class Adamax(Optimizer):
    """m = beta1 m + (1 - beta1) g,  u = max(beta2 u, |g| + eps),  x = x - lr / (1 - beta1^t) * m / u

    Source: Kingma & Ba 2015, section 7.1 (arXiv:1412.6980).
    """

    lr: float = 2e-3
    betas: tuple[float, float] = (0.9, 0.999)
    eps: float = 1e-8

    inner: ClassVar[tuple[str, ...]] = ("exp_avg", "exp_inf")

    def factors(self, rates: Iterable[float]) -> Iterator[Factors]:
        for t, lr in enumerate(rates, 1):
            yield (lr / (1 - self.betas[0] ** t),)

    def rule(self, maths: Maths) -> Rule:
        (beta1, beta2), eps, maximum, absolute = self.betas, self.eps, maths.maximum, maths.absolute
        rest1 = 1 - beta1

        def update(x: Number, g: Number, inner: State, factors: Factors) -> tuple[Number, State]:
            (lr,), (m, u) = factors, inner
            m = m + rest1 * (g - m) if rest1 < 0.5 else g - (1 - rest1) * (g - m)
            u = maximum(beta2 * u, absolute(g) + eps)
            return x - lr * m / u, (m, u)

        return update


@dataclass(frozen=True, kw_only=True)
class NAdam(Optimizer):
    """mu_t = beta1 (1 - 0.96^(t momentum_decay) / 2),  m and v as in Adam,  P = mu_1 mu_2 ... mu_t,
    x = x - lr [(1 - mu_t) g / (1 - P) + mu_(t+1) m / (1 - P mu_(t+1))] / (sqrt(v / (1 - beta2^t)) + eps)

    Source: Dozat 2016, Incorporating Nesterov Momentum into Adam.
    """

    lr: float = 2e-3
    betas: tuple[float, float] = (0.9, 0.999)
    eps: float = 1e-8
    momentum_decay: float = 4e-3
    decoupled_weight_decay: bool = False

    inner: ClassVar[tuple[str, ...]] = ("exp_avg", "exp_avg_sq")

    @property
    def decoupled(self) -> bool:
        return self.decoupled_weight_decay

    def factors(self, rates: Iterable[float]) -> Iterator[Factors]:
        """Yield the weights of g and of m, and the correction of v."""
        after = self._mu(1)
        product = np.float32(1)  # torch keeps it in single precision: so do we, or paths would part
        for t, lr in enumerate(rates, 1):
            mu, after = after, self._mu(t + 1)
            product *= np.float32(mu)
            P = float(product)
            yield lr * (1 - mu) / (1 - P), lr * after / (1 - P * after), 1 - self.betas[1] ** t

    def _mu(self, t: int) -> float:
        return float(self.betas[0] * (1 - 0.5 * 0.96 ** (t * self.momentum_decay)))

    def rule(self, maths: Maths) -> Rule:
        (beta1, beta2), eps, sqrt = self.betas, self.eps, maths.sqrt
        rest1, rest2 = 1 - beta1, 1 - beta2

        def update(x: Number, g: Number, inner: State, factors: Factors) -> tuple[Number, State]:
            (of_g, of_m, correction), (m, v) = factors, inner
            m = m + rest1 * (g - m) if rest1 < 0.5 else g - (1 - rest1) * (g - m)
            v = beta2 * v + rest2 * g * g
            root = sqrt(v / correction) + eps
            return x - of_g * g / root - of_m * m / root, (m, v)

        return update


@dataclass(frozen=True, kw_only=True)
class RAdam(Optimizer):
    """m and v as in Adam,  R = 2 / (1 - beta2) - 1,  r_t = R - 2 t beta2^t / (1 - beta2^t),
    x = x - lr * m / (1 - beta1^t) * rect * sqrt(1 - beta2^t) / (sqrt(v) + eps) where r_t > 5,
        rect = sqrt((r_t - 4)(r_t - 2) R / ((R - 4)(R - 2) r_t)),
    x = x - lr * m / (1 - beta1^t) in the first steps, where v is not yet to be trusted.

    Source: Liu et al. 2020, On the Variance of the Adaptive Learning Rate and Beyond (arXiv:1908.03265).
    """

    betas: tuple[float, float] = (0.9, 0.999)
    eps: float = 1e-8
    decoupled_weight_decay: bool = False

    inner: ClassVar[tuple[str, ...]] = ("exp_avg", "exp_avg_sq")

    @property
    def decoupled(self) -> bool:
        return self.decoupled_weight_decay

    def factors(self, rates: Iterable[float]) -> Iterator[Factors]:
        """Yield lr, the correction of m, the root of that of v, and the rectification, 0 while there is none."""
        beta1, beta2 = self.betas
        longest = 2 / (1 - beta2) - 1
        for t, lr in enumerate(rates, 1):
            correction = 1 - beta2**t
            length = longest - 2 * t * beta2**t / correction
            rect = 0.0
            if length > 5:
                shares = (length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)
                rect = math.sqrt(shares)
            yield lr, 1 - beta1**t, math.sqrt(correction), rect

    def rule(self, maths: Maths) -> Rule:
        (beta1, beta2), eps, sqrt = self.betas, self.eps, maths.sqrt
        rest1, rest2 = 1 - beta1, 1 - beta2

        def update(x: Number, g: Number, inner: State, factors: Factors) -> tuple[Number, State]:
            (lr, correction, root, rect), (m, v) = factors, inner
            m = m + rest1 * (g - m) if rest1 < 0.5 else g - (1 - rest1) * (g - m)
            v = beta2 * v + rest2 * g * g
            step = m / correction * lr
            return x - (step * (root / (sqrt(v) + eps)) * rect if rect else step), (m, v)

        return update
