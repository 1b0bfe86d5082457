"""What the page says about the learner's own numbers: a predicted cell, a pasted output."""

from __future__ import annotations

from typing import Any

from app import numbers
from app.exhibits import fields
from app.exhibits.convolution_forward.scene import ConvolutionScene
from app.i18n import N_, Words, together
from app.tensors import Array
from engine import diagnose
from engine.ops.activation import ACTIVATIONS

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
    others = [f"other-{name}" for name in ("stride", "padding", "dilation") if name in values]
    sentences += [words.gettext(CAUSES[other]) % values for other in others if other != verdict.cause]
    return together(words, sentences)


def guess(scene: ConvolutionScene, value: float, words: Words) -> dict[str, Any]:
    """Return whether `value` is the current cell, and a hint (never the answer) if not."""
    layer, text = scene.layer, numbers.short(value, 4)
    verdict = diagnose.conv2d_cell(value, layer.trace, scene.cell, after=ACTIVATIONS[layer.activation])
    if verdict.right:
        moment = scene.moments(scene.cell, scene.cell + 1, words)[0]
        formula = moment.formulas[str(moment.parts[-1].done)]
        return {"right": True, "guess": text, "text": words.gettext("Yes:"), "formula": formula}
    hint = _cause(verdict, words) or words.gettext("Multiply and add once more.")
    return {"right": False, "guess": text, "text": words.gettext("Not yet."), "hint": hint}


def check(scene: ConvolutionScene, answer: Array, words: Words) -> dict[str, Any]:
    """Return whether `answer` is the page's output; else the first wrong cell and the likely cause."""
    layer = scene.layer
    if answer.ndim == 2 and len(layer.output) == 1:
        answer = answer[None]
    after = ACTIVATIONS[layer.activation]
    verdict = diagnose.conv2d_answer(answer, layer.x, layer.sliding_weight, layer.bias, **layer.options, after=after)
    return _verdict(verdict, words)


def _verdict(verdict: diagnose.Verdict, words: Words) -> dict[str, Any]:
    if verdict.right:
        return {"right": True, "text": words.gettext("Every cell is right.")}
    sentences = []
    if verdict.first_difference is not None and verdict.expected is not None and verdict.got is not None:
        f, row, column = verdict.first_difference
        sentence = words.gettext(
            "First difference: output map %(f)s, row %(row)s, column %(column)s is %(expected)s, not %(got)s."
        )
        expected, got = _told_apart(verdict.expected, verdict.got)
        sentences.append(sentence % {"f": f, "row": row, "column": column, "expected": expected, "got": got})
    hint = together(words, [*sentences, _cause(verdict, words)])
    return {"right": False, "text": words.gettext("Not yet."), "hint": hint}


def _told_apart(expected: float, got: float) -> tuple[str, str]:
    """Return both as printed, with as many decimals (from 4) as it takes to see that they differ."""
    printed = [(numbers.short(expected, decimals), numbers.short(got, decimals)) for decimals in range(4, 16)]
    return next((pair for pair in printed if pair[0] != pair[1]), printed[-1])
