"""What a cell of C joins: one pixel, one weight, one output; and where the cells of a step lie in their tensors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app import numbers
from app.exhibits.convolution_matrix.resolve import Convolution
from app.i18n import Words

Indices = NDArray[np.int64]
Sides = tuple[list[int], list[int]]


def name(tensor: str, flat: int, shape: tuple[int, ...]) -> str:
    """Return a cell as people write it: w[0,0,1,2]."""
    return f"{tensor}[{','.join(str(int(k)) for k in np.unravel_index(flat, shape))}]"


@dataclass(frozen=True)
class Joins:
    """Some entries of C, by their numbers in C."""

    convolution: Convolution
    entries: Indices

    @property
    def columns(self) -> Indices:
        return self.convolution.matrix.columns[self.entries]

    @property
    def rows(self) -> Indices:
        return self.convolution.matrix.rows[self.entries]

    @property
    def weights(self) -> Indices:
        return self.convolution.matrix.weights[self.entries]

    def on_input(self, channel: int) -> Sides | None:
        return _sides(self.columns, self.convolution.layer.x.shape, (channel,))

    def on_weight(self, filter_: int, channel: int) -> Sides | None:
        return _sides(self.weights, self.convolution.layer.weight.shape, (filter_, channel))

    def on_output(self, filter_: int) -> Sides | None:
        return _sides(self.rows, self.convolution.output.shape, (filter_,))


def chosen(convolution: Convolution, cell: tuple[int, int]) -> int | None:
    """Return which entry of C stands in `cell` (row, column), None if none does."""
    matrix = convolution.matrix
    hits = np.flatnonzero((matrix.rows == cell[0]) & (matrix.columns == cell[1]))
    return int(hits[0]) if hits.size else None


def sentence(convolution: Convolution, cell: tuple[int, int], words: Words) -> str:
    """Say what the cell of C in this row and column is."""
    row, column = cell
    matrix = convolution.matrix
    if row >= matrix.shape[0] or column >= matrix.shape[1]:
        return words.gettext("C has no row %(row)s, column %(column)s.") % {"row": row, "column": column}
    entry = chosen(convolution, cell)
    values = {
        "row": row,
        "column": column,
        "x": name("x", column, convolution.layer.x.shape),
        "y": name("y", row, convolution.output.shape),
    }
    if entry is None:
        return words.gettext("C[%(row)s,%(column)s] is empty: the window of %(y)s does not read %(x)s.") % values
    values["weight"] = name("w", int(matrix.weights[entry]), convolution.layer.weight.shape)
    values["value"] = numbers.short(float(matrix.values[entry]), 4)
    return (
        words.gettext(
            "C[%(row)s,%(column)s] is %(weight)s = %(value)s: it joins %(x)s to %(y)s, forwards and backwards."
        )
        % values
    )


def table(convolution: Convolution) -> dict[str, object]:
    """Return what the script needs to link cells of C with those of x, W and y."""
    matrix, layer = convolution.matrix, convolution.layer
    return {
        "entries": np.stack([matrix.rows, matrix.columns, matrix.weights], axis=1).tolist(),
        "x": _places(layer.x.shape),
        "weight": _places(layer.weight.shape),
        "output": _places(convolution.output.shape),
        "values": [numbers.short(value, 4) for value in layer.weight.ravel().tolist()],
    }


def _places(shape: tuple[int, ...]) -> list[list[int]]:
    return [list(place) for place in np.ndindex(shape)]


def _sides(flat: Indices, shape: tuple[int, ...], place: tuple[int, ...]) -> Sides | None:
    """Return the rows and columns that these cells take of one slice; they always are a cross of both."""
    *leading, rows, columns = np.unravel_index(flat, shape)
    here = np.all([axis == at for axis, at in zip(leading, place, strict=True)], axis=0)
    if not here.any():
        return None
    return np.unique(rows[here]).tolist(), np.unique(columns[here]).tolist()
