"""Going from a unit back to the picture, beside captum: float32, one picture, one thread each, interleaved."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from typing import Any

import numpy as np

from app.bench import conv2d
from app.bench.processes import alone
from app.bench.row import Goal, MeasurementError, MissingPeerError, Result, Row

SEED = 231
NET, UNIT = "alexnet-2012", 100
FIRST_UNIT = 40  # of conv1, which has 96
TOLERANCE = 1e-5  # of the largest number: captum goes down through the whole plane, in another order
LAYERS = {"conv1": 10, "conv2": 10, "conv3": 10, "conv4": 10, "conv5": 8}  # how many times faster we want to be


def rows() -> tuple[Row, ...]:
    """Return a row for the deconvnet of each convolution of AlexNet, its strongest cell, the switches known."""
    return tuple(
        Row(
            name=f"interpret-deconvnet-{layer}",
            what=f"AlexNet 2012: one cell of {layer} projected to the pixels, switches known: times faster",
            peer="captum's NeuronDeconvolution, one thread",
            measure=partial(_measure, layer),
            goal=Goal(">=", bound),
        )
        for layer, bound in LAYERS.items()
    )


def _measure(layer: str) -> Result:
    if find_spec("captum") is None:
        raise MissingPeerError("captum")
    return Result(alone(compare, layer))


def compare(layer: str) -> float:
    """Return the median time of captum over ours; runs in a process of its own."""
    import torch

    torch.set_num_threads(1)
    ours, peer = _both(layer)
    got, wanted = ours(), peer()
    if not np.allclose(got, wanted, rtol=0, atol=TOLERANCE * np.abs(wanted).max()):
        raise MeasurementError(f"the projection of {layer}: ours and captum's differ")
    mine, theirs = conv2d.interleaved(ours, peer)
    return theirs / mine


def _both(layer: str) -> tuple[Callable[[], Any], Callable[[], Any]]:
    """Return what projects a unit's strongest cell our way, and captum's; the weights are drawn, times do not care."""
    import torch
    from captum.attr import NeuronDeconvolution

    from engine.interpret.forward_pass import ForwardPass
    from engine.interpret.projection import project_known
    from engine.nets import find
    from engine.nets.network import Network

    torch.manual_seed(SEED)
    net = Network(find(NET)).eval().channels_last()
    x = torch.randn(1, 3, 224, 224)
    passed = ForwardPass.of(net, x)
    unit = FIRST_UNIT if layer == "conv1" else UNIT
    plane = passed.values[layer][unit]
    place = divmod(int(plane.argmax()), plane.shape[1])
    attributed = x.clone().requires_grad_()
    method = NeuronDeconvolution(net, net.get_submodule(layer))

    def ours() -> Any:
        return project_known(passed, layer, unit, keep=place, start="one").pixels

    def peer() -> Any:
        return method.attribute(attributed, (unit, *place))[0].detach().numpy()

    return ours, peer
