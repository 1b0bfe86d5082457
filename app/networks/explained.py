"""One number of a network and what it is made of: the window alone, for a map too large to be drawn in digits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
from markupsafe import Markup

import engine
from app import numbers
from app.drawing import Grid, Sides, pitch_for
from app.i18n import N_, Words
from app.networks.cell import Cell
from app.stepper.single import cell_name, equation, mark
from engine.geometry import Geometry
from engine.nets.architecture import Architecture, Stage
from engine.ops.arrays import Array
from engine.ops.conv2d_trace import Conv2dStep
from engine.photo import MEAN, STD

DECIMALS = 3
SIZES = ((3, 48), (5, 40), (7, 34), (11, 30))
COLOURS = (N_("red"), N_("green"), N_("blue"))
EMPTY = Markup("")
SHOWN = 4  # channels whose sums are listed, the strongest first


class Term(NamedTuple):
    """A product, or a number of a window, as it is written."""

    x: str
    weight: str  # "" where there is none
    faint: bool  # it adds nothing


class Share(NamedTuple):
    """What one channel, the bias or all others add, as a bar from a common zero."""

    name: str
    text: str
    value: float
    channel: int | None  # None for what is no single channel


@dataclass(frozen=True)
class Explanation:
    """A number, the window it is made from and the rule.

    rows, columns   of the window in the value below; what lies outside is padding
    maps            the maps of the value below that it reads
    """

    cell: Cell
    below: str  # the stage it reads; "" for a pixel
    value: float
    rows: Sequence[int] = ()
    columns: Sequence[int] = ()
    maps: Sequence[int] = ()
    windows: list[tuple[Grid, str]] = field(default_factory=list)  # with what each is of
    terms: list[list[Term]] = field(default_factory=list)
    sign: str = ","
    shares: list[Share] = field(default_factory=list)
    formula: Markup = EMPTY
    says: Markup = EMPTY
    opens: str = ""  # the cell below that counts most
    map: int = 0  # which of the maps the window is of
    across_maps: bool = False  # whether the window goes from map to map at one place

    @property
    def window_at(self) -> tuple[str, int, int, int]:
        """Stage, map, row and column of the first number of the window that is no padding."""
        first = [next((k for k in places if k >= 0), 0) for places in (self.rows, self.columns)]
        return self.below, self.map, first[0], first[1]


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
    def geometry(self) -> Geometry:
        return Geometry.of(self.x.shape[1:], self.weight.shape[1:], stride=self.stride, padding=self.padding)

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


def _signed(value: object) -> str:
    text = numbers.printed(value, DECIMALS)  # type: ignore[arg-type]
    return text if text.startswith(numbers.MINUS) else f"+{text}"


def explain(
    architecture: Architecture, values: dict[str, Array], sums: Sums | None, cell: Cell, at: int, words: Words
) -> Explanation:
    """Return what makes `cell`; `at` says which channel of a weighted sum is written out, the strongest is 0.

    sums   of a stage with weights; None for any other
    """
    if sums is not None:
        return _weighted(architecture.reads(cell.stage), sums, at, words)
    stage, below = architecture.stage(cell.stage), architecture.reads(cell.stage)
    return _PLAIN[stage.kind](stage, below, values[below].astype(np.float64), values[cell.stage], cell, words)


def _weighted(below: str, sums: Sums, at: int, words: Words) -> Explanation:
    step, k = sums.step, sums.by_strength[at]
    window, weight = step.window[k], step.weight[k]
    name = f"{below} c{sums.first + k}"
    windows = [
        (_window_grid(window, step.rows, step.columns, sums.x.shape[1:], "input"), name),
        (_grid("filter", weight, scale=1.4 * float(np.abs(sums.weight).max())), f"c{sums.first + k}"),
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
        _in_rows(texts, weight.shape[1]),
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
    right = (
        Markup(
            "<mi>b</mi><mo>+</mo><munderover><mo>∑</mo><mi>c</mi><mn>%s</mn></munderover>"
            "<munder><mo>∑</mo><mrow><mi>u</mi><mo>,</mo><mi>v</mi></mrow></munder>"
            '<msub><mi class="role-filter">w</mi><mrow><mi>c</mi><mo>,</mo><mi>u</mi><mo>,</mo><mi>v</mi></mrow></msub>'
            "<mo>·</mo>"
            '<msub><mi class="role-input">x</mi><mrow><mi>c</mi><mo>,</mo><mi>u</mi><mo>,</mo><mi>v</mi></mrow></msub>'
        )
        % channels
    )
    return equation(_name(sums.cell), right, value)


def _name(cell: Cell) -> Markup:
    return cell_name(cell.place[0], *(cell.place[1:] or (0, 0)))


def _window_grid(window: Array, rows: Sequence[int], columns: Sequence[int], size: Sequence[int], role: str) -> Grid:
    """Return the window as a grid; its rows and columns outside of the map are its ring."""
    sides = [_inside(places, limit) for places, limit in ((rows, size[0]), (columns, size[1]))]
    (top, bottom), (left, right) = sides
    inner = window[top : len(rows) - bottom, left : len(columns) - right]
    return _grid(role, inner, scale=float(np.abs(window).max()) or 1.0, ring=((top, bottom), (left, right)))


def _inside(places: Sequence[int], limit: int) -> tuple[int, int]:
    return sum(k < 0 for k in places), sum(k >= limit for k in places)


def _grid(role: str, values: Array, *, scale: float, ring: Sides = ((0, 0), (0, 0))) -> Grid:
    columns = values.shape[1] + sum(ring[1])
    pitch = pitch_for(columns, values.size, sizes=SIZES, width=330)
    return Grid(role, "x" if role == "input" else "weight", (), values, pitch, scale, ring)


def explain_pixel(pixels: Array, made: Array, cell: Cell, words: Words) -> Explanation:
    """Return what makes a number of the input: a pixel 0..255, its channel's mean and deviation."""
    channel, row, column = cell.place
    pixel, value = int(pixels[cell.place]), numbers.printed(float(made[cell.place]), DECIMALS)
    figures = {"pixel": pixel, "mean": MEAN[channel], "std": STD[channel]}
    right = Markup(
        '<mfrac><mrow><mfrac><mn class="role-input">%(pixel)s</mn><mn>255</mn></mfrac>'
        "<mo>−</mo><mn>%(mean)s</mn></mrow><mn>%(std)s</mn></mfrac>"
    )
    colour = words.gettext(COLOURS[channel])
    says = words.gettext(
        "The pixel's %(colour)s is %(pixel)s of 255: divided by 255, minus the mean %(mean)s, over the "
        "deviation %(std)s, it is %(value)s."
    )
    return Explanation(
        cell,
        "",
        float(made[cell.place]),
        [row],
        [column],
        [channel],
        [(_grid("input", np.array([[float(pixel)]]), scale=255.0), colour)],
        formula=equation(_name(cell), right % figures, value),
        says=Markup(says) % {**figures, "colour": colour, "value": mark(value)},
    )


