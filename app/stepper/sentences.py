"""What the page says about one step: narration, question and formula, in one language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from markupsafe import Markup

from app import numbers
from app.i18n import N_, Words, listed
from app.stepper.layer import Layer
from engine.ops.conv2d_trace import Conv2dStep

if TYPE_CHECKING:
    from app.stepper.moments import Figures

ACTIVATION_NAMES = {"none": N_("none"), "relu": N_("ReLU"), "sigmoid": N_("sigmoid"), "tanh": N_("tanh")}


class Telling:
    """The sentences of one step. Values come printed; only words are added here."""

    def __init__(self, words: Words, step: Conv2dStep, figures: Figures, layer: Layer) -> None:
        self.words, self.step, self.figures, self.layer = words, step, figures, layer
        self.gettext, self.ngettext = words.gettext, words.ngettext
        self.filter = layer.first_filter + step.index[1]

    def cell(self) -> str:
        """Tell the whole cell: where the filter sits and what it adds up to."""
        count = self.step.products.size
        sentence = self.ngettext(
            "Filter %(filter)s sits on %(place)s; its %(count)s product is %(sum)s, "
            "plus bias %(bias)s makes %(value)s.",
            "Filter %(filter)s sits on %(place)s; its %(count)s products add up to %(sum)s, "
            "plus bias %(bias)s makes %(value)s.",
            count,
        )
        return str(
            Markup(sentence)
            % {
                "filter": self._filter(),
                "place": self._place(),
                "count": count,
                "sum": self.figures.sum_text(self.figures.products_sum),
                "bias": self._bias(),
                "value": self._mark(self.figures.sum_text(self.figures.value), not self.figures.activated),
            }
            + self._activation()
        )

    def channel(self, channel: int) -> str:
        """Tell one channel's sum and the running total."""
        count = self.step.products[channel].size
        sentence = self.ngettext(
            "Channel %(channel)s of filter %(filter)s: its %(count)s product is %(sum)s; "
            "with the bias and the channels before it that makes %(running)s.",
            "Channel %(channel)s of filter %(filter)s: its %(count)s products add up to %(sum)s; "
            "with the bias and the channels before it that makes %(running)s.",
            count,
        )
        last = channel == len(self.step.products) - 1
        running = float(self.step.partial_sums[channel].ravel()[-1])
        return str(
            Markup(sentence)
            % {
                "channel": self.step.channels[channel],
                "filter": self._filter(),
                "count": count,
                "sum": self.figures.sum_text(self.figures.channel_sums[channel]),
                "running": self._mark(self.figures.sum_text(running), not (last and self.figures.activated)),
            }
            + (self._activation() if last else Markup())
        )

    def product(self, channel: int, index: int, running: str) -> str:
        """Tell one product and the running total."""
        row, column = divmod(index, self.step.products.shape[2])
        term = self.figures.terms[channel][index]
        if self.step.inside[row, column]:
            sentence = self.gettext(
                "Channel %(channel)s, row %(row)s, column %(column)s: %(weight)s × %(x)s = %(product)s; "
                "with the bias, so far %(running)s."
            )
        else:
            sentence = self.gettext(
                "Channel %(channel)s, padding: %(weight)s × %(x)s = %(product)s; with the bias, so far %(running)s."
            )
        return str(
            Markup(sentence)
            % {
                "channel": self.step.channels[channel],
                "row": int(self.step.rows[row]),
                "column": int(self.step.columns[column]),
                "weight": Markup('<b class="role-filter">%s</b>') % term.weight,
                "x": Markup('<b class="role-input">%s</b>') % term.x,
                "product": self.figures.product_text(channel, index),
                "running": self._mark(running, True),
            }
        )

    def question(self) -> str:
        """Ask for the number that this step makes."""
        _, _, row, column = self.step.index
        return str(
            Markup(
                self.gettext(
                    "Filter %(filter)s sits on %(place)s. "
                    "Which number goes into %(output)s at row %(row)s, column %(column)s?"
                )
            )
            % {
                "filter": self._filter(),
                "place": self._place(),
                "output": Markup('<b class="role-output"><i>o</i><sub>%s</sub></b>') % self.filter,
                "row": row,
                "column": column,
            }
        )

    def formula(self, done: int) -> str:
        """Return MathML of the sum with this step's numbers; channels from `done` on are dots."""
        _, _, row, column = self.step.index
        terms = [Markup('<mn class="role-filter">%s</mn>') % self.figures.sum_text(self.figures.bias)]
        terms += [_mn(self.figures.sum_text(total)) for total in self.figures.channel_sums[:done]]
        complete = done == len(self.figures.channel_sums)
        gap = self.figures.gap_text(self.figures.gap) if complete else ""
        terms += [Markup("<mo>…</mo>")] if not complete else []
        body = Markup("<mo>+</mo>").join(terms) + (Markup("<mtext>%s</mtext>") % gap if gap else "")
        place = Markup("<mo>,</mo>").join(_mn(str(number)) for number in (self.filter, row, column))
        left = Markup('<msub><mi class="role-output">o</mi><mrow>%s</mrow></msub>') % place
        return str(Markup("<math><mrow>%s<mo>=</mo>%s</mrow></math>") % (left, self._result(body, complete)))

    def total(self, done: int) -> str:
        """Return the sum written out, the result marked; channels from `done` on are dots."""
        complete = done == len(self.figures.channel_sums)
        bias = Markup('<span class="role-filter">%s</span>') % self.figures.sum_text(self.figures.bias)
        sums = [self.figures.sum_text(total) for total in self.figures.channel_sums[:done]]
        terms = [bias, *sums] if complete else [bias, *sums, "…"]
        line = Markup(" + ").join(terms)
        if complete and (gap := self.figures.gap_text(self.figures.gap)):
            line += Markup(' <span class="rounding">%s %s</span>') % (gap, self.gettext("rounding"))
        if not complete:
            return str(line)
        result = Markup(" = <mark>%s</mark>") % self.figures.sum_text(self.figures.value)
        if self.figures.activated:
            name = self.gettext(ACTIVATION_NAMES[self.layer.activation])
            value = self.figures.sum_text(self.figures.value)
            plain, through = (
                Markup(" = <b>%s</b>") % value,
                Markup('<span class="through">%s(%s)</span>') % (name, value),
            )
            result = plain + Markup("<br>") + through + Markup(" = <mark>%s</mark>") % self.figures.activated
        return str(line + result)

    def _result(self, body: Markup, complete: bool) -> Markup:
        value = Markup('<mn class="role-output result">%s</mn>')
        if not self.figures.activated:
            return body + Markup("<mo>=</mo>") + value % self.figures.sum_text(self.figures.value) if complete else body
        name = Markup("<mi>%s</mi>") % self.gettext(ACTIVATION_NAMES[self.layer.activation])
        inner = name + Markup('<mo stretchy="false">(</mo>') + body + Markup('<mo stretchy="false">)</mo>')
        return inner + Markup("<mo>=</mo>") + value % self.figures.activated if complete else inner

    def _activation(self) -> Markup:
        if not self.figures.activated:
            return Markup()
        sentence = self.gettext(" %(activation)s turns it into %(value)s.")
        name = self.gettext(ACTIVATION_NAMES[self.layer.activation])
        return Markup(sentence) % {"activation": name, "value": self._mark(self.figures.activated, True)}

    def _bias(self) -> Markup:
        """Return the bias, and what rounding takes between the printed sum, bias and value."""
        figures = self.figures
        gap = figures.gap_text(numbers.remainder(figures.value, [figures.products_sum, figures.bias]))
        bias = Markup.escape(figures.sum_text(figures.bias))
        return bias + (Markup(" (%s %s)") % (gap, self.gettext("rounding")) if gap else Markup())

    def _filter(self) -> Markup:
        return Markup('<b class="role-filter"><i>W</i><sub>%s</sub></b>') % self.filter

    def _mark(self, text: str, final: bool) -> Markup:
        return (Markup("<mark>%s</mark>") if final else Markup("<b>%s</b>")) % text

    def _place(self) -> Markup:
        """Name the rows and columns of the input under the window, and the padding it also covers."""
        name = Markup('<b class="role-input">%s</b>') % (self.layer.source or self.gettext("input"))
        if self.layer.flat:
            everything = Markup(self.gettext("all %(count)s numbers of %(input)s"))
            return everything % {"count": self.layer.x.size, "input": name}
        rows = [int(row) for row in self.step.rows if 0 <= row < self.layer.input_size[0]]
        columns = [int(column) for column in self.step.columns if 0 <= column < self.layer.input_size[1]]
        padded = int((~self.step.inside).sum())
        if not rows or not columns:
            return Markup(self.gettext("nothing but padding"))
        sentence = (
            self.ngettext(
                "%(rows)s, %(columns)s of the %(input)s and %(padded)s padding cell per channel",
                "%(rows)s, %(columns)s of the %(input)s and %(padded)s padding cells per channel",
                padded,
            )
            if padded
            else self.gettext("%(rows)s, %(columns)s of the %(input)s")
        )
        named_rows, named_columns = rows_and_columns(self.words, rows, columns)
        return Markup(sentence) % {
            "input": name,
            "rows": named_rows,
            "columns": named_columns,
            "padded": padded,
        }


def rows_and_columns(words: Words, rows: Sequence[int], columns: Sequence[int]) -> tuple[str, str]:
    """Return "rows 1–3" and "columns 0, 2"."""
    return (
        words.ngettext("row %(rows)s", "rows %(rows)s", len(rows)) % {"rows": _span(words, rows)},
        words.ngettext("column %(columns)s", "columns %(columns)s", len(columns)) % {"columns": _span(words, columns)},
    )


def _span(words: Words, places: Sequence[int]) -> str:
    """Return "1-3" for neighbours, "0, 2, 4" for places apart."""
    if len(places) > 1 and places[-1] - places[0] == len(places) - 1:
        return f"{places[0]}\N{EN DASH}{places[-1]}"
    return listed(words, [str(place) for place in places])


def _mn(text: str) -> Markup:
    return Markup("<mn>%s</mn>") % text
