"""Losses of the two smallest models there are, as surfaces over their two weights: linear and logistic regression.

All that walks over a surface walks over these too, with all examples at each step or with some: `in_batches`.
"""

import math
from collections.abc import Callable
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from engine.errors import RangeError, ShapeError
from engine.geometry import whole
from engine.landscape.maths import Maths, Number
from engine.landscape.surface import Gradient, Hessian, Surface
from engine.ops.arrays import real_array

Floats = NDArray[np.float64]
Model = Literal["linear", "logistic"]


class Regression(Surface):
    """The mean loss over N examples, as a function of the weights (x, y) of two features.

    z_i = x features[i, 0] + y features[i, 1]
    linear     L = mean of (z_i - target_i)^2, torch's mse_loss
    logistic   L = mean of log(1 + exp(z_i)) - target_i z_i, torch's binary_cross_entropy_with_logits: minus the log
               of the likelihood of the targets if each is 1 with probability p_i = 1 / (1 + exp(-z_i)), over N

    features   (N, 2); let one column be 1 to have an intercept
    targets    (N,); from 0 to 1 for logistic
    Raises ShapeError or RangeError.
    """

    def __init__(self, model: Model, features: object, targets: object) -> None:
        self.model = model
        self.features = np.array(real_array(features, "features"), np.float64)
        self.targets = np.array(real_array(targets, "targets"), np.float64)
        self.formula = f"{model} regression"
        self._check()

    def _check(self) -> None:
        if self.model not in ("linear", "logistic"):
            raise RangeError("a model is linear or logistic, got {got}", got=repr(self.model)[:40])
        if self.features.ndim != 2 or self.features.shape[1] != 2 or self.targets.shape != self.features.shape[:1]:
            raise ShapeError(
                "features must be (N, 2) and targets (N,), got {features} and {targets}",
                features=self.features.shape,
                targets=self.targets.shape,
            )
        if not (np.isfinite(self.features).all() and np.isfinite(self.targets).all()):
            raise RangeError("features and targets must be finite")
        if self.model == "logistic" and not ((self.targets >= 0) & (self.targets <= 1)).all():
            raise RangeError("targets of logistic regression must be from 0 to 1")

    def value(self, x: Number, y: Number) -> Number:
        """Return L; x and y may be floats or arrays that broadcast."""
        z = _scores(self.features, x, y)
        with np.errstate(all="ignore"):
            if self.model == "linear":
                return _as_given(((z - self.targets) ** 2).mean(-1))
            return _as_given((np.logaddexp(0, z) - self.targets * z).mean(-1))

    def gradient(self, x: Number, y: Number) -> Gradient:
        """Return the mean of 2 (z_i - target_i) features_i, or of (p_i - target_i) features_i."""
        return self._gradient_of(self.features, self.targets, x, y)

    def gradient_for(self, maths: Maths) -> Callable[[Any, Any], tuple[Any, ...]]:
        return self.gradient

    def _gradient_of(self, features: Floats, targets: Floats, x: Number, y: Number) -> Gradient:
        with np.errstate(all="ignore"):
            z = _scores(features, x, y)
            slopes = 2 * (z - targets) if self.model == "linear" else _sigmoid(z) - targets
            along, across = (_as_given((slopes * features[:, k]).mean(-1)) for k in (0, 1))
        return along, across

    def hessian(self, x: Number, y: Number) -> Hessian:
        """Return the mean of 2 features_i features_i^T, or of p_i (1 - p_i) features_i features_i^T."""
        with np.errstate(all="ignore"):
            z = _scores(self.features, x, y)
            weight = 2 + 0 * z if self.model == "linear" else _sigmoid(z) * _sigmoid(-z)
            first, second = self.features.T
            xx, xy, yy = (_as_given((weight * a).mean(-1)) for a in (first**2, first * second, second**2))
        return xx, xy, yy

    def normalised(self) -> "Regression":
        """Return the same examples with features of mean 0 and deviation 1; linear targets have mean 0 then, too.

        A feature that is the same everywhere, an intercept, stays what it is.
        """
        spread = self.features.std(0)
        fixed = spread == 0
        features = (self.features - np.where(fixed, 0, self.features.mean(0))) / np.where(fixed, 1, spread)
        shift = self.targets.mean() if self.model == "linear" and not fixed.any() else 0.0
        return Regression(self.model, features, self.targets - shift)

    def in_batches(self, batch_size: int, seed: int = 0) -> "Batches":
        """Return the same loss; a walk over it sees the gradient of batch_size examples at each step."""
        return Batches(self, batch_size, seed)


class Batches(Regression):
    """A regression whose walks see some examples at each step: all of them in a new order each epoch, none twice.

    The last batch of an epoch is smaller if batch_size does not divide N (torch's DataLoader with shuffle). Value,
    gradient and Hessian asked for directly are those of all examples.
    """

    def __init__(self, whole_loss: Regression, batch_size: int, seed: int) -> None:
        super().__init__(whole_loss.model, whole_loss.features, whole_loss.targets)
        self.batch_size = whole(batch_size, "batch_size", minimum=1)
        self.seed = whole(seed, "seed", minimum=0)
        if self.batch_size > len(self.targets):
            raise RangeError(
                "batch_size must be at most the {count} examples, got {got}",
                count=len(self.targets),
                got=self.batch_size,
            )

    @property
    def steps_per_epoch(self) -> int:
        """Steps in which every example is seen once."""
        return math.ceil(len(self.targets) / self.batch_size)

    def gradient_for(self, maths: Maths) -> Callable[[Any, Any], tuple[Any, ...]]:
        """Return the gradients of one batch after the other, in the order of this seed; of one start, or of many."""
        rng, waiting = np.random.default_rng(self.seed), np.empty(0, np.int64)

        def next_gradient(x: Any, y: Any) -> tuple[Any, ...]:
            nonlocal waiting
            if not waiting.size:
                waiting = rng.permutation(len(self.targets))
            chosen, waiting = waiting[: self.batch_size], waiting[self.batch_size :]
            return self._gradient_of(self.features[chosen], self.targets[chosen], x, y)

        return next_gradient


def _scores(features: Floats, x: Number, y: Number) -> Floats:
    """Return z_i = x features[i, 0] + y features[i, 1], examples along the last axis."""
    x, y = np.asarray(x, np.float64)[..., None], np.asarray(y, np.float64)[..., None]
    return np.asarray(x * features[:, 0] + y * features[:, 1])


def _sigmoid(z: Floats) -> Floats:
    return np.asarray(0.5 * (1 + np.tanh(z / 2)))


def _as_given(value: Any) -> Number:
    """Return a number for numbers, an array for arrays."""
    return float(value) if np.ndim(value) == 0 else value


def two_scales(count: int = 24) -> Regression:
    """Return a linear regression whose first feature goes from 0 to 2000, the second from 1 to 5.

    Flats: area, rooms, and what they cost. The areas and rooms are spread evenly by two irrational steps, so that no
    random number is needed.
    """
    steps = np.arange(1, whole(count, "count", minimum=2) + 1)
    area, rooms = 2000 * (steps * (math.sqrt(5) - 1) / 2 % 1), 1 + 4 * (steps * math.sqrt(2) % 1)
    price = 0.05 * area + 20 * rooms + 10 * np.sin(5 * steps)
    return Regression("linear", np.stack((area, rooms), 1), price)