def _in_rows(terms: list[Term], columns: int) -> list[list[Term]]:
    return [terms[start : start + columns] for start in range(0, len(terms), columns)]


def _max_pool2d(stage: Stage, below: str, x: Array, made: Array, cell: Cell, words: Words) -> Explanation:
    channel, row, column = cell.place
    assert stage.kernel_size is not None
    trace = engine.trace.max_pool2d(
        x[channel][None], stage.kernel_size, stride=stage.stride, padding=stage.padding, ceil_mode=stage.ceil_mode
    )
    step = trace.step_at((0, 0, row, column))
    at = step.rows[step.winner[0]], step.columns[step.winner[1]]
    value = numbers.printed(step.value, DECIMALS)
    terms = [
        Term(numbers.fitting(float(number), DECIMALS), "", place != step.winner)
        for place, number in np.ndenumerate(step.window)
        if step.inside[place]
    ]
    says = words.gettext(
        "The largest number of the window in map %(map)s stands at row %(row)s, column %(column)s: "
        "%(value)s. Only it goes on."
    )
    return Explanation(
        cell,
        below,
        step.value,
        step.rows,
        step.columns,
        [channel],
        [(_window_grid(step.window, step.rows, step.columns, x.shape[1:], "input"), f"{below} c{channel}")],
        _in_rows(terms, sum(k < x.shape[2] for k in step.columns)),
        ",",
        formula=equation(_name(cell), _listed("max", terms), value),
        says=Markup(says) % {"map": channel, "row": at[0], "column": at[1], "value": mark(value)},
        opens=str(Cell(below, (channel, *at))),
        map=channel,
    )


