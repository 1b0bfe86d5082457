"""A photo inside AlexNet: every map of every stage, every number open down to the pixels."""

from __future__ import annotations

from functools import partial

from app.exhibits.base import Exhibit, LiveMaps, PictureInput
from app.exhibits.image_lab.choices import broken
from app.exhibits.image_lab.layers import LayersView
from app.exhibits.image_lab.maps import StageMaps
from app.exhibits.image_lab.params import STAGES, Params
from app.exhibits.image_lab.readings import Looked, early, gather
from app.exhibits.image_lab.scene import ImageLab
from app.i18n import N_

NAMES = tuple(sorted(STAGES))
PICTURES = ("whole", "photo", "map", "filters", *NAMES)


def _scene(params: Params, looked: Looked | None) -> ImageLab | LayersView:
    return ImageLab(params, looked) if looked else LayersView(params)


def _sheet(scene: ImageLab | StageMaps, name: str, theme: str, of: str, packed: bool) -> bytes:
    return scene.sheet(name, theme, of, packed)


EXHIBIT = Exhibit(
    slug="image-lab",
    chapter=N_("Networks"),
    title=N_("Your photo inside AlexNet"),
    summary=N_("Every feature map of a photo in AlexNet, ZFNet or VGG-16, and any number of it down to the pixels."),
    Params=Params,
    prepare=_scene,
    gather=gather,
    broken=broken,
    view_params=("step",),
    page_only=("view",),
    arrays={name: partial(ImageLab.array, name=name) for name in ("output", "pixels", "levels", *NAMES)},
    pictures=PictureInput(
        lambda params, picture: params.model_copy(update={"photo": f"p-{picture}", "trail": "", "step": None})
    ),
    live=LiveMaps(PICTURES, None, _sheet, early),
)
