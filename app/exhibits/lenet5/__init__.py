"""A digit that LeNet-5 reads, every number of it open down to the pixels."""

from __future__ import annotations

from functools import partial

from app.drawing import Grid
from app.exhibits.base import Exhibit, LiveMaps, PictureInput, Tile
from app.exhibits.lenet5 import samples, strokes
from app.exhibits.lenet5.params import NETWORK, Params
from app.exhibits.lenet5.readings import gather
from app.exhibits.lenet5.scene import LenetScene, broken, canonical
from app.i18n import N_
from engine import digit as digits

TITLES = {3: N_("A three"), 7: N_("A seven"), 4: N_("A four"), 8: N_("An eight")}
NOTE = N_("28 × 28 pixels, 61 706 parameters")
TENSORS = ("x", "weight", "output", "digit", *NETWORK.shapes)

SHOWN = {3: (9, 8), 7: (4, 15), 4: (13, 11), 8: (11, 12)}  # digit -> where the window lies in its small picture


def _tile(digit: int) -> Tile:
    top, left = SHOWN[digit]
    ink = 255.0 - strokes.draw(samples.sample(digit), digits.SIDE)
    grid = Grid("input", "x", (0,), ink, 2, 255)
    query = "" if str(digit) == Params().digit else f"digit={digit}"
    return Tile(query, TITLES[digit], NOTE, grid, range(top, top + 5), range(left, left + 5))


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
    tiles=tuple(_tile(digit) for digit in SHOWN),
    pictures=PictureInput(
        lambda params, picture: params.model_copy(update={"digit": f"p-{picture}", "trail": "", "step": None})
    ),
    live=LiveMaps(("scaled", "digit", *NETWORK.shapes), LenetScene.live, LenetScene.sheet),
)
