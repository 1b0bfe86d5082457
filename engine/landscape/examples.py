"""Small data sets for regression, drawn by a seed; and what one of their examples adds to the loss."""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.errors import RangeError
from engine.geometry import whole
from engine.landscape.bounded import FROM_ZERO, bounded
from engine.landscape.regression import Model, Regression

Floats = NDArray[np.float64]
Inputs = Literal["bias", "two"]

TRUE = {"bias": (1.5, -2.0), "two": (1.5, 1.0)}  # weights by which the targets are drawn
STEEP = 2.0  # of the logistic curve that targets are drawn by, without noise


def examples(model: Model, inputs: Inputs, count: int, *, seed: int = 0, noise: float = 0.5) -> Regression:
    """Return a regression over `count` drawn examples.

    inputs   "bias": one input from 0 to 3, and 1; "two": two inputs, from -0.7 to 0.7 and from -2 to 2
    noise    linear: standard deviation of what is added to the targets; logistic: how flat the curve is by which the
             targets are drawn, 0 or 1: with probability 1 / (1 + exp(-2 z / (0.5 + noise)))
    Raises RangeError.
    """
    if inputs not in TRUE:
        raise RangeError("inputs are bias or two, got {got}", got=repr(inputs)[:40])
    rng = np.random.default_rng(whole(seed, "seed", minimum=0))
    number, spread = whole(count, "count", minimum=2), bounded("noise", noise, FROM_ZERO)
    first, second = rng.uniform(-1, 1, (2, number))
    columns = (1.5 + 1.5 * first, np.ones(number)) if inputs == "bias" else (0.7 * first, 2 * second)
    features = np.stack(columns, 1)
    z = features @ np.array(TRUE[inputs])
    if model == "logistic":
        chance = 0.5 * (1 + np.tanh(STEEP * z / (0.5 + spread) / 2))
        return Regression(model, features, (rng.random(number) < chance).astype(np.float64))
    return Regression(model, features, z + spread * rng.standard_normal(number))


class Terms(NamedTuple):
    """Each example's part of the loss, (N,) each.

    z        score: x features[i, 0] + y features[i, 1]
    p        logistic: probability of a target 1, 1 / (1 + exp(-z)); linear: z itself
    factor   of the likelihood; logistic: p^t (1 - p)^(1 - t); linear: exp(-(z - t)^2), up to a factor of its own the
             density of a normal distribution of variance 1/2 around z
    loss     -log(factor)
    slope    d loss / d z: p - t, or 2 (z - t)
    """

    z: Floats
    p: Floats
    factor: Floats
    loss: Floats
    slope: Floats


def terms(regression: Regression, x: float, y: float) -> Terms:
    """Return what every example adds: the mean of `loss` is the regression's value, the likelihood their product."""
    z, t = regression.features @ np.array((x, y)), regression.targets
    if regression.model == "linear":
        loss = (z - t) ** 2
        return Terms(z, z, np.exp(-loss), loss, 2 * (z - t))
    p = 0.5 * (1 + np.tanh(z / 2))
    loss = np.logaddexp(0, z) - t * z
    return Terms(z, p, np.exp(-loss), loss, p - t)


def lowest(regression: Regression, tries: int = 200) -> tuple[float, float] | None:
    """Return the weights of least loss, by Newton's method; None if there is no such point, or a line of them.

    A logistic loss has none where a line parts the targets: it falls for ever.
    """
    point = np.zeros(2)
    for _ in range(tries):
        xx, xy, yy = regression.hessian(*point.tolist())
        hessian: Floats = np.array(((xx, xy), (xy, yy)), np.float64)
        slope: Floats = np.array(regression.gradient(*point.tolist()), np.float64)
        values = np.linalg.eigvalsh(hessian)
        if not values[0] > 1e-12 * values[1]:
            return None
        step, value = np.linalg.solve(hessian, slope), regression.value(*point.tolist())
        while (
            not regression.value(*(point - step).tolist()) <= value + 1e-15 * abs(value) and np.abs(step).max() > 1e-14
        ):
            step = step / 2
        point = point - step
        if np.abs(step).max() <= 1e-12 * max(1.0, float(np.abs(point).max())):
            return float(point[0]), float(point[1])
        if np.abs(point).max() > 1e4:
            return None
    return None
