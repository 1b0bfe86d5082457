"""What a link calls a drawing: a typical digit, pen strokes, or a picture that was uploaded."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from PIL import Image

from app.exhibits.lenet5 import samples, strokes
from app.i18n import N_
from app.pictures import PictureStore
from engine import RangeError
from engine.ops.arrays import Array

LONGEST = 400  # rows or columns of an uploaded picture that are looked at; a digit needs no more
_PICTURE = re.compile(r"p-([0-9a-f]{32})")


@dataclass(frozen=True)
class Drawing:
    """Either strokes, or the hash of a stored picture."""

    strokes: strokes.Strokes = ()
    picture: str = ""

    @classmethod
    def read(cls, text: str) -> Drawing:
        """Return the drawing that `text` names. Raises RangeError if it is none."""
        if len(text) == 1 and text.isdecimal() and text.isascii():
            return cls(samples.sample(int(text)))
        if match := _PICTURE.fullmatch(text):
            return cls(picture=match[1])
        if text.startswith("s-"):
            return cls(strokes.read(text[2:]))
        raise RangeError(
            N_("wanted a digit from 0 to 9, strokes (s-...) or an uploaded picture (p-...), got “{got}”"), got=text[:40]
        )

    @property
    def text(self) -> str:
        """The strokes as a script takes them up."""
        return strokes.write(self.strokes)

    @property
    def path(self) -> str:
        """The strokes as an SVG path."""
        return strokes.path(self.strokes)

    def pixels(self, pictures: PictureStore) -> Array:
        """Return the drawing as uint8 (H, W) or (H, W, 3). Raises RangeError if it is no longer stored."""
        if not self.picture:
            return strokes.draw(self.strokes)
        stored = pictures.get(self.picture)
        if stored is None:
            raise RangeError(N_("this picture is no longer stored; upload it again"))
        image = Image.fromarray(stored)
        image.thumbnail((LONGEST, LONGEST), Image.Resampling.BOX)
        return np.asarray(image)
