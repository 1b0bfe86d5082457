"""Paths of optimizers beside torch.optim: float64, one thread each, in turns; a map of basins; Hessian products."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from statistics import median
from typing import Any

import numpy as np

from app.bench.conv2d import SEED
from app.bench.processes import alone
from app.bench.row import Goal, MeasurementError, MissingPeerError, Result, Row
from engine.landscape import basins, trajectories, trajectory

# Our key -> the name of the class in torch.optim, and what makes it that optimizer.
PEERS: dict[str, tuple[str, dict[str, Any]]] = {
    "sgd": ("SGD", {}),
    "momentum": ("SGD", {"momentum": 0.9}),
    "nesterov": ("SGD", {"momentum": 0.9, "nesterov": True}),
    "adagrad": ("Adagrad", {}),
    "adadelta": ("Adadelta", {}),
    "rmsprop": ("RMSprop", {}),
    "adam": ("Adam", {}),
    "adamw": ("AdamW", {}),
    "adamax": ("Adamax", {}),
    "nadam": ("NAdam", {}),
    "radam": ("RAdam", {}),
}
LR = 1e-3
STARTS, STEPS = 4096, 200
ALONE = 1000  # steps of a single path
PAIRS = 3  # measurements of each side; one takes torch seconds
COMPARED = 5  # steps; later some paths diverge, where the last digit decides everything
SIZE, MAP_STEPS = 256, 300
DIGITS = 256

Path = np.ndarray[Any, np.dtype[np.float64]]


def rows() -> tuple[Row, ...]:
    """Return the rows: many paths, single paths (as a ratio and in milliseconds), and a map of basins."""
    count = len(PEERS)
    many = f"{count} optimizers × {STARTS:,} starts × {STEPS} steps on Rosenbrock's valley, paths stored"
    single = f"{count} optimizers × one path of {ALONE:,} steps at the saddle"
    batched, one = "torch.optim, batched, one thread", "torch.optim, one thread"
    product = f"Hessian of LeNet-5's loss on {DIGITS} digits × a vector of its 61,706 weights"
    grid = f"{SIZE}×{SIZE} basins of Himmelblau's function, {MAP_STEPS} steps of Adam"
    return (
        Row("landscape-many", many, batched, partial(_beside_torch, "many"), Goal(">=", 5)),
        Row("landscape-single", single, one, partial(_beside_torch, "single"), Goal(">=", 100)),
        Row("landscape-single-time", single, "the processor's clock", _single_time, Goal("<=", 10), unit=" ms"),
        Row("landscape-basins", grid, "the processor's clock", _map_time, Goal("<=", 1), unit=" s"),
        Row("landscape-hessian", product, "times a gradient, one thread", _product_ratio, Goal("<=", 3)),
    )


def _beside_torch(which: str) -> Result:
    if find_spec("torch") is None:
        raise MissingPeerError("torch")
    return Result(alone(compare, which))


def _single_time() -> Result:
    return Result(1000 * alone(seconds, "single"))


def _map_time() -> Result:
    return Result(alone(seconds, "basins"))


def _product_ratio() -> Result:
    if find_spec("torch") is None:
        raise MissingPeerError("torch")
    return Result(alone(products))


def products() -> float:
    """Return how many gradients a product with the Hessian costs; runs in a process of its own."""
    import torch
    import torch.nn.functional as F

    from engine.landscape.network_hessian import NetworkHessian
    from engine.nets import build

    torch.set_num_threads(1)
    net, rng = build("lenet5", weights="shipped"), np.random.default_rng(SEED)
    x = torch.from_numpy(rng.normal(size=(DIGITS, 1, 32, 32)).astype(np.float32))
    y = torch.from_numpy(rng.integers(0, 10, DIGITS))
    hessian = NetworkHessian(net, x, y)
    vector = rng.normal(size=hessian.size)

    def gradient() -> object:
        return torch.autograd.grad(F.cross_entropy(net(x), y), list(net.parameters()))

    gradient(), hessian.product(vector)
    pairs = [(_seconds(lambda: hessian.product(vector)), _seconds(gradient)) for _ in range(10 * PAIRS)]
    return float(median(product / slope for product, slope in pairs))


def compare(which: str) -> float:
    """Return how many times as fast as torch's ours is; runs in a process of its own."""
    import torch

    torch.set_num_threads(1)
    starts, steps, ours = _work(which)
    for key in PEERS:
        mine, theirs = ours(key, COMPARED), _torch_paths(key, starts, COMPARED, which)
        if not np.allclose(mine, theirs, rtol=1e-6, atol=1e-9, equal_nan=True):
            raise MeasurementError(f"{which} paths of {key}: ours and torch's differ")
    pairs = [
        (
            _seconds(lambda: [ours(key, steps) for key in PEERS]),
            _seconds(lambda: [_torch_paths(key, starts, steps, which) for key in PEERS]),
        )
        for _ in range(PAIRS)
    ]
    mine, theirs = (median(side) for side in zip(*pairs, strict=True))
    return float(theirs / mine)


def seconds(which: str) -> float:
    """Return the processor's seconds for all single paths, or for a map of basins: the median of several times."""
    if which == "basins":
        return median(_seconds(_map, time.process_time) for _ in range(PAIRS))
    _, steps, ours = _work(which)
    return median(_seconds(lambda: [ours(key, steps) for key in PEERS], time.process_time) for _ in range(10 * PAIRS))


def _work(which: str) -> tuple[Path, int, Callable[[str, int], Path]]:
    """Return the starts, the steps, and our way to the paths (steps + 1, 2, N), or (steps + 1, 2)."""
    if which == "many":
        starts = np.random.default_rng(SEED).uniform(-2, 2, (STARTS, 2))
        return starts.T, STEPS, lambda key, n: trajectories(key, "rosenbrock", starts, n, lr=LR).transpose(1, 2, 0)
    start = np.array([-1.5, 1e-3])
    return start, ALONE, lambda key, n: trajectory(key, "saddle", start, n, lr=LR)


def _torch_paths(key: str, starts: Path, steps: int, which: str) -> Path:
    """Return what torch's optimizer and autograd make of it; starts are (2, N), or (2,)."""
    import torch

    name, options = PEERS[key]
    point = torch.tensor(starts, requires_grad=True)
    optimizer = getattr(torch.optim, name)([point], lr=LR, **options)
    path = torch.empty((steps + 1, *point.shape), dtype=torch.float64)
    path[0] = point.detach()
    for t in range(steps):
        optimizer.zero_grad()
        x, y = point[0], point[1]
        loss: Any = (1 - x) ** 2 + 100 * (y - x**2) ** 2 if which == "many" else x**2 - y**2
        loss.sum().backward()
        optimizer.step()
        path[t + 1] = point.detach()
    return np.asarray(path)


def _map() -> None:
    basins("adam", "himmelblau", (-6, 6, -6, 6), size=SIZE, steps=MAP_STEPS, lr=0.05)


def _seconds(work: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    begin = clock()
    work()
    return clock() - begin
