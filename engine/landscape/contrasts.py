"""Optimizers that torch.optim does not have, and that show by contrast what the others cannot do at a saddle."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from engine.landscape.maths import Maths, Number
from engine.landscape.optimizer import Before, Factors, Optimizer, Rule, State
from engine.landscape.surface import Surface


@dataclass(frozen=True, kw_only=True)
class PerturbedGD(Optimizer):
    """x = x - lr g, but where |g| <= threshold, and not within `wait` steps of the last time, first
    x = x + xi, xi uniform in a ball of `radius`: enough to leave every strict saddle, almost surely.

    Source: Jin, Ge, Netrapalli, Kakade & Jordan 2017, How to Escape Saddle Points Efficiently (arXiv:1703.00887).
    """

    lr: float = 1e-2
    radius: float = 1e-2
    threshold: float = 1e-3
    wait: float = 10.0

    def before(self, surface: Surface, maths: Maths) -> Callable[[list[Any]], Before]:
        """Return draws -> the kick, uniform in the ball: the root of a uniform number is the radius."""
        return lambda draws: self._kicks(surface, maths, draws)

    def _kicks(self, surface: Surface, maths: Maths, draws: list[Any]) -> Before:
        last: Number = -math.inf
        wait, squared = self.wait, self.threshold * self.threshold

        def kick(x: Number, y: Number, gx: Number, gy: Number, lr: float, t: int) -> tuple[Number, ...]:
            nonlocal last
            quiet = (gx * gx + gy * gy <= squared) & (t - last > wait)
            if not maths.any(quiet):
                return x, y, gx, gy
            last = maths.where(quiet, t, last)
            length, angle = self.radius * maths.sqrt(draws[t][0]), 2 * math.pi * draws[t][1]
            x = maths.where(quiet, x + length * maths.cos(angle), x)
            y = maths.where(quiet, y + length * maths.sin(angle), y)
            return x, y, *surface.gradient(x, y)

        return kick


@dataclass(frozen=True, kw_only=True)
class Newton(Optimizer):
    """x = x - lr (H + damping I)^-1 g: goes to the nearest point without slope, and loves saddles as much as minima."""

    lr: float = 1.0
    damping: float = 0.0

    def before(self, surface: Surface, maths: Maths) -> Callable[[list[Any]], Before]:
        """Return g -> (H + damping I)^-1 g by Cramer's rule; weight decay adds to H what it adds to g."""
        added = self.damping + self.weight_decay

        def solve(x: Number, y: Number, gx: Number, gy: Number, lr: float, t: int) -> tuple[Number, ...]:
            xx, xy, yy = surface.hessian(x, y)
            xx, yy = xx + added, yy + added
            determinant = xx * yy - xy * xy
            return x, y, (yy * gx - xy * gy) / determinant, (xx * gy - xy * gx) / determinant

        return lambda draws: solve


@dataclass(frozen=True, kw_only=True)
class SaddleFreeNewton(Optimizer):
    """x = x - lr (|H| + damping I)^-1 g, |H| = H with its eigenvalues made positive: a saddle drives it away.

    Source: Dauphin et al. 2014, Identifying and attacking the saddle point problem (arXiv:1406.2572).
    """

    lr: float = 1.0
    damping: float = 1e-8

    def before(self, surface: Surface, maths: Maths) -> Callable[[list[Any]], Before]:
        """Return g -> (|H| + damping I)^-1 g.

        For a symmetric 2x2 matrix with eigenvalues l1 >= l2 any function of it is k(l1) I + c (H - l1 I),
        c = (k(l1) - k(l2)) / (l1 - l2): no eigenvectors are needed. Here k(l) = 1 / (|l| + damping).
        """
        damping, decay = self.damping, self.weight_decay
        sqrt, absolute, where = maths.sqrt, maths.absolute, maths.where

        def solve(x: Number, y: Number, gx: Number, gy: Number, lr: float, t: int) -> tuple[Number, ...]:
            xx, xy, yy = surface.hessian(x, y)
            middle, half = (xx + yy) / 2 + decay, (xx - yy) / 2
            spread = sqrt(half * half + xy * xy)
            large, small = middle + spread, middle - spread
            k1, k2 = 1 / (absolute(large) + damping), 1 / (absolute(small) + damping)
            slope = (k1 - k2) / where(spread > 0, 2 * spread, 1.0)
            ax, ay = half - spread, -half - spread  # the diagonal of H - l1 I
            return x, y, k1 * gx + slope * (ax * gx + xy * gy), k1 * gy + slope * (xy * gx + ay * gy)

        return lambda draws: solve


@dataclass(frozen=True, kw_only=True)
class Lion(Optimizer):
    """x = x - lr sign(beta1 m + (1 - beta1) g),  m = beta2 m + (1 - beta2) g,  weight decay decoupled

    Source: Chen et al. 2023, Symbolic Discovery of Optimization Algorithms (arXiv:2302.06675).
    """

    lr: float = 1e-4
    betas: tuple[float, float] = (0.9, 0.99)

    inner: ClassVar[tuple[str, ...]] = ("exp_avg",)

    @property
    def decoupled(self) -> bool:
        return True

    def rule(self, maths: Maths) -> Rule:
        (beta1, beta2), sign = self.betas, maths.sign
        rest1, rest2 = 1 - beta1, 1 - beta2

        def update(x: Number, g: Number, inner: State, factors: Factors) -> tuple[Number, State]:
            (lr,), (m,) = factors, inner
            return x - lr * sign(beta1 * m + rest1 * g), (beta2 * m + rest2 * g,)

        return update