def _listed(name: str, terms: list[Term]) -> Markup:
    inner = Markup("<mo>,</mo>").join(Markup('<mn class="role-input">%s</mn>') % term.x for term in terms)
    return Markup('<mi>%s</mi><mo stretchy="false">(</mo>%s<mo stretchy="false">)</mo>') % (name, inner)


def _single(below: str, x: Array, cell: Cell) -> tuple[float, list[tuple[Grid, str]]]:
    """Return the one number that a cell reads, and its picture."""
    number = float(x[cell.place])
    return number, [(_grid("input", np.array([[number]]), scale=abs(number) or 1.0), f"{below} {_dotted(cell)}")]


def _dotted(cell: Cell) -> str:
    return ".".join(map(str, cell.place))


def _alone(below: str, x: Array, made: Array, cell: Cell, right: Markup, says: str) -> Explanation:
    """Return the explanation of a cell that is made from the one below it."""
    number, windows = _single(below, x, cell)
    value = float(made[cell.place])
    place = cell.place if len(cell.place) == 3 else (cell.place[0], 0, 0)
    figures = {
        "x": Markup('<b class="role-input">%s</b>') % numbers.printed(number, DECIMALS),
        "value": mark(numbers.printed(value, DECIMALS)),
    }
    return Explanation(
        cell,
        below,
        value,
        [place[1]],
        [place[2]],
        [place[0]],
        windows,
        formula=equation(_name(cell), right % numbers.printed(number, DECIMALS), numbers.printed(value, DECIMALS)),
        says=Markup(says) % figures,
        opens=str(Cell(below, cell.place)),
        map=cell.place[0],
    )


def _relu(stage: Stage, below: str, x: Array, made: Array, cell: Cell, words: Words) -> Explanation:
    right = Markup(
        '<mi>max</mi><mo stretchy="false">(</mo><mn class="role-input">%s</mn><mo>,</mo><mn>0</mn>'
        '<mo stretchy="false">)</mo>'
    )
    passes = words.gettext("%(x)s is above zero and passes as it is: %(value)s.")
    stops = words.gettext("%(x)s is not above zero, so it becomes %(value)s.")
    return _alone(below, x, made, cell, right, passes if x[cell.place] > 0 else stops)


def _dropout(stage: Stage, below: str, x: Array, made: Array, cell: Cell, words: Words) -> Explanation:
    says = words.gettext("Dropout works in training only; here %(x)s passes as it is: %(value)s.")
    return _alone(below, x, made, cell, Markup('<mn class="role-input">%s</mn>'), says)


