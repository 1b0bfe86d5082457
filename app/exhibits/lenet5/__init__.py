"""A digit that LeNet-5 reads, every number of it open down to the pixels."""

from __future__ import annotations

from functools import partial

from app.exhibits.base import Exhibit, LiveMaps, PictureInput
from app.exhibits.lenet5.params import NETWORK, Params
from app.exhibits.lenet5.readings import gather
from app.exhibits.lenet5.scene import LenetScene, broken, canonical
from app.i18n import N_

TENSORS = ("x", "weight", "output", "digit", *NETWORK.shapes)

EXHIBIT = Exhibit(
    slug="lenet5",
    chapter=N_("Networks"),
    title=N_("A digit, read by LeNet-5"),
    summary=N_("Draw a digit, watch every map of the network, and open any number of it down to the pixels."),
    Params=Params,
    prepare=LenetScene,
    gather=gather,
    canonical=canonical,
    broken=broken,
    long_params=("digit", "beside"),
    view_params=("step",),
    moments=LenetScene.moments,
    arrays={name: partial(LenetScene.array, name=name) for name in TENSORS},
    pictures=PictureInput(
        lambda params, picture: params.model_copy(
            update={"digit": f"p-{picture}", "cell": None, "trail": "", "step": None}
        )
    ),
    live=LiveMaps(("scaled", "digit", *NETWORK.shapes), LenetScene.live, LenetScene.sheet),
)
