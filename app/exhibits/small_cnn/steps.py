"""The three phases, step by step: which tensors each step brings, and the one sentence about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from app import numbers
from app.exhibits.small_cnn.resolve import Pass
from app.i18n import N_, Words
from app.stepper.single import mark, place_of
from app.stepper.walk import Walk
from app.tensors import Array

DECIMALS = 4
TOO_LONG = 1e12  # from here on a number is printed with its power of ten
PHASES = {"forward": N_("Forward"), "backward": N_("Backward"), "update": N_("Update")}


@dataclass(frozen=True)
class Step:
    """One step: the tensors that appear, and what is said."""

    phase: str
    shows: tuple[str, ...]
    says: Callable[[Pass, Words, tuple[str, str]], Markup]


def told(words: Words, sentence: str, **values: object) -> Markup:
    """Return a sentence with its values filled in; the last number is marked by the caller."""
    return Markup(words.gettext(sentence)) % values


def printed(value: float) -> str:
    """Return a number as sentences print it."""
    if abs(value) >= TOO_LONG:
        return precise(value)
    return numbers.fitting(float(value), DECIMALS)


def precise(value: float) -> str:
    """Return a number from which a reader goes on to compute: six figures, so that the result comes out."""
    return f"{value:.6g}".replace("inf", "∞").replace("-", numbers.MINUS)


def _most(values: Array) -> tuple[tuple[int, ...], float]:
    """Return the place of the largest magnitude, and the number there."""
    place = np.unravel_index(int(np.abs(values).argmax()), values.shape)
    return tuple(int(k) for k in place), float(values[place])


def _input(shown: Pass, words: Words, classes: tuple[str, str]) -> Markup:
    sentence = N_("The input is %(rows)s × %(columns)s cells; the right answer is “%(name)s”, class %(target)s.")
    rows, columns = shown.x.shape[1:]
    name = words.gettext(classes[shown.target])
    return told(words, sentence, rows=rows, columns=columns, name=name, target=mark(str(shown.target)))


def _conv(shown: Pass, words: Words, classes: tuple[str, str]) -> Markup:
    (f, row, column), value = _most(shown.activations.conv)
    sentence = N_(
        "Each filter slides over the input, a sum of nine products and a bias at every place; "
        "the largest in magnitude is that of filter %(filter)s at %(place)s: %(value)s."
    )
    return told(words, sentence, filter=f, place=place_of(words, row, column), value=mark(printed(value)))


def _relu(shown: Pass, words: Words, classes: tuple[str, str]) -> Markup:
    kept = int((shown.activations.conv > 0).sum())
    sentence = N_("ReLU turns negative numbers into 0; of %(count)s numbers, those that pass as they are: %(kept)s.")
    return told(words, sentence, count=shown.activations.conv.size, kept=mark(str(kept)))


def _pool(shown: Pass, words: Words, classes: tuple[str, str]) -> Markup:
    (c, row, column), value = _most(shown.activations.pool)
    sentence = N_(
        "Max pooling keeps the largest number of each 2 × 2 window; in map %(map)s the window "
        "at rows %(rows)s, columns %(columns)s keeps %(value)s."
    )
    rows, columns = (f"{2 * k}–{2 * k + 1}" for k in (row, column))
    return told(words, sentence, map=c, rows=rows, columns=columns, value=mark(printed(value)))


def _flat(shown: Pass, words: Words, classes: tuple[str, str]) -> Markup:
    sentence = N_("Flatten writes both maps in one row, map 0 first, row by row; so many numbers: %(count)s.")
    return told(words, sentence, count=mark(str(shown.activations.flat.size)))


def _logits(shown: Pass, words: Words, classes: tuple[str, str]) -> Markup:
    sentence = N_(
        "Each class has its row of weights: eight products and a bias make the logit %(other)s of class %(first)s, "
        "and of class %(second)s the logit %(value)s."
    )
    other, value = (printed(z) for z in shown.activations.logits)
    return told(words, sentence, other=other, first=0, second=1, value=mark(value))


def _probabilities(shown: Pass, words: Words, classes: tuple[str, str]) -> Markup:
    first, second = shown.activations.probabilities.tolist()
    best = int(second > first)
    value = mark(printed(max(first, second)))
    if first == second:
        return told(words, N_("Softmax turns the logits into probabilities; both classes get %(value)s."), value=value)
    sentence = N_(
        "Softmax turns the logits into probabilities, which add up to 1; row %(row)s, “%(name)s”, has the larger one: "
        "%(value)s."
    )
    return told(words, sentence, row=best, name=words.gettext(classes[best]), value=value)


def _loss(shown: Pass, words: Words, classes: tuple[str, str]) -> Markup:
    sentence = N_(
        "The loss is minus the natural logarithm of the probability of the right class, row %(row)s; "
        "−ln %(share)s is %(value)s."
    )
    share = precise(shown.activations.probabilities[shown.target])
    return told(words, sentence, row=shown.target, share=share, value=mark(printed(shown.activations.loss)))


def _d_probabilities(shown: Pass, words: Words, classes: tuple[str, str]) -> Markup:
    share, gradient = (float(v[shown.target]) for v in (shown.activations.probabilities, shown.gradients.probabilities))
    if not np.isfinite(gradient):
        return told(
            words,
            N_(
                "The probability of the right class, row %(row)s, is too small for a number, "
                "and its gradient −1 / p has none either; p − y, which comes next, has: %(value)s."
            ),
            row=shown.target,
            value=mark(printed(shown.gradients.logits[shown.target])),
        )
    sentence = N_(
        "Backwards now: the loss −ln p falls as the right class, row %(row)s, gets a larger probability; "
        "its slope there, −1 / %(share)s, is %(value)s."
    )
    return told(words, sentence, row=shown.target, share=precise(share), value=mark(printed(gradient)))


def _d_logits(shown: Pass, words: Words, classes: tuple[str, str]) -> Markup:
    sentence = N_(
        "Through softmax and logarithm in one: the gradient of a logit is its probability p minus what was wanted, 1 "
        "or 0; in row %(row)s %(share)s − 1 makes %(value)s."
    )
    share, value = (float(v[shown.target]) for v in (shown.activations.probabilities, shown.gradients.logits))
    return told(words, sentence, row=shown.target, share=precise(share), value=mark(printed(value)))


def _d_linear(shown: Pass, words: Words, classes: tuple[str, str]) -> Markup:
    (k, j), value = _most(shown.gradients.parameters.linear_weight)
    sentence = N_(
        "A weight's gradient is the gradient of its logit times the number that it read; "
        "at %(place)s %(logit)s · %(read)s makes %(value)s."
    )
    logit, read = precise(shown.gradients.logits[k]), precise(shown.activations.flat[j])
    return told(words, sentence, place=place_of(words, k, j), logit=logit, read=read, value=mark(printed(value)))


def _d_flat(shown: Pass, words: Words, classes: tuple[str, str]) -> Markup:
    (j,), value = _most(shown.gradients.flat)
    sentence = N_(
        "Each of the eight numbers gets back, from both logits, their gradients times its weights; "
        "number %(number)s gets %(value)s."
    )
    return told(words, sentence, number=j, value=mark(printed(value)))


def _d_pool(shown: Pass, words: Words, classes: tuple[str, str]) -> Markup:
    (c, row, column), value = _most(shown.gradients.pool)
    sentence = N_(
        "Flatten backwards only puts the numbers back into their maps; in map %(map)s, %(place)s gets %(value)s."
    )
    return told(words, sentence, map=c, place=place_of(words, row, column), value=mark(printed(value)))


def _d_relu(shown: Pass, words: Words, classes: tuple[str, str]) -> Markup:
    sentence = N_(
        "Only the cell that was the largest of its window gets the window's gradient, all others 0; "
        "so many cells can get one: %(count)s."
    )
    return told(words, sentence, count=mark(str(shown.activations.switches.size)))


def _d_conv(shown: Pass, words: Words, classes: tuple[str, str]) -> Markup:
    passed = int((shown.gradients.conv != 0).sum())
    sentence = N_(
        "ReLU lets a gradient through where the number was above 0, and stops it elsewhere; "
        "cells with a gradient now: %(count)s."
    )
    return told(words, sentence, count=mark(str(passed)))


def _d_weight(shown: Pass, words: Words, classes: tuple[str, str]) -> Markup:
    (f, _, u, v), value = _most(shown.gradients.parameters.weight)
    sentence = N_(
        "A filter's weight met sixteen input cells: each times the gradient of the sum it went into, added up; "
        "in filter %(filter)s, %(place)s gets %(value)s."
    )
    return told(words, sentence, filter=f, place=place_of(words, u, v), value=mark(printed(value)))


def _d_x(shown: Pass, words: Words, classes: tuple[str, str]) -> Markup:
    (_, row, column), value = _most(shown.gradients.x)
    sentence = N_(
        "Even the input has a gradient: how the loss would change with each cell, most of all at %(place)s: %(value)s."
    )
    return told(words, sentence, place=place_of(words, row, column), value=mark(printed(value)))


def _new_weight(shown: Pass, words: Words, classes: tuple[str, str]) -> Markup:
    place, gradient = _most(shown.gradients.parameters.weight)
    sentence = N_(
        "Every weight takes a step against its gradient, w − lr · dw; in filter %(filter)s, %(place)s, "
        "%(old)s − %(lr)s · %(gradient)s makes %(value)s."
    )
    return told(words, sentence, filter=place[0], **_step_of(shown, words, "weight", place, gradient))


def _new_linear(shown: Pass, words: Words, classes: tuple[str, str]) -> Markup:
    place, gradient = _most(shown.gradients.parameters.linear_weight)
    sentence = N_("The linear weights do the same; at %(place)s, %(old)s − %(lr)s · %(gradient)s makes %(value)s.")
    return told(words, sentence, **_step_of(shown, words, "linear_weight", place, gradient))


def _step_of(shown: Pass, words: Words, name: str, place: tuple[int, ...], gradient: float) -> dict[str, object]:
    return {
        "place": place_of(words, *place[-2:]),
        "old": precise(shown.tensor(name)[place]),
        "lr": precise(shown.lr),
        "gradient": precise(gradient) if gradient >= 0 else f"({precise(gradient)})",
        "value": mark(printed(shown.tensor(f"new_{name}")[place])),
    }


def _new_loss(shown: Pass, words: Words, classes: tuple[str, str]) -> Markup:
    sentence = N_("The same picture once more, with the new numbers: the loss was %(old)s and is now %(value)s.")
    return told(words, sentence, old=printed(shown.activations.loss), value=mark(printed(shown.loss_after)))


STEPS = (
    Step("forward", ("x",), _input),
    Step("forward", ("conv",), _conv),
    Step("forward", ("relu",), _relu),
    Step("forward", ("pool",), _pool),
    Step("forward", ("flat",), _flat),
    Step("forward", ("logits",), _logits),
    Step("forward", ("probabilities",), _probabilities),
    Step("forward", ("loss",), _loss),
    Step("backward", ("d_probabilities",), _d_probabilities),
    Step("backward", ("d_logits",), _d_logits),
    Step("backward", ("d_linear_weight", "d_linear_bias"), _d_linear),
    Step("backward", ("d_flat",), _d_flat),
    Step("backward", ("d_pool",), _d_pool),
    Step("backward", ("d_relu",), _d_relu),
    Step("backward", ("d_conv",), _d_conv),
    Step("backward", ("d_weight", "d_bias"), _d_weight),
    Step("backward", ("d_x",), _d_x),
    Step("update", ("new_weight", "new_bias"), _new_weight),
    Step("update", ("new_linear_weight", "new_linear_bias"), _new_linear),
    Step("update", ("new_loss",), _new_loss),
)
STEP_OF = {name: number for number, step in enumerate(STEPS) for name in step.shows}
FIRST_OF = {phase: next(k for k, step in enumerate(STEPS) if step.phase == phase) for phase in PHASES}


class Phases(Walk):
    """The reader among the steps of the network."""

    def __init__(self, step: int) -> None:
        super().__init__(len(STEPS), 1, step)

    @property
    def current(self) -> Step:
        return STEPS[self.step]

    @property
    def ticks(self) -> list[tuple[str, bool]]:
        """(place, long) of a tick per step; long where a phase begins."""
        return [(self._percent(step), step in FIRST_OF.values()) for step in range(self.steps)]
