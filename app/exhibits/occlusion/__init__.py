"""Occlusion, as figure 7 of Zeiler & Fergus 2014: a patch moves over a photo, the network's answers are drawn."""

from __future__ import annotations

from functools import partial

from app.exhibits.base import Exhibit, LiveMaps, PictureInput
from app.exhibits.occlusion.choices import broken
from app.exhibits.occlusion.params import Params
from app.exhibits.occlusion.picture import composed
from app.exhibits.occlusion.scene import ARRAYS, PICTURES, OcclusionScene
from app.exhibits.occlusion.swept import gather
from app.i18n import N_

EXHIBIT = Exhibit(
    slug="occlusion",
    chapter=N_("Seeing inside"),
    title=N_("What the network looks at"),
    summary=N_("Cover a part of a photo: how likely is the class then, what does the strongest feature map do?"),
    Params=Params,
    prepare=OcclusionScene,
    gather=gather,
    broken=broken,
    arrays={name: partial(OcclusionScene.array, name=name) for name in ARRAYS},
    picture=composed,
    pictures=PictureInput(lambda params, picture: params.model_copy(update={"photo": f"p-{picture}", "target": None})),
    live=LiveMaps(PICTURES, OcclusionScene.live, OcclusionScene.sheet),
)
