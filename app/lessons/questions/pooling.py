"""Questions of the lesson "Pooling": a cell, a size that rounds up, and the way of a gradient."""

import numpy as np

import engine
from app.i18n import N_
from app.lessons.question import Ask, Question
from app.lessons.questions import told_apart
from app.tensors import Array
from engine.geometry import output_size

GRADIENTS = (-4.0, -2.0, -1.0, 3.0, 5.0, 6.0, 8.0)  # no two cancel, nor any four: 0 is what a loser gets
SHARED = ((2, 0), (2, 1), (2, 2), (2, 3), (2, 4), (0, 2), (1, 2), (3, 2), (4, 2))  # 3 x 3 windows, stride 2, on 5 x 5


def pooled_cell(seed: int) -> Question:
    """Compute one cell of a max pooling whose windows overlap."""
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 10, size=(1, 5, 5)).astype(np.float64)
    row, column = (int(index) for index in rng.integers(0, 2, size=2))

    def pooled(kernel: int, stride: int) -> Array:
        output: Array = engine.max_pool2d(x, kernel, stride=stride).output[0]
        return output

    answer = float(pooled(3, 2)[row, column])
    window = x[0, 2 * row : 2 * row + 3, 2 * column : 2 * column + 3]
    return Question(
        prompt=N_(
            "Max pooling with windows of 3 × 3 and stride 2 makes a map of 2 × 2 from this one. What stands in its "
            "row %(row)s, column %(column)s (counted from 0)?"
        ),
        values={
            "row": row,
            "column": column,
            "top": 2 * row,
            "bottom": 2 * row + 2,
            "left": 2 * column,
            "right": 2 * column + 2,
            "answer": answer,
        },
        answer=answer,
        why=N_(
            "The window covers rows %(top)s to %(bottom)s and columns %(left)s to %(right)s. The largest of these "
            "nine numbers is %(answer)s."
        ),
        causes=told_apart(
            answer,
            (float(pooled(2, 2)[row, column]), N_("That is for windows of 2 × 2; these are 3 × 3 and overlap.")),
            (float(pooled(3, 1)[row, column]), N_("That is for stride 1; the windows begin two cells apart.")),
            (float(pooled(3, 2)[column, row]), N_("Row and column are swapped: the row comes first.")),
            (float(x.max()), N_("That is the largest number of the whole map, but it is not in this window.")),
            (float(window.sum()), N_("That is the sum of the window; its largest number is asked for.")),
            (round(float(window.mean()), 2), N_("That is the mean of the window; its largest number is asked for.")),
            (float(window.min()), N_("That is the smallest number of the window; the largest is asked for.")),
            (float(window[1, 1]), N_("That is the cell in the middle of the window; the largest is asked for.")),
        ),
        tensors={"x": x},
    )


def ceil_size(seed: int) -> Question:
    """Compute the size of a pooling that rounds up."""
    rng = np.random.default_rng(seed)
    kernel, stride = ((2, 2), (3, 2), (3, 3), (4, 3))[int(rng.integers(4))]
    strides, left = int(rng.integers(4, 20)), int(rng.integers(1, stride))
    size = kernel + strides * stride + left
    missing = stride - left
    answer = output_size(size, kernel, stride=stride, padding=(0, missing))
    return Question(
        prompt=N_(
            "A map of %(size)s × %(size)s cells is pooled with windows of %(kernel)s × %(kernel)s and stride "
            "%(stride)s, without padding, by a library that rounds up. How many rows does the result have?"
        ),
        values={
            "size": size,
            "kernel": kernel,
            "stride": stride,
            "room": size - kernel,
            "strides": strides,
            "left": left,
            "more": strides + 1,
            "answer": answer,
        },
        answer=answer,
        why=N_(
            "After the first window there is room for %(size)s − %(kernel)s = %(room)s rows. Strides of %(stride)s: "
            "%(strides)s whole ones, with a remainder of %(left)s. Rounded up that makes %(more)s, and with the "
            "first window %(answer)s."
        ),
        causes=told_apart(
            answer,
            (
                output_size(size, kernel, stride=stride),
                N_("That is rounded down. Here a last window counts although it sticks out at the end."),
            ),
            (
                answer + 1,
                N_("That is one window too many: only one sticks out at the end."),
            ),
            (
                output_size(size, 1, stride=stride),
                N_("That lets windows begin anywhere in the map; only one may stick out at the end."),
            ),
            (
                output_size(size, kernel),
                N_("That is for stride 1; here the window moves by %(stride)s."),
            ),
            (size // stride, N_("The first window takes %(kernel)s rows; only then do the strides begin.")),
        ),
    )


def gradient_at_a_switch(seed: int) -> Question:
    """Compute the gradient of a cell that wins several windows."""
    rng = np.random.default_rng(seed)
    row, column = SHARED[int(rng.integers(len(SHARED)))]
    x = rng.integers(0, 8, size=(1, 5, 5)).astype(np.float64)
    x[0, row, column] = 9
    while _has_tie(x):
        x = rng.integers(0, 8, size=(1, 5, 5)).astype(np.float64)
        x[0, row, column] = 9
    grad = rng.permutation(GRADIENTS)[:4].reshape(1, 2, 2)
    switches = engine.max_pool2d(x, 3, stride=2).switches
    answer = float(engine.max_pool2d_backward(grad, switches, x.shape)[0, row, column])
    won = grad[switches == row * 5 + column]
    alone = [(float(value), N_("That is from one window; this cell wins in %(windows)s.")) for value in won]
    return Question(
        prompt=N_(
            "Max pooling with windows of 3 × 3 and stride 2 has read x. Back comes dY, one gradient for each of the "
            "2 × 2 windows. What gradient does the 9 receive, in row %(row)s, column %(column)s of x (counted from "
            "0)?"
        ),
        values={"row": row, "column": column, "windows": len(won), "answer": answer},
        answer=answer,
        why=N_(
            "The 9 lies in %(windows)s windows and is the largest number in each of them. It receives their "
            "gradients, and they add up to %(answer)s."
        ),
        causes=told_apart(
            answer,
            *alone,
            (
                float(grad.sum()),
                N_("That is the sum of all four gradients; the 9 does not lie in all four windows."),
            ),
            (
                9 * answer,
                N_("The gradient is handed on as it is; the 9 itself is not a factor in the maximum."),
            ),
            (
                round(answer / 9, 2),
                N_("That would be the share of one cell in an average pooling; here the winner takes all."),
            ),
            (
                round(answer / len(won), 2),
                N_("That is the mean of the gradients; a cell that is read several times gets their sum."),
            ),
            (0, N_("Cells that win no window receive 0, but the 9 wins.")),
        ),
        tensors={"x": x, "dY": grad},
    )


def _has_tie(x: Array) -> bool:
    """Return whether the largest number of a 3 x 3 window occurs in it twice."""
    windows = [x[0, i : i + 3, j : j + 3] for i in (0, 2) for j in (0, 2)]
    return any(int((window == window.max()).sum()) > 1 for window in windows)


QUESTIONS: dict[str, Ask] = {
    "pooled-cell": pooled_cell,
    "ceil-size": ceil_size,
    "gradient-at-a-switch": gradient_at_a_switch,
}