def _norm(stage: Stage, below: str, x: Array, made: Array, cell: Cell, words: Words) -> Explanation:
    assert stage.norm is not None
    channel, row, column = cell.place
    norm = stage.norm
    step = engine.trace.local_response_norm(x, norm.size, norm.alpha, norm.beta, norm.k).step_at(
        (0, channel, row, column)
    )
    value, divisor = numbers.printed(step.value, DECIMALS), numbers.printed(step.divisor, 4)
    right = Markup('<mfrac><mn class="role-input">%s</mn><msup><mn>%s</mn><mn>%s</mn></msup></mfrac>') % (
        numbers.printed(step.x, DECIMALS),
        divisor,
        norm.beta,
    )
    says = words.gettext(
        "%(x)s is divided by %(divisor)s to the power %(beta)s, where %(divisor)s = %(k)s + %(share)s · "
        "the squares of maps %(first)s to %(last)s at this place: %(value)s."
    )
    figures = {
        "x": Markup('<b class="role-input">%s</b>') % numbers.printed(step.x, DECIMALS),
        "divisor": divisor,
        "beta": norm.beta,
        "k": numbers.fitting(norm.k, 2),
        "share": f"{norm.alpha / norm.size:g}",
        "first": step.channels[0],
        "last": step.channels[-1],
        "value": mark(value),
    }
    names = f"{below} c{step.channels[0]}–c{step.channels[-1]}"
    return Explanation(
        cell,
        below,
        step.value,
        [row],
        [column],
        step.channels,
        [(_grid("input", step.window[None], scale=float(np.abs(step.window).max()) or 1.0), names)],
        [[Term(numbers.fitting(float(number), DECIMALS) + "²", "", number == 0) for number in step.window]],
        "+",
        formula=equation(_name(cell), right, value),
        says=Markup(says) % figures,
        opens=str(Cell(below, cell.place)),
        map=step.channels[0],
        across_maps=True,
    )


def _mean(stage: Stage, below: str, x: Array, made: Array, cell: Cell, words: Words) -> Explanation:
    channel = cell.place[0]
    plane = x[channel]
    step = engine.trace.global_avg_pool2d(plane[None])[0]
    value = numbers.printed(step.value, DECIMALS)
    terms = [Term(numbers.fitting(float(number), 2), "", number == 0) for number in plane.ravel()]
    right = Markup(
        '<mfrac><mrow><mo>∑</mo><msub><mi class="role-input">x</mi><mn>%s</mn></msub></mrow><mn>%s</mn></mfrac>'
    )
    says = words.gettext("The mean of all %(count)s numbers of map %(map)s is %(value)s.")
    return Explanation(
        cell,
        below,
        step.value,
        range(plane.shape[0]),
        range(plane.shape[1]),
        [channel],
        [(_grid("input", plane, scale=float(np.abs(plane).max()) or 1.0), f"{below} c{channel}")],
        _in_rows(terms, plane.shape[1]),
        "+",
        formula=equation(_name(cell), right % (channel, plane.size), value),
        says=Markup(says) % {"count": plane.size, "map": channel, "value": mark(value)},
        opens=str(Cell(below, (channel, *(int(k) for k in np.unravel_index(int(plane.argmax()), plane.shape))))),
        map=channel,
    )


def _softmax(stage: Stage, below: str, x: Array, made: Array, cell: Cell, words: Words) -> Explanation:
    step = engine.trace.softmax(x)[cell.place[0]]
    value = numbers.printed(step.value, 4)
    number, windows = _single(below, x, cell)
    right = Markup(
        '<mfrac><msup><mi>e</mi><mn class="role-input">%s</mn></msup><mrow><mo>∑</mo><msup><mi>e</mi>'
        '<msub><mi class="role-input">x</mi><mi>k</mi></msub></msup></mrow></mfrac>'
    )
    says = words.gettext("e to the power %(x)s, divided by the sum of the same over all %(count)s classes: %(value)s.")
    figures = {
        "x": Markup('<b class="role-input">%s</b>') % numbers.printed(number, DECIMALS),
        "count": x.size,
        "value": mark(value),
    }
    return Explanation(
        cell,
        below,
        step.value,
        [0],
        [0],
        [cell.place[0]],
        windows,
        formula=equation(_name(cell), right % numbers.printed(number, DECIMALS), value),
        says=Markup(says) % figures,
        opens=str(Cell(below, cell.place)),
        map=cell.place[0],
    )


_PLAIN = {
    "dropout": _dropout,
    "global_avg_pool2d": _mean,
    "local_response_norm": _norm,
    "max_pool2d": _max_pool2d,
    "relu": _relu,
    "softmax": _softmax,
}
