"""Questions of the lesson "Convolution, step by step": one cell, one size, three channels."""

import numpy as np

import engine
from app.i18n import N_
from app.lessons.question import Ask, Question
from app.lessons.questions import Cause, told_apart
from engine.geometry import output_size


def one_cell(seed: int) -> Question:
    """Compute one cell of a convolution with one channel."""
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 6, size=(1, 4, 4)).astype(np.float64)
    weight = rng.permutation(np.repeat([-1.0, 0.0, 1.0], 3)).reshape(1, 1, 3, 3)
    bias = rng.choice([-3.0, -2.0, -1.0, 1.0, 2.0, 3.0], size=1)
    output = engine.conv2d(x, weight, bias)[0]
    row, column = (int(index) for index in rng.integers(0, 2, size=2))
    step = engine.trace.conv2d(x, weight, bias)[row * output.shape[1] + column]
    answer, offset = float(step.value), float(bias[0])

    def cell(**changes: object) -> float:
        arguments = {"x": x, "weight": weight, "bias": bias, **changes}
        return float(engine.conv2d(**arguments)[0, row, column])  # type: ignore[arg-type]

    counted_from_1 = [(float(output[row - 1, column - 1]), COUNTED_FROM_1)] if row and column else []
    return Question(
        prompt=N_(
            "A 3 × 3 kernel goes over the 4 × 4 picture, without padding, one pixel at a time. The bias is "
            "%(bias)s. What stands in row %(row)s, column %(column)s of the map (counted from 0)?"
        ),
        values={
            "bias": offset,
            "row": row,
            "column": column,
            "answer": answer,
            "sum": float(step.channel_sums.sum()),
            "last_row": row + 2,
            "last_column": column + 2,
        },
        answer=answer,
        why=N_(
            "The window covers rows %(row)s to %(last_row)s and columns %(column)s to %(last_column)s. The nine "
            "products add up to %(sum)s; with the bias %(bias)s that makes %(answer)s."
        ),
        causes=told_apart(
            answer,
            (cell(bias=None), N_("That is the sum of the products; the bias %(bias)s is still missing.")),
            (cell(bias=-bias), N_("The bias is %(bias)s: it is added with its sign.")),
            (cell(bias=bias * 9), N_("The bias is added once, not once for each of the nine products.")),
            (
                cell(weight=weight[:, :, ::-1, ::-1]),
                N_("Here the kernel was turned by 180°; put it on the picture as it is drawn."),
            ),
            (
                cell(weight=weight.swapaxes(2, 3)),
                N_("Here rows and columns of the kernel were swapped; put it on the picture as it is drawn."),
            ),
            (float(output[column, row]), N_("That cell is in row %(column)s, column %(row)s: row first, then column.")),
            *counted_from_1,
            (
                float(step.window.sum() + offset),
                N_("These are the pixels added up; multiply each by its weight first."),
            ),
        ),
        tensors={"x": x, "weight": weight[0]},
    )


COUNTED_FROM_1 = N_("That is the cell before, up and to the left: rows and columns are counted from 0.")


