"""What the page says about the learner's own numbers: a predicted cell, a pasted output."""

from __future__ import annotations

from typing import Any

import numpy as np

from app import numbers
from app.exhibits import fields
from app.exhibits.convolution_forward.layer import Layer
from app.exhibits.convolution_forward.scene import ConvolutionScene
from app.i18n import N_, Words, together
from app.tensors import Array
from engine import diagnose

ROUNDING = 0.005  # an activated answer may be rounded to two decimals
CAUSES = {
    "flipped-kernel": N_("It looks as if the kernel was flipped: here it slides just as it is shown."),
    "no-bias": N_("It looks as if the bias was left out: it is added once per output cell."),
    "bias-per-channel": N_("It looks as if the bias was added once per channel: it is added once per output cell."),
    "other-stride": N_("It looks like stride %(stride)s."),
    "other-padding": N_("It looks like padding %(padding)s."),
    "other-dilation": N_("It looks like dilation %(dilation)s."),
    "swapped-axes": N_("It looks as if rows and columns of the %(of)s were swapped."),
    "channels-last": N_("It looks as if the axes of the %(of)s were read as H × W × C instead of C × H × W."),
    "filters-swapped": N_("It looks as if the output maps stand in another order."),
    "channels-swapped": N_("It looks as if the input channels were taken in another order."),
    "sign": N_("It looks as if the signs of the %(of)s were turned round."),
    "one-channel": N_("That is channel %(channel)s alone: the channel sums still have to be added up."),
    "neighbour-window": N_("That is the value of another output cell: the window lay elsewhere."),
    "wrong-shape": N_("The shapes differ: yours is %(got)s, the output is %(wanted)s."),
    "activation": N_("That is the sum before the activation."),
}
PARTS = {"input": N_("input"), "weight": N_("filters"), "bias": N_("bias"), "output": N_("output")}


def _cause(verdict: diagnose.Verdict, words: Words) -> str:
    """Return the likely mistake as a sentence, "" if none is known."""
    if verdict.cause is None:
        return ""
    values = dict(verdict.detail)
    for name in ("stride", "dilation"):
        if name in values:
            values[name] = fields.pair_text(values[name])
    if "padding" in values:
        values["padding"] = fields.padding_text(values["padding"])
    for name in ("wanted", "got"):
        if name in values:
            values[name] = " × ".join(map(str, values[name]))
    if "of" in values:
        part = PARTS[values["of"]]
        values["of"] = words.gettext(part)
    sentences = [words.gettext(CAUSES[verdict.cause]) % values]
    hinted = {"other-stride": ("padding",), "wrong-shape": ("stride", "padding")}.get(verdict.cause, ())
    sentences += [words.gettext(CAUSES[f"other-{name}"]) % values for name in hinted if name in values]
    return together(words, sentences)


def guess(scene: ConvolutionScene, value: float, words: Words) -> dict[str, Any]:
    """Return whether `value` is the current cell, and a hint (never the answer) if not."""
    _, f, row, column = scene.layer.trace[scene.cell].index
    expected = float(scene.layer.output[f, row, column])
    decimals, text = min(scene.precision.activated, 2), numbers.short(value, 4)
    if numbers.rounded(value, decimals) == numbers.rounded(expected, decimals):
        moment = scene.moments(scene.cell, scene.cell + 1, words)[0]
        formula = moment.formulas[str(moment.parts[-1].done)]
        return {"right": True, "guess": text, "text": words.gettext("Yes:"), "formula": formula}
    hint = _cause(_cell_verdict(scene, value), words) or words.gettext("Multiply and add once more.")
    return {"right": False, "guess": text, "text": words.gettext("Not yet."), "hint": hint}


def _cell_verdict(scene: ConvolutionScene, value: float) -> diagnose.Verdict:
    """Diagnose the sum; behind an activation the only mistake that can be told is leaving it out."""
    verdict = diagnose.conv2d_cell(value, scene.layer.trace, scene.cell)
    if scene.layer.activation == "none":
        return verdict
    return diagnose.Verdict(False, cause="activation" if verdict.right else None)


def check(scene: ConvolutionScene, answer: Array, words: Words) -> dict[str, Any]:
    """Return whether `answer` is the page's output; else the first wrong cell and the likely cause."""
    layer = scene.layer
    if answer.ndim == 2 and len(layer.output) == 1:
        answer = answer[None]
    verdict = diagnose.conv2d_answer(answer, layer.x, layer.sliding_weight, layer.bias, **layer.options)
    if layer.activation != "none":
        verdict = _activated_verdict(layer, answer, verdict)
    return _verdict(verdict, words)


def _activated_verdict(layer: Layer, answer: Array, sums: diagnose.Verdict) -> diagnose.Verdict:
    if answer.shape != layer.output.shape:
        return sums
    apart = np.abs(answer - layer.output) > ROUNDING
    if not apart.any():
        return diagnose.Verdict(True)
    f, row, column = (int(place) for place in np.argwhere(apart)[0])
    expected, got = float(layer.output[f, row, column]), float(answer[f, row, column])
    return diagnose.Verdict(False, (f, row, column), expected, got, "activation" if sums.right else None)


def _verdict(verdict: diagnose.Verdict, words: Words) -> dict[str, Any]:
    if verdict.right:
        return {"right": True, "text": words.gettext("Every cell is right.")}
    sentences = []
    if verdict.first_difference is not None and verdict.expected is not None and verdict.got is not None:
        f, row, column = verdict.first_difference
        sentence = words.gettext(
            "First difference: output map %(f)s, row %(row)s, column %(column)s is %(expected)s, not %(got)s."
        )
        sentences.append(
            sentence
            % {
                "f": f,
                "row": row,
                "column": column,
                "expected": numbers.short(verdict.expected, 4),
                "got": numbers.short(verdict.got, 4),
            }
        )
    hint = together(words, [*sentences, _cause(verdict, words)])
    return {"right": False, "text": words.gettext("Not yet."), "hint": hint}
