"""What a number on the way down is made of: numbers of the signal above it, each times a factor.

Every operation of the way down is a weighted sum of what comes from above; the factors are weights (transposed
filters), 1 where a switch points and 0 where it does not (unpooling), or 1 and 0 by the method's rule (ReLU).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import RangeError
from engine.interpret.descent import weight_of
from engine.interpret.forward_pass import ForwardPass
from engine.interpret.made_of import Place, Terms
from engine.interpret.projection import Projection, Signal
from engine.interpret.relu_rules import find_rule
from engine.nets.architecture import Stage


def terms(passed: ForwardPass, projection: Projection, at: int, place: Place, *, norm: str = "gradient") -> Terms:
    """Return what makes one number of the signal after operation `at` of a projection, float64.

    at      1 for the first operation; the signal before it is what was kept, and made of nothing
    place   channel, row and column in the whole signal; row and column are 0 behind a linear stage
    norm    as it was told to `project`
    Raises RangeError if there is no such operation or place.
    """
    if not 1 <= at < len(projection.stages):
        raise RangeError("at must be from 1 to {last}, got {got}", last=len(projection.stages) - 1, got=at)
    above, here = projection.stages[at - 1], projection.stages[at]
    stage = passed.net.architecture.stage(here.through)
    value = passed.values[here.name]
    if not all(0 <= k < size for k, size in zip(place, value.shape, strict=True)):
        raise RangeError(
            "{name} has the shape {shape}; there is no cell {place} in it",
            name=here.name,
            shape=here.shape,
            place=place,
        )
    seen = float(value[place])
    if stage.kind == "relu":
        found = _at_relu(projection.method, above, place, seen)
    elif stage.kind == "local_response_norm" and norm == "pass":
        found = _same(passed, stage, above, place)
    else:
        found = FACTORS[stage.kind](passed, stage, above, place)
    return Terms(*found, seen)


Found = tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]


def _at_relu(method: str, above: Signal, place: Place, seen: float) -> Found:
    import torch

    signal = _signal(above, place)
    heard = find_rule(method)(torch.tensor([signal], dtype=torch.float64), torch.tensor([seen]))
    return _listed([place], [signal], [float(heard) / signal if signal else 0.0])


def _same(passed: ForwardPass, stage: Stage, above: Signal, place: Place) -> Found:
    return _listed([place], [_signal(above, place)], [1.0])


def _transposed(passed: ForwardPass, stage: Stage, above: Signal, place: Place) -> Found:
    """Return the cells whose window holds the place, in every filter that reads its map."""
    channel, row, column = place
    weight = weight_of(passed, stage)
    assert stage.out_channels is not None
    filters, maps = stage.out_channels // stage.groups, int(weight.shape[1])
    group, own = divmod(channel, maps)
    first, stop = max(above.box.channels[0], group * filters), min(above.box.channels[1], (group + 1) * filters)
    cells = [
        (k, i, u, j, v)
        for k in range(first, stop)
        for i, u in _reaching(stage, row, above.box.rows)
        for j, v in _reaching(stage, column, above.box.columns)
    ]
    kernels = weight[:, own].detach().double().numpy()
    places = [(k, i, j) for k, i, _, j, _ in cells]
    return _listed(places, [_signal(above, p) for p in places], [kernels[k, u, v] for k, _, u, _, v in cells])


def _unpooled(passed: ForwardPass, stage: Stage, above: Signal, place: Place) -> Found:
    """Return the windows that hold the place; the factor tells whose maximum it was."""
    channel, row, column = place
    flat = row * passed.below(stage).shape[2] + column
    places = []
    if above.box.channels[0] <= channel < above.box.channels[1]:
        places = [
            (channel, i, j)
            for i, _ in _reaching(stage, row, above.box.rows)
            for j, _ in _reaching(stage, column, above.box.columns)
        ]
    switches = passed.switches[stage.name]
    return _listed(places, [_signal(above, p) for p in places], [float(switches[p] == flat) for p in places])


def _normed(passed: ForwardPass, stage: Stage, above: Signal, place: Place) -> Found:
    """d y[j] / d x[c] = (j is c) / d[c] ** beta - 2 alpha beta / size * x[c] * x[j] / d[j] ** (beta + 1)."""
    assert stage.norm is not None
    norm, (channel, row, column) = stage.norm, place
    x = passed.below(stage)[:, row, column].double().numpy()
    reach = norm.size // 2
    squares = np.convolve(x * x, np.ones(2 * reach + 1))[reach : reach + len(x)]
    d = norm.k + norm.alpha / norm.size * squares
    near = range(max(0, channel - reach, above.box.channels[0]), min(channel + reach + 1, above.box.channels[1]))
    share = 2 * norm.alpha * norm.beta / norm.size
    factors = [(j == channel) * d[j] ** -norm.beta - share * x[channel] * x[j] * d[j] ** (-norm.beta - 1) for j in near]
    places = [(j, row, column) for j in near]
    return _listed(places, [_signal(above, p) for p in places], factors)


def _linear(passed: ForwardPass, stage: Stage, above: Signal, place: Place) -> Found:
    weight = weight_of(passed, stage)
    index = int(np.ravel_multi_index(place, tuple(passed.below(stage).shape)))
    first, stop = above.box.channels
    factors = weight[first:stop, index].detach().double().numpy()
    return _listed([(k, 0, 0) for k in range(first, stop)], above.window.ravel(), factors)


def _mean(passed: ForwardPass, stage: Stage, above: Signal, place: Place) -> Found:
    _, rows, columns = passed.below(stage).shape
    source = (place[0], 0, 0)
    return _listed([source], [_signal(above, source)], [1 / (rows * columns)])


FACTORS: dict[str, Callable[[ForwardPass, Stage, Signal, Place], Found]] = {
    "conv2d": _transposed,
    "dropout": _same,
    "global_avg_pool2d": _mean,
    "linear": _linear,
    "local_response_norm": _normed,
    "max_pool2d": _unpooled,
}


def _reaching(stage: Stage, cell: int, span: tuple[int, int]) -> list[tuple[int, int]]:
    """Return (window, place in it) along one axis for each window of `span` that holds `cell`."""
    assert stage.kernel_size is not None
    inside = ((k, cell + stage.padding - k * stage.stride) for k in range(*span))
    return [(k, u) for k, u in inside if 0 <= u < stage.kernel_size]


def _signal(above: Signal, place: Place) -> float:
    """Return a number of a signal; outside of its box it is zero."""
    inside = tuple(k - first for k, (first, _) in zip(place, above.box, strict=True))
    if all(0 <= k < size for k, size in zip(inside, above.window.shape, strict=True)):
        return float(above.window[inside])
    return 0.0


def _listed(places: Any, signals: Any, factors: Any) -> Found:
    return np.array(places, np.int64).reshape(-1, 3), np.array(signals, np.float64), np.array(factors, np.float64)