def size_after(seed: int) -> Question:
    """Compute the size of a convolution's output."""
    rng = np.random.default_rng(seed)
    size, kernel = int(rng.integers(7, 33)), int(rng.integers(3, 6))
    stride, padding = int(rng.integers(2, 4)), int(rng.integers(1, 3))
    answer = output_size(size, kernel, stride=stride, padding=padding)
    room = size + 2 * padding - kernel
    fits = room % stride == 0
    return Question(
        prompt=N_(
            "A picture of %(size)s × %(size)s pixels, a kernel of %(kernel)s × %(kernel)s, stride %(stride)s, "
            "padding %(padding)s on every side. How many rows does the map have?"
        ),
        values={
            "size": size,
            "kernel": kernel,
            "stride": stride,
            "padding": padding,
            "room": room,
            "strides": answer - 1,
            "answer": answer,
        },
        answer=answer,
        why=WHY_EVEN if fits else WHY_FLOORED,
        causes=told_apart(
            answer,
            (answer - 1, N_("These are the strides; the first window, before any stride, counts as well.")),
            (
                output_size(size, kernel, stride=stride),
                N_("That is without padding; it adds %(padding)s rows at the top and %(padding)s at the bottom."),
            ),
            (
                output_size(size, kernel, stride=stride, padding=(padding, 0)),
                N_("Padding lies on both sides, so it counts twice: 2 · %(padding)s."),
            ),
            (
                output_size(size, kernel, padding=padding),
                N_("That is for stride 1; here the window moves by %(stride)s."),
            ),
            (-(-room // stride) + 1, N_("Round down: a window that would stick out at the end does not count.")),
            (size, N_("Only stride 1 with the right padding keeps the size; here the window moves by %(stride)s.")),
        ),
    )


WHY_EVEN = N_(
    "After the first window there is room for %(size)s + 2 · %(padding)s − %(kernel)s = %(room)s rows, exactly "
    "%(strides)s strides of %(stride)s. With the first window that makes %(answer)s."
)
WHY_FLOORED = N_(
    "After the first window there is room for %(size)s + 2 · %(padding)s − %(kernel)s = %(room)s rows. That is "
    "%(strides)s whole strides of %(stride)s, rounded down. With the first window that makes %(answer)s."
)


def three_channels(seed: int) -> Question:
    """Compute the one answer of a filter that spans three channels."""
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 4, size=(3, 2, 2)).astype(np.float64)
    weight = np.stack([rng.permutation([-1.0, 0.0, 1.0, 1.0]) for _ in range(3)]).reshape(1, 3, 2, 2)
    bias = rng.choice([-2.0, -1.0, 1.0, 2.0, 3.0], size=1)
    step = engine.trace.conv2d(x, weight, bias)[0]
    sums, offset, answer = [float(channel) for channel in step.channel_sums], float(bias[0]), float(step.value)

    def value(**changes: object) -> float:
        arguments = {"x": x, "weight": weight, "bias": bias, **changes}
        return float(engine.conv2d(**arguments).item())  # type: ignore[arg-type]

    one_channel: list[Cause] = [
        (value(x=x[[channel]], weight=weight[:, [channel]]), sentence) for channel, sentence in enumerate(ONE_CHANNEL)
    ]
    return Question(
        prompt=N_(
            "A 2 × 2 window on three channels, and a filter with three slices. The bias is %(bias)s. Which "
            "number does the filter answer?"
        ),
        values={
            "bias": offset,
            "answer": answer,
            "sum0": sums[0],
            "sum1": sums[1],
            "sum2": sums[2],
        },
        answer=answer,
        why=N_(
            "The channels report %(sum0)s, %(sum1)s and %(sum2)s. All three are added up, and then the bias "
            "%(bias)s, once: %(answer)s."
        ),
        causes=told_apart(
            answer,
            (value(bias=None), N_("That is the sum of the three channels; the bias %(bias)s is still missing.")),
            (value(bias=bias * 3), N_("That adds the bias in every channel; it is added once.")),
            *one_channel,
            (
                round(float(np.mean(sums)) + offset, 2),
                N_("That takes the mean of the channels; they are added up, not averaged."),
            ),
            (
                value(weight=np.repeat(weight[:, :1], 3, axis=1)),
                N_("That puts slice 0 on all channels; each channel has a slice of its own."),
            ),
            (
                value(weight=weight[:, :, ::-1, ::-1]),
                N_("Here the slices were turned by 180°; use them as they are drawn."),
            ),
            (value(weight=weight[:, ::-1]), N_("Here the slices came in reverse order; slice 0 belongs to channel 0.")),
        ),
        tensors={"x": x, "weight": weight[0]},
    )


ONE_CHANNEL = (
    N_("That is channel 0 alone, with the bias; the filter spans all three channels."),
    N_("That is channel 1 alone, with the bias; the filter spans all three channels."),
    N_("That is channel 2 alone, with the bias; the filter spans all three channels."),
)


QUESTIONS: dict[str, Ask] = {
    "one-cell": one_cell,
    "output-size": size_after,
    "three-channels": three_channels,
}
