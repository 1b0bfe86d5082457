"""The checkerboard: how many products each output cell adds up, three ways of doubling a map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from markupsafe import Markup

import engine
from app.exhibits.going_back_up.params import Params
from app.exhibits.going_back_up.resolve import Chosen
from app.exhibits.going_back_up.scene import Fact, Shown, UpScene, largest, mark, slice_of, text
from app.i18n import N_, Words
from app.tensors import Array

SIZE, WIDE = 4, 16  # rows of the x that is shown, and of one whose middle no border disturbs


@dataclass(frozen=True)
class Way:
    """One way to enlarge a map by `stride`."""

    name: str
    symbol: str
    kernel_size: int
    stride: int
    resized: bool = False

    @property
    def weight(self) -> Array:
        return np.ones((1, 1, self.kernel_size, self.kernel_size))

    def counts(self, size: int) -> Array:
        """Return how many products each output cell adds up: the output for ones everywhere."""
        ones = np.ones((1, size, size))
        if self.resized:
            return np.asarray(engine.conv2d(engine.upsample_nearest2d(ones, self.stride), self.weight, padding="same"))
        return np.asarray(engine.conv_transpose2d(ones, self.weight, stride=self.stride))

    def period(self) -> Array:
        """Return the counts that repeat in the middle of a large map, (stride, stride)."""
        counts = self.counts(WIDE)[0]
        middle = len(counts) // 2
        return np.asarray(counts[middle : middle + self.stride, middle : middle + self.stride])

    def readers(self, row: int, column: int) -> tuple[list[int], list[int]]:
        """Return the rows and columns of x that an output cell is made from."""
        ones, place = np.ones((1, SIZE, SIZE)), (0, 0, row, column)
        if not self.resized:
            step = engine.trace.conv_transpose2d(ones, self.weight, stride=self.stride).step_at(place)
            read = np.argwhere(step.read)
            rows, columns = {step.rows[u] for u, _ in read}, {step.columns[v] for _, v in read}
            # the trace counts in the zero-inserted x
            return sorted(r // self.stride for r in rows), sorted(c // self.stride for c in columns)
        source = engine.trace.upsample_nearest2d(ones, self.stride)
        enlarged = engine.upsample_nearest2d(ones, self.stride)
        window = engine.trace.conv2d(enlarged, self.weight, padding="same").step_at(place)
        read = np.argwhere(window.inside)
        steps = [source.step_at((0, 0, window.rows[u], window.columns[v])) for u, v in read]
        return sorted({one.rows[0] for one in steps}), sorted({one.columns[0] for one in steps})


class CheckerboardScene(UpScene):
    """One step for each cell of the three count maps."""

    formula = "formulas/_counts.html"

    def __init__(self, params: Params, chosen: Chosen) -> None:
        kernel, stride = chosen.kernel_size, chosen.stride
        divisible = -(-kernel // stride) * stride
        self.ways = [
            Way(N_("Transposed"), "a", kernel, stride),
            Way(N_("Divisible kernel"), "b", divisible, stride),
            Way(N_("Resized"), "c", kernel, stride, resized=True),
        ]
        self.counts = [way.counts(SIZE) for way in self.ways]
        self.starts = np.cumsum([0, *(counts.size for counts in self.counts)]).tolist()
        super().__init__(params, chosen, self.starts[-1])

    def place(self, step: int) -> tuple[int, int, int]:
        """Return which map, row and column a step is at."""
        number = int(np.searchsorted(self.starts, step, side="right")) - 1
        row, column = divmod(step - self.starts[number], self.counts[number].shape[2])
        return number, row, column

    def columns(self, words: Words) -> list[list[Shown]]:
        number, row, column = self.place(self.step)
        rows, columns = self.ways[number].readers(row, column)
        x = slice_of("input", "x", (0,), np.ones((SIZE, SIZE)), 4.0)
        shown = [[Shown(x, N_("Input"), "x", detail=words.gettext("ones"), rows=rows, columns=columns)]]
        for k, (way, counts) in enumerate(zip(self.ways, self.counts, strict=True)):
            grid = slice_of("output", f"counts_{way.symbol}", (0,), counts[0], largest(counts), first=self.starts[k])
            shown.append(
                [
                    Shown(
                        grid,
                        way.name,
                        way.symbol,
                        detail=(
                            words.gettext("copied %(stride)s-fold, kernel %(kernel)s")
                            if way.resized
                            else words.gettext("kernel %(kernel)s, stride %(stride)s")
                        )
                        % {"kernel": way.kernel_size, "stride": way.stride},
                        at=self.steps,
                        rows=[row] if k == number else (),
                        columns=[column] if k == number else (),
                    )
                ]
            )
        return shown

    def narration(self, words: Words) -> Markup:
        number, row, column = self.place(self.step)
        value = float(self.counts[number][0, row, column])
        way = self.ways[number]
        sentence = (
            words.gettext(
                "Map %(map)s: enlarged by copying and then convolved, row %(row)s, column %(column)s adds up "
                "as many products as the window has cells on the map: %(value)s."
            )
            if way.resized
            else words.gettext(
                "Map %(map)s: row %(row)s, column %(column)s lies under as many stamps of the %(kernel)s × %(kernel)s "
                "filter, %(stride)s apart: %(value)s."
            )
        )
        return Markup(sentence) % {
            "map": way.symbol,
            "row": row,
            "column": column,
            "kernel": way.kernel_size,
            "stride": way.stride,
            "value": mark(text(value)),
        }

    def facts(self, words: Words) -> list[Fact]:
        """Return from how few to how many products the cells in the middle of a large map add up."""
        facts = []
        for way in self.ways:
            period = way.period()
            label = words.gettext("map %(map)s, away from the border") % {"map": way.symbol}
            result = (
                text(period.min()) if period.min() == period.max() else f"{text(period.min())}–{text(period.max())}"
            )
            facts.append(Fact(label, "", result))
        return facts

    def notes(self, words: Words) -> list[str]:
        """Return how to read the maps."""
        return [
            words.gettext(
                "Filter and x are ones, so each cell counts its products. Each map has a colour scale of its own: "
                "uneven colours are the checkerboard, one colour away from the border is its cure."
            )
        ]

    def tensors(self) -> dict[str, Array]:
        named = {f"counts_{way.symbol}": counts for way, counts in zip(self.ways, self.counts, strict=True)}
        return {"x": np.ones((1, SIZE, SIZE)), **named, "output": self.counts[0]}

    def step_numbers(self, step: int) -> dict[str, Any]:
        number, row, column = self.place(step)
        rows, columns = self.ways[number].readers(row, column)
        value = float(self.counts[number][0, row, column])
        return {
            "map": self.ways[number].symbol,
            "row": row,
            "column": column,
            "x_rows": rows,
            "x_columns": columns,
            "value": value,
        }
