"""What the page says about one step of the backward pass: narration and formula, in one language."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from app import numbers
from app.i18n import Words
from app.stepper.layer import Layer
from app.stepper.sentences import rows_and_columns
from engine.ops.conv2d_grad_input_trace import GradInputGatherStep, GradInputScatterStep
from engine.ops.conv2d_grad_weight_trace import GradWeightStampStep, GradWeightStep


def scatter(
    words: Words,
    step: GradInputScatterStep,
    rows: Sequence[int],
    columns: Sequence[int],
    cell: tuple[int, ...],
    values: Sequence[str],
) -> Markup:
    """Tell one stamp onto dX, and what it does to one cell."""
    given = _stamped(words, step)
    if not rows or not columns:
        sentence = words.gettext(
            "%(cell)s is %(grad)s; its window lies on padding alone, so of the stamp on %(filter)s nothing is kept: "
            "%(value)s."
        )
        return Markup(sentence) % {**given, "value": _mark("0")}
    named_rows, named_columns = rows_and_columns(words, rows, columns)
    sentence = words.gettext(
        "%(cell)s is %(grad)s: %(grad)s times %(filter)s is added onto %(rows)s, %(columns)s of dX; "
        "row %(row)s, column %(column)s of channel %(channel)s goes from %(before)s to %(value)s."
    )
    channel, row, column = cell
    return Markup(sentence) % {
        **given,
        "rows": named_rows,
        "columns": named_columns,
        "channel": channel,
        "row": row,
        "column": column,
        "before": values[0],
        "value": _mark(values[1]),
    }


def gather(words: Words, step: GradInputGatherStep, value: Markup) -> Markup:
    """Tell how one cell of dX is collected."""
    _, channel, row, column = step.index
    count = int(step.inside.sum()) * len(step.filters)
    sentence = words.ngettext(
        "Row %(row)s, column %(column)s of dX, channel %(channel)s: its window covers %(count)s cell of dY; "
        "times the filters rotated by 180° that makes %(value)s.",
        "Row %(row)s, column %(column)s of dX, channel %(channel)s: its window covers %(count)s cells of dY; "
        "times the filters rotated by 180° that makes %(value)s.",
        count,
    )
    return Markup(sentence) % {"row": row, "column": column, "channel": channel, "count": count, "value": value}


def gathered_map(words: Words, step: GradInputGatherStep, n: int, total: str, running: Markup) -> Markup:
    """Tell what one map of dY gives to one cell of dX."""
    sentence = words.gettext(
        "%(map)s under its window, times %(filter)s rotated by 180°, adds up to %(sum)s; "
        "with the maps before it that makes %(value)s."
    )
    return Markup(sentence) % {**_read(step, n), "sum": total, "value": running}


def gathered_product(
    words: Words, step: GradInputGatherStep, place: tuple[int, int, int], texts: tuple[str, str, str], running: Markup
) -> Markup:
    """Tell one product of a gathered cell."""
    n, u, v = place
    grad, weight, product = texts
    given = {**_read(step, n), "grad": _role("gradient", grad), "weight": _role("filter", weight)}
    if step.inside[u, v]:
        sentence = words.gettext(
            "%(map)s at row %(row)s, column %(column)s, times its weight of the rotated %(filter)s: "
            "%(grad)s × %(weight)s = %(product)s; so far %(value)s."
        )
    else:
        sentence = words.gettext(
            "No cell of %(map)s lies here, only a zero; times its weight of the rotated %(filter)s: "
            "%(grad)s × %(weight)s = %(product)s; so far %(value)s."
        )
    where = {"row": step.grad_rows[u], "column": step.grad_columns[v], "product": product, "value": running}
    return Markup(sentence) % {**given, **where}


def weight_product(
    words: Words, step: GradWeightStep, place: tuple[int, int], texts: tuple[str, str, str], running: Markup
) -> Markup:
    """Tell one product of a weight's gradient."""
    i, j = place
    grad, x, product = texts
    if step.inside[i, j]:
        sentence = words.gettext(
            "For %(map)s at row %(i)s, column %(j)s this weight met the input at row %(row)s, column %(column)s: "
            "%(grad)s × %(x)s = %(product)s; so far %(value)s."
        )
    else:
        sentence = words.gettext(
            "For %(map)s at row %(i)s, column %(j)s this weight met padding: "
            "%(grad)s × %(x)s = %(product)s; so far %(value)s."
        )
    return Markup(sentence) % {
        "map": _named("gradient", "dY", step.index[0]),
        "i": i,
        "j": j,
        "row": step.rows[i],
        "column": step.columns[j],
        "grad": _role("gradient", grad),
        "x": _role("input", x),
        "product": product,
        "value": running,
    }


def weight_stamp(
    words: Words, step: GradWeightStampStep, layer: Layer, cell: tuple[int, ...], values: Sequence[str]
) -> Markup:
    """Tell one stamp onto dW, and what it does to one weight."""
    k, row, column = cell[1:]
    sentence = words.gettext(
        "%(cell)s is %(grad)s: %(grad)s times its window, %(place)s, is added to the gradient of %(filter)s; "
        "row %(row)s, column %(column)s of channel %(channel)s goes from %(before)s to %(value)s."
    )
    return Markup(sentence) % {
        **_stamped(words, step),
        "place": _input_place(words, step.rows, step.columns, layer),
        "channel": step.channels[k],
        "row": row,
        "column": column,
        "before": values[0],
        "value": _mark(values[1]),
    }


