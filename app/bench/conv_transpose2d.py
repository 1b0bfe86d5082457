"""conv_transpose2d beside torch: float32, one image, one thread each, interleaved."""

from __future__ import annotations

from functools import partial
from importlib.util import find_spec
from typing import Any

import numpy as np

from app.bench.conv2d import TOLERANCE, Layer, Work, interleaved, tensors
from app.bench.processes import alone
from app.bench.row import Goal, MeasurementError, MissingPeerError, Result, Row
from engine import conv_transpose2d

LAYERS = {
    "doubling": Layer("doubling size", 64, 28, 32, 4, stride=2, padding=1),
    "small": Layer("a small decoder's", 16, 8, 8, 4, stride=2, padding=1),
}


def rows() -> tuple[Row, ...]:
    """Return a row for each layer."""
    return tuple(
        Row(
            name=f"conv-transpose2d-{name}",
            what=f"transposed: {layer.text}",
            peer="torch, one thread",
            measure=partial(_measure, name),
            goal=Goal("<=", 2),
        )
        for name, layer in LAYERS.items()
    )


def _measure(name: str) -> Result:
    if find_spec("torch") is None:
        raise MissingPeerError("torch")
    return Result(alone(compare, name))


def compare(name: str) -> float:
    """Return the median time of ours over that of torch; runs in a process of its own."""
    import torch

    torch.set_num_threads(1)
    ours, peer = _works(LAYERS[name])
    wanted = np.asarray(peer())
    if not np.allclose(ours(), wanted, rtol=0, atol=TOLERANCE * float(np.abs(wanted).max())):
        raise MeasurementError(f"transposed convolution of {name}: ours and torch's results differ")
    mine, theirs = interleaved(ours, peer)
    return mine / theirs


def _works(layer: Layer) -> tuple[Work, Work]:
    import torch

    x, weight, bias = tensors(layer)
    weight = np.ascontiguousarray(weight.swapaxes(0, 1))  # (C_in, C_out, K_h, K_w)
    image, filters, biases = (torch.from_numpy(array) for array in (x, weight, bias))
    stride, padding = layer.stride, layer.padding

    def peer() -> Any:
        with torch.inference_mode():
            return torch.nn.functional.conv_transpose2d(image, filters, biases, stride, padding)

    return lambda: conv_transpose2d(x, weight, bias, stride=stride, padding=padding), peer
