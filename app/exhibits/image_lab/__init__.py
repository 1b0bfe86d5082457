"""A photo inside AlexNet: every map of every stage, every number open down to the pixels."""

from __future__ import annotations

from functools import partial

from app.exhibits.base import Exhibit, LiveMaps, PictureInput
from app.exhibits.image_lab.params import STAGES, Params
from app.exhibits.image_lab.readings import gather
from app.exhibits.image_lab.scene import ImageLab, broken
from app.i18n import N_

NAMES = tuple(sorted(STAGES))

EXHIBIT = Exhibit(
    slug="image-lab",
    chapter=N_("Networks"),
    title=N_("Your photo inside AlexNet"),
    summary=N_("Every feature map of a photo in AlexNet, ZFNet or VGG-16, and any number of it down to the pixels."),
    Params=Params,
    prepare=ImageLab,
    gather=gather,
    broken=broken,
    view_params=("step",),
    arrays={name: partial(ImageLab.array, name=name) for name in ("output", "pixels", "levels", *NAMES)},
    pictures=PictureInput(
        lambda params, picture: params.model_copy(update={"photo": f"p-{picture}", "trail": "", "step": None})
    ),
    live=LiveMaps(("photo", "map", "filters", *NAMES), None, ImageLab.sheet),
)
