"""What can be chosen in the image lab, whether or not there is anything to see."""

from __future__ import annotations

from typing import Any

from app.exhibits.image_lab.params import PHOTO_NETS, Params, PhotoParams, picture_of
from app.exhibits.image_lab.samples import SAMPLES
from app.i18n import N_, Words
from app.networks.sources import SOURCES, best_source
from engine.nets import NETS
from engine.nets.photo_reading import RANDOM
from engine.weights.official import OFFICIAL

VIEWS = {"stage": N_("One stage"), "layers": N_("All layers"), "depth": N_("From low to high")}


def choices(params: PhotoParams, words: Words) -> dict[str, Any]:
    """Return photos, networks, weights and views."""
    return {
        "samples": [(name, title) for name, (_, title) in SAMPLES.items()],
        "uploaded": picture_of(params.photo),
        "nets": [(name, NETS[name].title, best_source(name)) for name in PHOTO_NETS],
        "sources": SOURCES,
        "source_name": words.gettext(SOURCES[params.source]),
        "views": VIEWS,
        "untrained": params.source == RANDOM,
        "official": OFFICIAL.get(params.net) if params.source != "official" else None,
    }


def broken(params: Params, words: Words) -> dict[str, Any]:
    """Return the context of a page that has nothing to show: the photos and networks stay."""
    return {"scene": None, "params": params, "repairs": [], **choices(params, words)}
