"""The address of one number of the network: conv.0.1.2 is a number, d_conv.0.1.2 its gradient.

new_weight.0.0.1.2 is that weight after the update.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.exhibits.small_cnn.presets import SHAPES, X_SHAPE
from app.i18n import N_
from engine import RangeError

FLAT = SHAPES["linear_weight"][1]
SHAPE_OF = {
    "x": X_SHAPE,
    **SHAPES,
    "conv": (2, 4, 4),
    "relu": (2, 4, 4),
    "pool": (2, 2, 2),
    "flat": (FLAT,),
    "logits": (2,),
    "probabilities": (2,),
    "loss": (),
}
MADE = ("conv", "relu", "pool", "flat", "logits", "probabilities", "loss")  # forwards; the others are given
OPENED: dict[str, tuple[int, ...]] = {
    **{name: SHAPE_OF[name] for name in MADE},
    **{f"d_{name}": shape for name, shape in SHAPE_OF.items() if name != "loss"},
    **{f"new_{name}": shape for name, shape in SHAPES.items()},
}
_ADDRESS = re.compile(r"([a-z_]{1,20})((?:\.[0-9]{1,3}){0,4})")


@dataclass(frozen=True)
class Cell:
    """One number: its tensor, as OPENED calls it, and its place there."""

    tensor: str
    place: tuple[int, ...]

    @classmethod
    def read(cls, text: str) -> Cell:
        """Return the cell that `text` names. Raises RangeError if the network has no such cell.

        A row or column of numbers is drawn in two dimensions; both of them may be given.
        """
        match = _ADDRESS.fullmatch(text)
        if match is None or match[1] not in OPENED:
            raise RangeError(
                N_("wanted a cell such as conv.0.1.2 or d_weight.0.0.1.2, got “{got}”; the tensors are {known}"),
                got=text[:40],
                known=", ".join(OPENED),
            )
        place, shape = tuple(int(k) for k in match[2].split(".")[1:]), OPENED[match[1]]
        if len(shape) == 1 and sum(k > 0 for k in place) <= 1 < len(place):
            place = (sum(place),)
        if len(place) != len(shape) or any(k >= size for k, size in zip(place, shape, strict=True)):
            raise RangeError(
                N_("{tensor} has the shape {shape}; there is no cell {place} in it"),
                tensor=match[1],
                shape=" × ".join(map(str, shape)) or "1",
                place=match[2][1:],
            )
        return cls(match[1], place)

    @property
    def of(self) -> str:
        """The tensor that this is, or is a gradient or a later value of."""
        return self.tensor.removeprefix("d_").removeprefix("new_")

    def __str__(self) -> str:
        return ".".join([self.tensor, *map(str, self.place)])
