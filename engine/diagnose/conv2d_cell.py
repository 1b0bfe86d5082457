"""Check one predicted number of a convolution against its step."""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from engine.diagnose.verdict import Detail, Explanation, Verdict, agree, floats, likely_cause
from engine.errors import ShapeError
from engine.ops.arrays import real_array
from engine.ops.conv2d_trace import Conv2dStep, Conv2dTrace


def conv2d_cell(guess: object, trace: Conv2dTrace, i: int) -> Verdict:
    """Return whether guess is the value of trace[i], and the likely mistake if it is not.

    detail   {"channel": c} for "one-channel", {"index": (n, f, i, j)} for "neighbour-window"
    Right as in conv2d_answer. Raises ShapeError if guess is not one number.
    """
    number, step = real_array(guess, "guess"), trace[i]
    if number.size != 1:
        raise ShapeError("guess must be one number, got shape {shape}", shape=number.shape)
    given = floats(np.asarray(number).reshape(()))
    if agree(given, np.asarray(step.value, np.float64)):
        return Verdict(right=True)
    cause, detail = likely_cause(given, _explanations(trace, step))
    return Verdict(False, step.index[1:], float(step.value), given.item(), cause, detail)


Change = tuple[Detail, float]
Hypothesis = Callable[[Conv2dTrace, Conv2dStep], Iterator[Change]]


def _no_bias(_: Conv2dTrace, step: Conv2dStep) -> Iterator[Change]:
    yield {}, step.channel_sums.sum()


def _one_channel(_: Conv2dTrace, step: Conv2dStep) -> Iterator[Change]:
    for channel, total in zip(step.channels, step.channel_sums, strict=True):
        yield {"channel": channel}, total + step.bias
        yield {"channel": channel}, total


def _flipped_kernel(_: Conv2dTrace, step: Conv2dStep) -> Iterator[Change]:
    yield {}, (step.window * step.weight[:, ::-1, ::-1]).sum() + step.bias


def _bias_per_channel(_: Conv2dTrace, step: Conv2dStep) -> Iterator[Change]:
    yield {}, step.channel_sums.sum() + len(step.channels) * step.bias


def _sign(_: Conv2dTrace, step: Conv2dStep) -> Iterator[Change]:
    total = step.channel_sums.sum()
    yield {"of": "output"}, -(total + step.bias)
    yield {"of": "weight"}, step.bias - total
    yield {"of": "bias"}, total - step.bias


def _neighbour_window(trace: Conv2dTrace, step: Conv2dStep) -> Iterator[Change]:
    n, f, i, j = step.index
    _, filters, height, width = trace.grid
    around = [
        (n, f, row, column)
        for row in range(max(i - 1, 0), min(i + 2, height))
        for column in range(max(j - 1, 0), min(j + 2, width))
    ]
    for index in around + [(n, other, i, j) for other in range(filters)]:
        yield {"index": index}, trace.step_at(index).value


HYPOTHESES: tuple[tuple[str, Hypothesis], ...] = (
    ("no-bias", _no_bias),
    ("one-channel", _one_channel),
    ("flipped-kernel", _flipped_kernel),
    ("bias-per-channel", _bias_per_channel),
    ("sign", _sign),
    ("neighbour-window", _neighbour_window),
)


def _explanations(trace: Conv2dTrace, step: Conv2dStep) -> Iterator[Explanation]:
    for cause, hypothesis in HYPOTHESES:
        for detail, value in hypothesis(trace, step):
            yield cause, detail, partial(np.asarray, value, np.float64)
