"""What the worker made of a link: computed once, kept for the pictures of the page and the next step."""

from __future__ import annotations

from typing import Any, NamedTuple

from app.exhibits.deconvnet.params import Params
from app.exhibits.image_lab.readings import pixels_of
from app.networks.kept import Kept
from app.pictures import Pixels
from engine.interpret.photo_projection import PhotoProjection, project_photo

MOST_BYTES = 60_000_000  # AlexNet's take about 2 MB each, the first layers of VGG-16 up to 40


class Projected(NamedTuple):
    """A photo, and one unit's way down to it."""

    photo: Pixels
    projection: PhotoProjection


def _bytes(projection: PhotoProjection) -> int:
    planes = sum(step.plane.nbytes for step in projection.steps)
    whole = (projection.window, projection.other, projection.pixels, projection.other_pixels, projection.overwritten)
    return planes + sum(array.nbytes for array in whole)


PROJECTIONS: Kept[PhotoProjection] = Kept(MOST_BYTES, _bytes)


async def gather(params: Params, state: Any) -> Projected:
    """Return the photo and the projection. Raises EngineError if there is no such layer, unit, step or number."""
    photo = await pixels_of(params.photo, state)
    asked, crop = params.asked, params.crop(photo)
    key = (params.net, params.source, params.photo, crop, asked)
    projection = await PROJECTIONS.get(
        key, lambda: state.worker.call(project_photo, params.net, params.source, photo, crop, asked)
    )
    return Projected(photo, projection)
