"""The networks, by name. Each is one file here and one row of NETS.

Importing this imports no torch; `build` does.
"""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING

from engine import weights as stored
from engine.errors import RangeError, ShapeError
from engine.nets.architecture import Architecture
from engine.nets.lenet5 import LENET5
from engine.nets.summary import Summary

if TYPE_CHECKING:
    from engine.nets.network import Network

NETS: dict[str, Architecture] = {net.name: net for net in (LENET5,)}


def find(name: str) -> Architecture:
    """Return the architecture called `name`. Raises RangeError if there is none."""
    try:
        return NETS[name]
    except KeyError:
        raise RangeError("unknown network: {name}; have {have}", name=name, have=", ".join(NETS)) from None


def summarize(name: str) -> Summary:
    """Return what each stage of a network costs and sees; see Summary."""
    return Summary.of(find(name))


def build(name: str, weights: str | PathLike[str] | None = None, num_classes: int | None = None) -> Network:
    """Return a network as a torch module, in eval mode.

    weights       None draws them from torch's random numbers, "shipped" takes those that come with
                  ConvLens, anything else is the path of a safetensors file
    num_classes   None for as many as the paper has
    Raises RangeError on an unknown name or if no weights ship for it, FileError if a file is missing or
    damaged, ShapeError if its weights belong to another network or to another number of classes.
    """
    architecture = find(name)
    if num_classes is not None:
        architecture = architecture.with_classes(num_classes)
    import torch

    from engine.nets.network import Network

    net = Network(architecture)
    if weights is not None:
        arrays = stored.shipped(name) if weights == "shipped" else stored.read(weights)
        state = {key: torch.from_numpy(array) for key, array in arrays.items()}
        _check(net, {key: tuple(value.shape) for key, value in state.items()})
        net.load_state_dict(state)
    return net.eval()


def _check(net: Network, got: dict[str, tuple[int, ...]]) -> None:
    wanted = {key: tuple(value.shape) for key, value in net.state_dict().items()}
    for key in sorted(wanted.keys() | got.keys()):
        if wanted.get(key) != got.get(key):
            raise ShapeError(
                "these weights do not fit {net}: {key} must have the shape {wanted}, got {got}",
                net=net.architecture.title,
                key=key,
                wanted=wanted.get(key),
                got=got.get(key),
            )
