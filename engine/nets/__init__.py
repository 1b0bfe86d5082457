"""The networks, by name. Each is one file here and one row of NETS.

Importing this imports no torch; `build` does.
"""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING

from engine import weights as stored
from engine.errors import RangeError
from engine.nets.alexnet import ALEXNET
from engine.nets.alexnet_2012 import ALEXNET_2012
from engine.nets.architecture import POOLED_HEAD, Architecture
from engine.nets.lenet5 import LENET5
from engine.nets.summary import Summary
from engine.nets.tiny_vgg import TINY_VGG
from engine.nets.vgg16 import VGG16
from engine.nets.zfnet import ZFNET

if TYPE_CHECKING:
    from engine.nets.network import Network
    from engine.weights import Manifest

NETS: dict[str, Architecture] = {net.name: net for net in (LENET5, ALEXNET_2012, ALEXNET, ZFNET, VGG16, TINY_VGG)}


def find(name: str) -> Architecture:
    """Return the architecture called `name`. Raises RangeError if there is none."""
    try:
        return NETS[name]
    except KeyError:
        raise RangeError("unknown network: {name}; have {have}", name=name, have=", ".join(NETS)) from None


def described(name: str, manifest: Manifest) -> Architecture:
    """Return the architecture called `name` in the variant that a file of weights is for.

    Raises RangeError on an unknown name or variant.
    """
    architecture = find(name)
    if manifest.variant == POOLED_HEAD:
        return architecture.with_pooled_head(manifest.num_classes or architecture.num_classes)
    if manifest.variant:
        raise RangeError("unknown variant of a network: {variant}", variant=manifest.variant)
    return architecture if manifest.num_classes is None else architecture.with_classes(manifest.num_classes)


def summarize(name: str, weights: str | PathLike[str] | None = None) -> Summary:
    """Return what each stage of a network costs and sees; see Summary.

    weights   as in build; None for the network as its paper has it
    """
    if weights is None:
        return Summary.of(find(name))
    return Summary.of(described(name, stored.manifest(name, weights)))


def build(name: str, weights: str | PathLike[str] | None = None, num_classes: int | None = None) -> Network:
    """Return a network as a torch module, in eval mode.

    weights       None draws them from torch's random numbers, "shipped" takes those that come with
                  ConvLens, "official" those that `convlens weights get` has downloaded, anything else is
                  the path of a safetensors file. A file may be for a variant of the network, as the
                  shipped ones of AlexNet are: see `described`
    num_classes   None for as many as the paper, or the file, has
    Raises RangeError on an unknown name or if there are no such weights, FileError if a file is missing or
    damaged, ShapeError if its weights belong to another network or to another number of classes.
    """
    file = None if weights is None else stored.find(name, weights)
    architecture = find(name) if file is None else described(name, file.manifest)
    if num_classes is not None:
        architecture = architecture.with_classes(num_classes)
    import torch

    from engine.nets.network import Network

    if file is None:
        return Network(architecture).eval()
    return Network.with_state(architecture, {key: torch.from_numpy(array) for key, array in file.arrays.items()}).eval()
