"""Activations, norms, dropout, paddings and losses beside torch, on layers of AlexNet: float32, one thread each."""

from __future__ import annotations

from functools import partial
from importlib.util import find_spec
from typing import Any

import numpy as np

import engine
from app.bench import conv2d
from app.bench.conv2d import SEED
from app.bench.processes import alone
from app.bench.row import Goal, MeasurementError, MissingPeerError, Result, Row

LAYERS = {"conv1": (1, 64, 55, 55), "conv3": (1, 384, 13, 13), "fc6": (1, 4096)}
CHANNELS, CLASSES, BATCH = 64, 1000, 128
TOLERANCE = 1e-4
GOAL = Goal("<=", 3)
ACTIVATIONS: dict[str, dict[str, object]] = {
    "relu": {},
    "sigmoid": {},
    "tanh": {},
    "leaky_relu": {},
    "elu": {},
    "selu": {},
    "softplus": {},
    "gelu": {},
    "silu": {},
    "dropout": {},
}
POINTWISE = ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "binary_cross_entropy_with_logits")
MODES = ("reflect", "replicate", "circular")


def rows() -> tuple[Row, ...]:
    """Return a row for each operation that torch has."""
    places = [(name, layer) for name in ACTIVATIONS for layer in LAYERS]
    places += [(name, "conv1") for name in (*POINTWISE, "binary_cross_entropy", "prelu", "batch_norm2d", "layer_norm")]
    places += [(f"pad-{mode}", "conv1") for mode in MODES]
    places += [(name, "logits") for name in ("log_softmax", "cross_entropy", "nll_loss", "multi_margin_loss")]
    return tuple(_row(name, layer) for name, layer in places)


def _row(name: str, layer: str) -> Row:
    shape = (BATCH, CLASSES) if layer == "logits" else LAYERS[layer]
    return Row(
        name=f"operation-{name}-{layer}",
        what=f"{name}, AlexNet {layer} ({'×'.join(map(str, shape))})",
        peer="torch, one thread",
        measure=partial(_measure, name, layer),
        goal=GOAL,
    )


def _measure(name: str, layer: str) -> Result:
    if find_spec("torch") is None:
        raise MissingPeerError("torch")
    return Result(alone(compare, name, layer))


def compare(name: str, layer: str) -> float:
    """Return the median time of ours over that of torch; runs in a process of its own."""
    import torch

    torch.set_num_threads(1)
    shape = (BATCH, CLASSES) if layer == "logits" else LAYERS[layer]
    arguments, options, there = _call(name, shape)
    operation = name.partition("-")[0]
    ours = partial(getattr(engine, operation), *arguments, **options)
    function = getattr(torch.nn.functional, there, None) or getattr(torch, there)

    tensors = [torch.from_numpy(a) if isinstance(a, np.ndarray) else a for a in arguments]

    def peer() -> Any:
        with torch.inference_mode():
            return function(*tensors, **options)

    if operation != "dropout" and not np.allclose(ours(), np.asarray(peer()), rtol=TOLERANCE, atol=TOLERANCE):
        raise MeasurementError(f"{name}: ours and torch's results differ")
    mine, theirs = conv2d.interleaved(ours, peer)
    return mine / theirs


def _call(name: str, shape: tuple[int, ...]) -> tuple[list[Any], dict[str, Any], str]:
    """Return arguments and options of an operation, and what torch calls it."""
    rng = np.random.default_rng(SEED)
    x = rng.standard_normal(shape, dtype=np.float32)
    if name in POINTWISE:
        return [x, rng.random(shape, dtype=np.float32)], {}, name
    if name == "binary_cross_entropy":
        return [rng.random(shape, dtype=np.float32), rng.random(shape, dtype=np.float32)], {}, name
    if name in ("cross_entropy", "nll_loss", "multi_margin_loss"):
        return [x, rng.integers(0, shape[1], shape[0])], {}, name
    weight, spread = rng.standard_normal(CHANNELS, dtype=np.float32), rng.random(CHANNELS, dtype=np.float32) + 1
    plain: dict[str, tuple[list[Any], dict[str, Any], str]] = {
        "prelu": ([x, weight], {}, name),
        "batch_norm2d": ([x, weight, spread, spread, weight], {}, "batch_norm"),
        "layer_norm": ([x, shape[1:]], {}, name),
        "log_softmax": ([x, 1], {}, name),
    }
    if name.startswith("pad-"):
        return [x, (2, 2, 2, 2), name.removeprefix("pad-")], {}, "pad"
    return plain.get(name, ([x], dict(ACTIVATIONS.get(name, {})), name))
