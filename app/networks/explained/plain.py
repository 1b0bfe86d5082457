"""Numbers that are made without weights: what pools, cuts, normalises, averages or shares out."""

from __future__ import annotations

import numpy as np
from markupsafe import Markup

import engine
from app import numbers
from app.drawing import Grid
from app.i18n import N_, Words
from app.networks.cell import Cell
from app.networks.explained.explanation import DECIMALS, Explanation, Term, grid, in_rows, name_of, window_grid
from app.stepper.single import equation, mark
from engine.nets.architecture import Stage
from engine.ops.arrays import Array
from engine.photo import MEAN, STD

COLOURS = (N_("red"), N_("green"), N_("blue"))


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
        [(grid("input", np.array([[float(pixel)]]), scale=255.0), colour)],
        formula=equation(name_of(cell), right % figures, value),
        says=Markup(says) % {**figures, "colour": colour, "value": mark(value)},
    )


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
        [(window_grid(step.window, step.rows, step.columns, x.shape[1:], "input"), f"{below} c{channel}")],
        in_rows(terms, sum(k < x.shape[2] for k in step.columns)),
        ",",
        formula=equation(name_of(cell), _listed("max", terms), value),
        says=Markup(says) % {"map": channel, "row": at[0], "column": at[1], "value": mark(value)},
        opens=str(Cell(below, (channel, *at))),
        map=channel,
    )


def _listed(name: str, terms: list[Term]) -> Markup:
    inner = Markup("<mo>,</mo>").join(Markup('<mn class="role-input">%s</mn>') % term.x for term in terms)
    return Markup('<mi>%s</mi><mo stretchy="false">(</mo>%s<mo stretchy="false">)</mo>') % (name, inner)


def _dotted(cell: Cell) -> str:
    return ".".join(map(str, cell.place))


def _single(below: str, x: Array, cell: Cell) -> tuple[float, list[tuple[Grid, str]]]:
    """Return the one number that a cell reads, and its picture."""
    number = float(x[cell.place])
    return number, [(grid("input", np.array([[number]]), scale=abs(number) or 1.0), f"{below} {_dotted(cell)}")]


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
        formula=equation(name_of(cell), right % numbers.printed(number, DECIMALS), numbers.printed(value, DECIMALS)),
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
        [(grid("input", step.window[None], scale=float(np.abs(step.window).max()) or 1.0), names)],
        [[Term(numbers.fitting(float(number), DECIMALS) + "²", "", number == 0) for number in step.window]],
        "+",
        formula=equation(name_of(cell), right, value),
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
        [(grid("input", plane, scale=float(np.abs(plane).max()) or 1.0), f"{below} c{channel}")],
        in_rows(terms, plane.shape[1]),
        "+",
        formula=equation(name_of(cell), right % (channel, plane.size), value),
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
        formula=equation(name_of(cell), right % numbers.printed(number, DECIMALS), value),
        says=Markup(says) % figures,
        opens=str(Cell(below, cell.place)),
        map=cell.place[0],
    )


PLAIN = {
    "dropout": _dropout,
    "global_avg_pool2d": _mean,
    "local_response_norm": _norm,
    "max_pool2d": _max_pool2d,
    "relu": _relu,
    "softmax": _softmax,
}
