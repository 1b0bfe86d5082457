"""What can be chosen, whether or not there is anything to see."""

from __future__ import annotations

from typing import Any

from app.exhibits.image_lab.choices import choices
from app.exhibits.occlusion.params import Params
from app.i18n import N_, Words
from engine import EngineError

FILLS = {
    "grey": N_("grey"),
    "mean": N_("the photo's mean colour"),
    "black": N_("black"),
    "white": N_("white"),
    "blur": N_("the photo, blurred"),
}


def offered(params: Params, words: Words) -> dict[str, Any]:
    """Return photos, networks, weights, layers and what covers."""
    try:
        layers = params.layers
    except EngineError:  # the weights are not here
        layers = []
    return {**choices(params, words), "params": params, "fills": FILLS, "layers": layers}


def broken(params: Params, words: Words) -> dict[str, Any]:
    """Return the context of a page that has nothing to show: all choices stay."""
    return {"scene": None, "repairs": [], **offered(params, words)}
