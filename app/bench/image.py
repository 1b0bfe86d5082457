"""From a decoded photo to all maps as bytes: beside the network's own forward pass, and beside matplotlib."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from typing import Any

import numpy as np

from app.bench import conv2d
from app.bench.processes import alone
from app.bench.row import Goal, MissingPeerError, Result, Row
from app.encoding import packed
from app.networks.wall import Layout, Look, Wall, as_they_come
from engine.ops.arrays import Array

SEED = 7
KINDS = {"compressed": Goal("<=", 0.45), "raw": Goal("<=", 0.2)}
COLUMNS = 32  # subplots in a row of the figure


def rows() -> tuple[Row, ...]:
    """Return the rows: what showing all 1,152 convolution maps of AlexNet costs beside computing them."""
    what = "AlexNet's 1,152 convolution maps as bytes"
    shown = tuple(
        Row(
            name=f"image-{kind}",
            what=f"{what}, {kind}: time besides computing them",
            peer="the convolution stages' forward pass, one thread",
            measure=partial(_overhead, kind),
            goal=goal,
        )
        for kind, goal in KINDS.items()
    )
    slow = Row(
        name="image-matplotlib",
        what=f"{what}, compressed: times faster",
        peer="matplotlib, a subplot for each",
        measure=_beside_matplotlib,
        goal=Goal(">=", 600),
    )
    return (*shown, slow)


def _overhead(kind: str) -> Result:
    return Result(alone(overhead, kind))


def _beside_matplotlib() -> Result:
    if find_spec("matplotlib") is None:
        raise MissingPeerError("matplotlib")
    return Result(alone(beside_matplotlib))


def overhead(kind: str) -> float:
    """Return the median time of photo to bytes over that of the forward pass, less one; in a process of its own."""
    maps, shown = _network(), {"compressed": _pictures, "raw": _levels}[kind]
    both, forward = conv2d.interleaved(lambda: shown(maps()), maps)
    return both / forward - 1


def beside_matplotlib() -> float:
    """Return how many times faster than matplotlib the pictures are made; in a process of its own."""
    values = _network()()
    _pictures(values)
    begin = time.perf_counter()
    _pictures(values)
    middle = time.perf_counter()
    _subplots(values)
    return (time.perf_counter() - middle) / (middle - begin)


def _network() -> Callable[[], list[Array]]:
    """Return what computes the maps of AlexNet's five convolutions for a photo."""
    import torch

    from engine.nets import find
    from engine.nets.network import Network

    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    net = Network(find("alexnet").with_pooled_head(10)).eval().channels_last()
    photo = torch.randn(1, 3, 224, 224).to(memory_format=torch.channels_last)

    def maps() -> list[Array]:
        with torch.inference_mode():
            found = dict(_until(net.walk(photo), "conv5"))
        return [value[0].numpy() for name, value in found.items() if name.startswith("conv")]

    return maps


def _until(stages: Any, last: str) -> Any:
    for name, value in stages:
        yield name, value
        if name == last:
            return


def _walls(values: list[Array]) -> list[Wall]:
    return [Wall(value, Look(), as_they_come(value), Layout.of(value.shape)) for value in values]


def _pictures(values: list[Array]) -> list[bytes]:
    return [packed(wall.picture("light", packed=False)) for wall in _walls(values)]


def _levels(values: list[Array]) -> list[bytes]:
    return [wall.levels.tobytes() for wall in _walls(values)]


def _subplots(values: list[Array]) -> bytes:
    """Return one figure with a subplot for each map, as many a notebook has it."""
    from matplotlib.figure import Figure

    planes = [plane for value in values for plane in value]
    figure = Figure(figsize=(COLUMNS, len(planes) / COLUMNS), dpi=50)
    for axes, plane in zip(np.ravel(figure.subplots(-(-len(planes) // COLUMNS), COLUMNS)), planes, strict=False):
        axes.imshow(plane, cmap="RdBu")
        axes.axis("off")
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue()
