"""conv2d and conv2d_backward beside torch: float32, one image, one thread each, interleaved."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from statistics import median
from typing import Any, NamedTuple

import numpy as np

from app.bench.processes import alone
from app.bench.row import Goal, MeasurementError, MissingPeerError, Result, Row
from engine import conv2d, conv2d_backward
from engine.ops.arrays import Array

SECONDS = 1.5  # for one layer
FEWEST, MOST = 9, 400  # pairs
SEED = 231
TOLERANCE = 1e-4  # of the largest value

Work = Callable[[], Any]


class Layer(NamedTuple):
    """A layer at batch 1; sizes are square."""

    where: str
    in_channels: int
    size: int
    out_channels: int
    kernel_size: int
    stride: int = 1
    padding: int = 0

    @property
    def text(self) -> str:
        side = f"{self.kernel_size}×{self.kernel_size}"
        return f"{self.where} ({self.in_channels}×{self.size}×{self.size}, {self.out_channels} of {side})"


LAYERS = {
    "lenet-c1": Layer("LeNet C1", 1, 32, 6, 5),
    "lenet-c3": Layer("LeNet C3", 6, 14, 16, 5),
    "alexnet-conv1": Layer("AlexNet conv1", 3, 224, 64, 11, stride=4, padding=2),
    "alexnet-conv2": Layer("AlexNet conv2", 64, 27, 192, 5, padding=2),
    "alexnet-conv3": Layer("AlexNet conv3", 192, 13, 384, 3, padding=1),
    "alexnet-conv4": Layer("AlexNet conv4", 384, 13, 256, 3, padding=1),
    "alexnet-conv5": Layer("AlexNet conv5", 256, 13, 256, 3, padding=1),
    "vgg16-conv1-2": Layer("VGG-16 conv1_2", 64, 224, 64, 3, padding=1),
}
NO_GOAL = "none: 11×11 windows 4 apart, 1.75x as designed"


def rows() -> tuple[Row, ...]:
    """Return the rows of the family: every layer forward, those of LeNet and AlexNet backward."""
    backward = [name for name in LAYERS if not name.startswith("vgg16")]
    return (*map(_forward_row, LAYERS), *map(_backward_row, backward))


def _forward_row(name: str) -> Row:
    bound = {"lenet": 0.5, "alexnet": 1.25, "vgg16": 1.35}[name.split("-")[0]]
    free = name == "alexnet-conv1"
    return Row(
        name=f"conv2d-forward-{name}",
        what=LAYERS[name].text,
        peer="torch, one thread",
        measure=partial(_measure, "forward", name),
        goal=None if free else Goal("<=", bound),
        limit="1.1x (im2col traffic)",
        why_no_goal=NO_GOAL if free else "",
    )


def _backward_row(name: str) -> Row:
    return Row(
        name=f"conv2d-backward-{name}",
        what=LAYERS[name].text,
        peer="torch, one thread",
        measure=partial(_measure, "backward", name),
        goal=Goal("<=", 1.3),
    )


def _measure(direction: str, name: str) -> Result:
    if find_spec("torch") is None:
        raise MissingPeerError("torch")
    return Result(alone(compare, direction, name))


def compare(direction: str, name: str) -> float:
    """Return the median time of ours over that of torch; runs in a process of its own."""
    import torch

    torch.set_num_threads(1)
    ours, peer = (_forward if direction == "forward" else _backward)(LAYERS[name])
    for got, wanted in zip(ours(), peer(), strict=True):
        wanted = np.asarray(wanted)
        if not np.allclose(got, wanted, rtol=0, atol=TOLERANCE * float(np.abs(wanted).max())):
            raise MeasurementError(f"{direction} of {name}: ours and torch's results differ")
    mine, theirs = interleaved(ours, peer)
    return mine / theirs


def interleaved(ours: Work, peer: Work) -> tuple[float, float]:
    """Return the median seconds of both, run in turns so that the machine's moods meet both alike."""
    pairs: list[tuple[float, float]] = []
    stop = time.perf_counter() + SECONDS
    while len(pairs) < FEWEST or (len(pairs) < MOST and time.perf_counter() < stop):
        pairs.append((_seconds(ours), _seconds(peer)))
    mine, theirs = zip(*pairs, strict=True)
    return median(mine), median(theirs)


def _seconds(work: Work) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def tensors(layer: Layer) -> tuple[Array, Array, Array]:
    """Return input, filters and biases of `layer`, the same in every run."""
    rng = np.random.default_rng(SEED)
    kernel = (layer.out_channels, layer.in_channels, layer.kernel_size, layer.kernel_size)
    shapes = ((1, layer.in_channels, layer.size, layer.size), kernel, (layer.out_channels,))
    x, weight, bias = (rng.standard_normal(shape, dtype=np.float32) for shape in shapes)
    return x, weight, bias


def _forward(layer: Layer) -> tuple[Work, Work]:
    import torch

    x, weight, bias = tensors(layer)
    image, filters, biases = (torch.from_numpy(array) for array in (x, weight, bias))
    stride, padding = layer.stride, layer.padding

    def peer() -> tuple[Any]:
        with torch.inference_mode():
            return (torch.nn.functional.conv2d(image, filters, biases, stride, padding),)

    return lambda: (conv2d(x, weight, bias, stride=stride, padding=padding),), peer


def _backward(layer: Layer) -> tuple[Work, Work]:
    """Both return the gradients of input, weight and bias; torch without the cost of its autograd."""
    import torch

    x, weight, bias = tensors(layer)
    grad = np.ones_like(conv2d(x, weight, bias, stride=layer.stride, padding=layer.padding))
    grad *= np.random.default_rng(SEED).standard_normal(grad.shape, dtype=np.float32)
    copies = [torch.from_numpy(array) for array in (grad, x, weight)]
    pairs = [[layer.stride] * 2, [layer.padding] * 2, [1, 1], False, [0, 0], 1]

    def peer() -> Any:
        with torch.inference_mode():
            return torch.ops.aten.convolution_backward(*copies, [len(bias)], *pairs, [True] * 3)

    return lambda: conv2d_backward(grad, x, weight, stride=layer.stride, padding=layer.padding), peer