def one_weight(words: Words, step: GradWeightStep, layer: Layer, value: Markup) -> Markup:
    """Tell how the gradient of one weight is collected."""
    f, _, row, column = step.index
    sentence = words.gettext(
        "The weight at row %(row)s, column %(column)s of %(filter)s, channel %(channel)s, met %(place)s; "
        "each times its cell of %(map)s, that adds up to %(value)s."
    )
    return Markup(sentence) % {
        "row": row,
        "column": column,
        "filter": _named("filter", "W", f),
        "channel": step.channel,
        "place": _input_place(words, step.rows, step.columns, layer),
        "map": _named("gradient", "dY", f),
        "value": value,
    }


def bias(words: Words, f: int, count: int, value: Markup) -> Markup:
    """Tell how the gradient of one bias is collected."""
    sentence = words.ngettext(
        "The bias of filter %(filter)s was added to the only cell of its map, so its gradient is the number "
        "of %(map)s: %(value)s.",
        "The bias of filter %(filter)s was added to each cell of its map, so its gradient is the sum of "
        "all %(count)s numbers of %(map)s: %(value)s.",
        count,
    )
    return Markup(sentence) % {"filter": f, "map": _named("gradient", "dY", f), "count": count, "value": value}


def stamp_formula(index: tuple[int, ...], grad: str) -> Markup:
    """Return dL/dy at one cell = its number, in MathML: what this step spreads."""
    return Markup("<math><mrow>%s<mo>=</mo>%s</mrow></math>") % (
        _indexed("y", index[1:]),
        Markup('<mn class="role-gradient result">%s</mn>') % grad,
    )


def total(sums: Sequence[str], value: str) -> Markup:
    """Return the sum written out, its result marked; dots for what is still to come, where there is no value yet."""
    if not value:
        return Markup(" + ").join([*sums, "…"])
    return Markup(" + ".join(sums) + " = " if len(sums) > 1 else "") + _mark(value)


def sum_formula(letter: str, index: tuple[int, ...], sums: Sequence[str], value: str) -> Markup:
    """Return dL/d(letter) at one cell = its sums = its number, in MathML; dots while there is no value yet."""
    terms = [Markup("<mn>%s</mn>") % text for text in sums]
    if not value:
        return Markup("<math><mrow>%s<mo>=</mo>%s</mrow></math>") % (
            _indexed(letter, index),
            Markup("<mo>+</mo>").join([*terms, Markup("<mo>…</mo>")]),
        )
    total = Markup('<mn class="role-gradient result">%s</mn>') % value
    middle = Markup("<mo>+</mo>").join(terms) + Markup("<mo>=</mo>") if len(sums) > 1 else Markup()
    return Markup("<math><mrow>%s<mo>=</mo>%s%s</mrow></math>") % (_indexed(letter, index), middle, total)


def _indexed(letter: str, index: tuple[int, ...]) -> Markup:
    """Return the gradient of one cell, d and the letter with its indices."""
    places = Markup("<mo>,</mo>").join(Markup("<mn>%s</mn>") % place for place in index)
    return Markup(
        '<msub><mrow><mi class="role-gradient">d</mi><mi class="role-gradient">%s</mi></mrow><mrow>%s</mrow></msub>'
    ) % (letter, places)


def _stamped(words: Words, step: GradInputScatterStep | GradWeightStampStep) -> dict[str, Markup | str]:
    _, f, row, column = step.index
    cell = Markup(words.gettext("%(map)s at row %(row)s, column %(column)s")) % {
        "map": _named("gradient", "dY", f),
        "row": row,
        "column": column,
    }
    return {"cell": cell, "grad": numbers.short(float(step.grad), 3), "filter": _named("filter", "W", f)}


def _input_place(words: Words, rows: Sequence[int], columns: Sequence[int], layer: Layer) -> Markup:
    """Name the rows and columns of x in a window."""
    height, width = layer.input_size
    inner_rows = [row for row in rows if 0 <= row < height]
    inner_columns = [column for column in columns if 0 <= column < width]
    if not inner_rows or not inner_columns:
        return Markup.escape(words.gettext("nothing but padding"))
    named_rows, named_columns = rows_and_columns(words, inner_rows, inner_columns)
    name = Markup('<b class="role-input">%s</b>') % "x"
    return Markup(words.gettext("%(rows)s, %(columns)s of %(input)s")) % {
        "rows": named_rows,
        "columns": named_columns,
        "input": name,
    }


def _named(role: str, letter: str, index: int) -> Markup:
    return Markup('<b class="role-%s"><i>%s</i><sub>%s</sub></b>') % (role, letter, index)


def _read(step: GradInputGatherStep, n: int) -> dict[str, Markup]:
    """Name the map of dY that window n of a step reads, and the filter that made it."""
    f = step.filters[n]
    return {"map": _named("gradient", "dY", f), "filter": _named("filter", "W", f)}


def _role(role: str, text: str) -> Markup:
    return Markup('<b class="role-%s">%s</b>') % (role, text)


def _mark(text: str) -> Markup:
    return Markup("<mark>%s</mark>") % text
