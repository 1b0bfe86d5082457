"""The networks that pages open, in the variants that their weights are for."""

from __future__ import annotations

from functools import lru_cache

from app.i18n import N_
from engine import weights
from engine.nets import described
from engine.nets.architecture import Architecture
from engine.nets.photo_reading import RANDOM, UNTRAINED
from engine.weights import Manifest

SOURCES = {
    "shipped": N_("trained by ConvLens"),
    "official": N_("official ImageNet weights"),
    "random": N_("untrained: random weights"),
}


@lru_cache(16)
def manifest_of(net: str, source: str) -> Manifest:
    """Return what the weights say of themselves. Raises EngineError if there are none; that is not kept."""
    return UNTRAINED if source == RANDOM else weights.manifest(net, source)


@lru_cache(16)
def architecture_of(net: str, source: str) -> Architecture:
    """Return the network that weights from `source` are for. Raises as manifest_of."""
    return described(net, manifest_of(net, source))


def best_source(net: str) -> str:
    """Return "shipped" where trained weights come with ConvLens, else "random"."""
    return "shipped" if net in weights.shipped_names() else RANDOM
