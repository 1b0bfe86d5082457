"""The weighted sum of one cell of a convolution or a linear layer, channel by channel."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property

import numpy as np
from markupsafe import Markup

import engine
from app import numbers
from app.i18n import Words
from app.networks.cell import Cell
from app.networks.explained.explanation import DECIMALS, Explanation, Share, Term, grid, in_rows, name_of, window_grid
from app.stepper.single import equation, mark
from engine.nets.architecture import Stage
from engine.ops.arrays import Array
from engine.ops.conv2d_trace import Conv2dStep

SHOWN = 4  # channels whose sums are listed, the strongest first


class Sums:
    """The weighted sum of one cell of a convolution or a linear layer, channel by channel.

    x       what the stage reads, (C, H, W) or (C,)
    weight  the unit's filter, (C / groups, K, K) or (fan_in,)
    """

    def __init__(self, stage: Stage, x: Array, weight: Array, bias: float, cell: Cell) -> None:
        self.cell, self.bias, self.rank = cell, bias, x.ndim
        maps = x if x.ndim == 3 else x[:, None, None]
        if stage.kernel_size is None:
            weight = weight.reshape(maps.shape)
        self.first = self._first(stage, weight, cell)
        self.x = maps[self.first : self.first + len(weight)]
        self.weight = weight.astype(np.float64)  # which makes the engine compute the one window in float64
        self.stride, self.padding = stage.stride, stage.padding

    @staticmethod
    def _first(stage: Stage, weight: Array, cell: Cell) -> int:
        """Return the first map that the unit's tower sees."""
        assert stage.out_channels is not None
        return cell.place[0] // (stage.out_channels // stage.groups) * len(weight) if stage.groups > 1 else 0

    @cached_property
    def step(self) -> Conv2dStep:
        """The engine's step that makes the cell."""
        trace = engine.trace.conv2d(
            self.x, self.weight[None], np.array([self.bias]), stride=self.stride, padding=self.padding
        )
        row, column = self.cell.place[1:] or (0, 0)
        return trace.step_at((0, 0, row, column))

    @cached_property
    def by_strength(self) -> list[int]:
        """The channels, the one that adds or takes most first."""
        return [int(k) for k in np.argsort(-np.abs(self.step.channel_sums), kind="stable")]

    def shares(self, at: int, words: Words) -> list[Share]:
        """Return what the strongest channels, the one at `at`, the others and the bias add; printed, they add up."""
        sums = [numbers.rounded(value, DECIMALS) for value in self.step.channel_sums.tolist()]
        listed = self.by_strength[:SHOWN]
        if self.by_strength[at] not in listed:
            listed = [*listed[:-1], self.by_strength[at]]
        bias, total = (numbers.rounded(value, DECIMALS) for value in (self.bias, self.step.value))
        rest = numbers.remainder(total, [bias, *(sums[k] for k in listed)])
        rows = [
            Share(f"c{self.first + k}", _signed(sums[k]), float(sums[k]), place)
            for k, place in ((k, self.by_strength.index(k)) for k in listed)
        ]
        if len(sums) > len(listed):
            more = words.ngettext("%(count)s more", "%(count)s more", len(sums) - len(listed))
            rows.append(Share(more % {"count": len(sums) - len(listed)}, _signed(rest), float(rest), None))
        return [*rows, Share(words.gettext("bias"), _signed(bias), float(bias), None)]


def _signed(value: Decimal) -> str:
    text = numbers.printed(value, DECIMALS)
    return text if text.startswith(numbers.MINUS) else f"+{text}"


def weighted(below: str, sums: Sums, at: int, words: Words) -> Explanation:
    step, k = sums.step, sums.by_strength[at]
    window, weight = step.window[k], step.weight[k]
    name = f"{below} c{sums.first + k}"
    windows = [
        (window_grid(window, step.rows, step.columns, sums.x.shape[1:], "input"), name),
        (grid("filter", weight, scale=1.4 * float(np.abs(sums.weight).max())), f"c{sums.first + k}"),
    ]
    texts = [
        Term(numbers.fitting(x, 2), numbers.fitting(w, 2), x * w == 0)
        for x, w in zip(window.ravel().tolist(), weight.ravel().tolist(), strict=True)
    ]
    value, part = numbers.printed(step.value, DECIMALS), _signed(numbers.rounded(step.channel_sums[k], DECIMALS))
    says = words.gettext(
        "Channel %(channel)s of %(stage)s adds %(part)s; %(count)s channels and the bias make %(value)s."
    )
    if at == 0:
        says = words.gettext(
            "The strongest of %(count)s channels is %(channel)s of %(stage)s, with %(part)s; all of them "
            "and the bias make %(value)s."
        )
    figures = {
        "channel": f"c{sums.first + k}",
        "stage": below,
        "part": part,
        "count": len(sums.x),
        "value": mark(value),
    }
    return Explanation(
        sums.cell,
        below,
        step.value,
        step.rows,
        step.columns,
        range(sums.first, sums.first + len(sums.x)),
        windows,
        in_rows(texts, weight.shape[1]),
        "+",
        sums.shares(at, words),
        _sum_formula(sums, value),
        Markup(says) % figures,
        _most(below, sums, k),
        sums.first + k,
    )


def _most(below: str, sums: Sums, k: int) -> str:
    """Return the address of the number whose product is the largest of channel k."""
    products = np.where(sums.step.inside, np.abs(sums.step.products[k]), -1)
    u, v = np.unravel_index(int(products.argmax()), products.shape)
    place = (sums.first + k, sums.step.rows[u], sums.step.columns[v])
    return str(Cell(below, place[: sums.rank]))


def _sum_formula(sums: Sums, value: str) -> Markup:
    right = Markup(
        "<mi>b</mi><mo>+</mo><munderover><mo>∑</mo><mi>c</mi><mn>%s</mn></munderover>"
        "<munder><mo>∑</mo><mrow><mi>u</mi><mo>,</mo><mi>v</mi></mrow></munder>"
        '<msub><mi class="role-filter">w</mi><mrow><mi>c</mi><mo>,</mo><mi>u</mi><mo>,</mo><mi>v</mi></mrow></msub>'
        "<mo>·</mo>"
        '<msub><mi class="role-input">x</mi><mrow><mi>c</mi><mo>,</mo><mi>u</mi><mo>,</mo><mi>v</mi></mrow></msub>'
    ) % len(sums.weight)
    return equation(name_of(sums.cell), right, value)
