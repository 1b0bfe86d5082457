"""Deconvnet, step by step: from one unit down to what excited it, by operations that the learner knows."""

from __future__ import annotations

from functools import partial

from app.exhibits.base import Exhibit, LiveMaps, PictureInput
from app.exhibits.deconvnet.params import Params
from app.exhibits.deconvnet.projections import gather
from app.exhibits.deconvnet.scene import FILES, PICTURES, DeconvnetScene, broken
from app.i18n import N_

EXHIBIT = Exhibit(
    slug="deconvnet",
    chapter=N_("Seeing inside"),
    title=N_("Deconvnet, step by step"),
    summary=N_("From one unit down to the pixels that excited it: unpool, rectify, filters transposed, every number."),
    Params=Params,
    prepare=DeconvnetScene,
    gather=gather,
    broken=broken,
    arrays={name: partial(DeconvnetScene.array, name=name) for name in FILES},
    picture=DeconvnetScene.picture,
    pictures=PictureInput(
        lambda params, picture: params.model_copy(update={"photo": f"p-{picture}", "step": None, "spot": None})
    ),
    live=LiveMaps(PICTURES, None, DeconvnetScene.sheet),
)
