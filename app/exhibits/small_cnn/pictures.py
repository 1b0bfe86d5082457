"""The network at its step as a PNG: what a teacher puts on a slide. Light theme, labels in English."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from app.exhibits import columns_picture
from app.exhibits.columns_picture import Item, Stack, sides
from app.exhibits.small_cnn.panels import Shown
from app.i18n import words

if TYPE_CHECKING:
    from app.exhibits.small_cnn.scene import SmallCnnScene

BELOW = ("linear", "softmax")  # panels of the second line


def draw(scene: SmallCnnScene) -> bytes:
    """Return the whole network and the sentence of the step, or of the open number, as PNG bytes."""
    above: list[Stack] = []
    below: list[Stack] = []
    told = scene.context(words("en"))
    for panel, columns in told["panels"]:
        (below if panel.key in BELOW else above).extend([_item(one) for one in column] for column in columns)
    return columns_picture.draw([above, below], [Markup(told["narration"]).striptags()])


def _item(one: Shown) -> Item:
    outline = sides(*one.outline) if one.outline else None
    return Item(one.grid, f"{one.name}  {one.symbol}{one.index}", outline, at=None if one.reached else -1)
