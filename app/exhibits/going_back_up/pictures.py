"""The current step as a PNG: what a teacher puts on a slide. Light theme, labels in English."""

from __future__ import annotations

from app.exhibits import columns_picture
from app.exhibits.columns_picture import Item, sides
from app.exhibits.going_back_up.scene import Shown, UpScene
from app.i18n import words


def draw(scene: UpScene) -> bytes:
    """Return the tensors in their columns and the step in a sentence, as PNG bytes."""
    english = words("en")
    columns = [[_item(one) for one in column] for column in scene.columns(english)]
    return columns_picture.draw([columns], [scene.narration(english).striptags()])


def _item(one: Shown) -> Item:
    label = " ".join(part for part in (one.name, one.symbol + one.index, one.detail) if part)
    return Item(one.grid, label, sides(one.rows, one.columns), one.now, one.at)
