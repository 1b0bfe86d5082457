"""Max and average pooling beside torch: float32, one image, one thread each, interleaved."""

from __future__ import annotations

from functools import partial
from importlib.util import find_spec
from typing import Any, NamedTuple

import numpy as np

from app.bench import conv2d
from app.bench.conv2d import SEED, TOLERANCE, Work
from app.bench.processes import alone
from app.bench.row import Goal, MeasurementError, MissingPeerError, Result, Row
from engine import avg_pool2d, max_pool2d


class Pool(NamedTuple):
    """A pooling at batch 1; sizes are square."""

    where: str
    maps: int
    size: int
    kernel_size: int
    stride: int


POOLS = {
    "lenet": Pool("LeNet S2", 6, 28, 2, 2),
    "alexnet": Pool("AlexNet pool1", 64, 55, 3, 2),
}
KINDS = {"max": ("with switches", Goal("<=", 3)), "average": ("", Goal("<=", 2))}


def rows() -> tuple[Row, ...]:
    """Return a row for each kind of pooling on each layer."""
    return tuple(_row(kind, name) for kind in KINDS for name in POOLS)


def _row(kind: str, name: str) -> Row:
    pool, (extra, goal) = POOLS[name], KINDS[kind]
    window = f"{pool.kernel_size}×{pool.kernel_size} every {pool.stride}"
    return Row(
        name=f"pool-{kind}-{name}",
        what=f"{pool.where} ({pool.maps}×{pool.size}×{pool.size}, {window}) {extra}".rstrip(),
        peer="torch, one thread",
        measure=partial(_measure, kind, name),
        goal=goal,
    )


def _measure(kind: str, name: str) -> Result:
    if find_spec("torch") is None:
        raise MissingPeerError("torch")
    return Result(alone(compare, kind, name))


def compare(kind: str, name: str) -> float:
    """Return the median time of ours over that of torch; runs in a process of its own."""
    import torch

    torch.set_num_threads(1)
    ours, peer = (_max if kind == "max" else _average)(POOLS[name])
    for got, wanted in zip(ours(), peer(), strict=True):
        if not np.allclose(got, np.asarray(wanted), rtol=0, atol=TOLERANCE):
            raise MeasurementError(f"{kind} pooling of {name}: ours and torch's results differ")
    mine, theirs = conv2d.interleaved(ours, peer)
    return mine / theirs


def _input(pool: Pool) -> Any:
    shape = (1, pool.maps, pool.size, pool.size)
    return np.random.default_rng(SEED).standard_normal(shape, dtype=np.float32)


def _max(pool: Pool) -> tuple[Work, Work]:
    import torch

    x = _input(pool)
    image, size, stride = torch.from_numpy(x), pool.kernel_size, pool.stride

    def peer() -> Any:
        with torch.inference_mode():
            return torch.nn.functional.max_pool2d(image, size, stride, return_indices=True)

    return lambda: max_pool2d(x, size, stride=stride), peer


def _average(pool: Pool) -> tuple[Work, Work]:
    import torch

    x = _input(pool)
    image, size, stride = torch.from_numpy(x), pool.kernel_size, pool.stride

    def peer() -> Any:
        with torch.inference_mode():
            return (torch.nn.functional.avg_pool2d(image, size, stride),)

    return lambda: (avg_pool2d(x, size, stride=stride),), peer
