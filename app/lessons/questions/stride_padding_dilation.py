"""Questions of the lesson "Stride, padding, dilation": who is read how often, what size, how wide a view."""

import math
from typing import Any

import numpy as np

from app.i18n import N_
from app.lessons.question import Ask, Question
from app.lessons.questions import Cause, told_apart
from engine.geometry import Geometry, output_size, receptive_field


def border_pixel(seed: int) -> Question:
    """Count the answers in which a pixel near the corner takes part."""
    rng = np.random.default_rng(seed)
    size, kernel = int(rng.integers(10, 16)), int(rng.choice([3, 4, 5]))
    padding = int(rng.integers(1, (kernel + 1) // 2))
    row = int(rng.integers(0, kernel - 1 - padding))
    column = int(rng.integers(0, kernel))

    def uses(**changes: Any) -> Geometry:
        return Geometry.of(size, kernel, **{"padding": padding, **changes})

    answer = int(uses().uses[row, column])
    rows = int(Geometry.of((size, 1), (kernel, 1), padding=(padding, 0)).uses[row, 0])
    columns = answer // rows
    return Question(
        prompt=N_(
            "A kernel of %(kernel)s × %(kernel)s goes over a picture of %(size)s × %(size)s pixels, with stride 1 "
            "and padding %(padding)s. In how many of its answers does the pixel in row %(row)s, column %(column)s "
            "take part (counted from 0)?"
        ),
        values={
            "size": size,
            "kernel": kernel,
            "padding": padding,
            "row": row,
            "column": column,
            "rows": rows,
            "columns": columns,
            "area": kernel * kernel,
            "answer": answer,
        },
        answer=answer,
        why=N_(
            "Places of the window that cover row %(row)s: %(rows)s. Places that cover column %(column)s: "
            "%(columns)s. Each goes with each: %(rows)s · %(columns)s = %(answer)s."
        ),
        causes=told_apart(
            answer,
            (kernel * kernel, N_("A pixel far from every border is read %(area)s times; this one is near a border.")),
            (
                int(uses(padding=0).uses[row, column]),
                N_("That is without padding; it lets windows begin further out, so that more of them reach the pixel."),
            ),
            (
                rows + columns,
                N_("Rows and columns do not add up: each of the places for the row goes with each for the column."),
            ),
            (rows * rows, N_("That counts the rows twice; the column has a count of its own.")),
            (columns * columns, N_("That counts the columns twice; the row has a count of its own.")),
            (rows, N_("These are the places for the row alone; count those for the column too, and multiply.")),
            (columns, N_("These are the places for the column alone; count those for the row too, and multiply.")),
            (
                int(uses().uses[row + 1, column + 1]),
                N_("That is the pixel one further down and to the right: rows and columns are counted from 0."),
            ),
        ),
    )


def dilated_size(seed: int) -> Question:
    """Compute the size of a dilated convolution's output."""
    rng = np.random.default_rng(seed)
    kernel, dilation = ((3, 2), (3, 3), (3, 4), (5, 2))[int(rng.integers(4))]
    size, stride, padding = int(rng.integers(12, 31)), int(rng.integers(1, 4)), int(rng.integers(1, 3))
    answer = output_size(size, kernel, stride=stride, padding=padding, dilation=dilation)
    span = dilation * (kernel - 1) + 1
    room = size + 2 * padding - span
    return Question(
        prompt=N_(
            "A picture of %(size)s × %(size)s pixels, a kernel of %(kernel)s × %(kernel)s with dilation "
            "%(dilation)s, stride %(stride)s, padding %(padding)s on every side. How many rows does the map have?"
        ),
        values={
            "size": size,
            "kernel": kernel,
            "dilation": dilation,
            "stride": stride,
            "padding": padding,
            "gaps": kernel - 1,
            "span": span,
            "room": room,
            "strides": answer - 1,
            "answer": answer,
        },
        answer=answer,
        why=N_(
            "The kernel spans %(dilation)s · %(gaps)s + 1 = %(span)s rows. After the first window there is room for "
            "%(size)s + 2 · %(padding)s − %(span)s = %(room)s more, and %(strides)s whole strides of %(stride)s fit "
            "into them. With the first window that makes %(answer)s."
        ),
        causes=told_apart(
            answer,
            (
                output_size(size, kernel, stride=stride, padding=padding),
                N_("That leaves the dilation out: the weights stand %(dilation)s apart, so the window spans more."),
            ),
            (answer - 1, N_("These are the strides; the first window, before any stride, counts as well.")),
            (
                output_size(size, dilation * kernel, stride=stride, padding=padding),
                N_("The span is not %(kernel)s · %(dilation)s: between %(kernel)s weights there are %(gaps)s steps."),
            ),
            (
                output_size(size, kernel, stride=stride, padding=padding, dilation=dilation + 1),
                N_("With dilation %(dilation)s, neighbouring weights stand %(dilation)s apart, not one more."),
            ),
            (
                output_size(size, kernel, stride=stride, padding=(padding, 0), dilation=dilation),
                N_("Padding lies on both sides, so it counts twice: 2 · %(padding)s."),
            ),
            (
                output_size(size, kernel, stride=stride, dilation=dilation),
                N_("That is without padding, which adds rows at the top and at the bottom."),
            ),
            (
                output_size(size, kernel, padding=padding, dilation=dilation),
                N_("That is for stride 1; here the window moves by %(stride)s."),
            ),
            (-(-room // stride) + 1, N_("Round down: a window that would stick out at the end does not count.")),
        ),
    )


def dilated_stack(seed: int) -> Question:
    """Compute how many rows of the picture a cell after three dilated convolutions depends on."""
    rng = np.random.default_rng(seed)
    kernel = int(rng.choice([3, 3, 5]))
    first, second, third = (int(step) for step in np.sort(rng.permutation(np.arange(1, 7))[:3]))
    dilations = (first, second, third)

    def view(*steps: int) -> int:
        return receptive_field([(kernel, 1, 0, step) for step in steps]).size

    answer = view(*dilations)
    spans = [view(step) for step in dilations]
    plain: Cause = (view(1, 1, 1), N_("That leaves the dilations out; they pull the weights apart."))
    return Question(
        prompt=N_(
            "Three convolutions of %(kernel)s × %(kernel)s follow one another, all with stride 1, with dilations "
            "%(first)s, %(second)s and %(third)s. How many rows of the picture does the receptive field of one "
            "cell of the last map span?"
        ),
        values={
            "kernel": kernel,
            "first": first,
            "second": second,
            "third": third,
            "steps": kernel - 1,
            "answer": answer,
        },
        answer=answer,
        why=N_(
            "A layer adds %(steps)s rows for each unit of its dilation: 1 + %(steps)s · %(first)s + %(steps)s · "
            "%(second)s + %(steps)s · %(third)s = %(answer)s."
        ),
        causes=told_apart(
            answer,
            plain,
            (
                sum(spans),
                N_("That adds the three spans; each span contains the cell it starts from, which counts once only."),
            ),
            (answer - 1, N_("The cell itself counts as well: start from 1 row, and let each layer add to it.")),
            (spans[-1], N_("That is the last layer alone; each of the rows it reads depends on several rows again.")),
            (
                view(first, second),
                N_("These are the first two layers; the third looks at a wide range of their cells."),
            ),
            (
                kernel * sum(dilations),
                N_("A kernel of %(kernel)s has %(steps)s steps between its weights, and only steps are pulled apart."),
            ),
            (math.prod(spans), N_("Spans do not multiply: neighbouring windows overlap.")),
        ),
    )


QUESTIONS: dict[str, Ask] = {
    "border-pixel": border_pixel,
    "dilated-size": dilated_size,
    "dilated-stack": dilated_stack,
}
