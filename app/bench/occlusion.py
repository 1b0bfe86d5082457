"""Occlusion of a picture beside captum's, 32 pictures an evaluation: AlexNet of 2012, 224 pixels, one thread each."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from typing import Any

import numpy as np

from app.bench.conv2d import SEED
from app.bench.processes import alone
from app.bench.row import Goal, MeasurementError, MissingPeerError, Result, Row
from engine.interpret.patches import Answers, Grid

TARGET = 3  # the class whose probability is compared
PEER = "captum's Occlusion, 32 per evaluation, one thread"
CASES = ((32, 8), (16, 4))  # patch and stride
NEAR = 1e-4  # of the range of the probabilities
SIDE = 224


def rows() -> tuple[Row, ...]:
    """Return the rows: two sizes of the patch, and what bfloat16 gains and loses."""
    net = "AlexNet (2012), 224 px, every position"
    exact = tuple(
        Row(
            name=f"interpret-occlusion-{size}-{stride}",
            what=f"{net} of a patch of {size}, stride {stride}; the peer's time per position",
            peer=PEER,
            measure=partial(_beside_captum, size, stride),
            goal=Goal(">=", 3),
        )
        for size, stride in CASES
    )
    coarse = Row(
        name="interpret-occlusion-first",
        what=f"{net} of a patch of 32, stride 8: until the first coarse picture",
        peer="the whole sweep, one thread",
        measure=_first,
        goal=Goal("<=", 0.1),
    )
    half = Row(
        name="interpret-occlusion-bfloat16",
        what="AlexNet (2012), 224 px, patches of 32 side by side, in bfloat16: times faster",
        peer="the same in float32, one thread",
        measure=_halved,
        goal=None,
        why_no_goal="depends on the processor",
    )
    return (*exact, coarse, half)


def _beside_captum(size: int, stride: int) -> Result:
    if find_spec("captum") is None:
        raise MissingPeerError("captum")
    return Result(alone(beside_captum, size, stride))


def _first() -> Result:
    return Result(alone(until_first))


def _halved() -> Result:
    faster, error = alone(in_bfloat16)
    return Result(faster, f"error {error:.1e} of the probability's range")


def beside_captum(size: int, stride: int) -> float:
    """Return how many times faster than captum's a position is; in a process of its own.

    Each of captum's positions costs the same, so it is timed with patches side by side; it also reads the
    undisturbed picture, which counts as one more.
    """
    net, x = _network()
    _captum(net, x, 112)  # warm
    begin = time.perf_counter()
    told = _captum(net, x, size)
    theirs = (time.perf_counter() - begin) / (Grid(SIDE, SIDE, size, size).count + 1)
    _compare(told, net, x, size)
    ours = _seconds(lambda: _swept(net, x, size, stride)) / Grid(SIDE, SIDE, size, stride).count
    return theirs / ours


def until_first() -> float:
    """Return the share of a sweep's time that passes before its first picture; in a process of its own."""
    from engine.interpret.occlusion import occlude

    net, x = _network()
    _swept(net, x, 32, 32)  # warm
    first = _seconds(lambda: next(occlude(net, x, size=32, stride=8, target=TARGET)))
    return first / _seconds(lambda: _swept(net, x, 32, 8))


def in_bfloat16() -> tuple[float, float]:
    """Return how many times faster a sweep in bfloat16 is, and its largest error, as a share of the range."""
    import torch

    net, x = _network()
    exact, near = _swept(net, x, 32, 32), _swept(net, x, 32, 32, dtype=torch.bfloat16)
    error = np.abs(near.probability - exact.probability).max() / np.ptp(exact.probability)
    slow = _seconds(lambda: _swept(net, x, 32, 32))
    return slow / _seconds(lambda: _swept(net, x, 32, 32, dtype=torch.bfloat16)), float(error)


def _compare(told: Any, net: Any, x: Any, size: int) -> None:
    """Raise MeasurementError if captum's drops of the probability, side by side, are not ours."""
    from engine.interpret.occlusion import Occluder

    found = _swept(net, x, size, size)
    drops = Occluder(net, x, target=TARGET).undisturbed.probability[0] - found.probability
    error = np.abs(told[0, 0, ::size, ::size].numpy()[: len(drops), : len(drops)] - drops).max()
    if error > NEAR * np.ptp(found.probability):
        raise MeasurementError(f"patch of {size}: our probabilities and captum's differ by {error:.1e}")


def _captum(net: Any, x: Any, size: int) -> Any:
    """Return the drop of the target's probability for patches side by side, spread over their pixels."""
    import torch
    from captum.attr import Occlusion

    with torch.inference_mode():
        return Occlusion(torch.nn.Sequential(net, torch.nn.Softmax(1))).attribute(
            x,
            sliding_window_shapes=(3, size, size),
            strides=(3, size, size),
            target=TARGET,
            perturbations_per_eval=32,
        )


def _swept(net: Any, x: Any, size: int, stride: int, **options: Any) -> Answers:
    from engine.interpret.occlusion import occlude

    *_, answers = occlude(net, x, size=size, stride=stride, target=TARGET, **options)
    return answers


def _network() -> tuple[Any, Any]:
    """Return AlexNet with its three linear layers, random weights, and a picture of noise."""
    import torch

    from engine.nets import find
    from engine.nets.initial import he_
    from engine.nets.network import Network

    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    return he_(Network(find("alexnet-2012"))).eval(), torch.randn(1, 3, SIDE, SIDE)


def _seconds(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin
