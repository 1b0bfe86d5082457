"""Questions of the lesson "AlexNet": a picture that fits, towers, normalisation, where the parameters are."""

import math
from itertools import count

import numpy as np

import engine
from app.i18n import N_
from app.lessons.question import Ask, Question
from app.lessons.questions import told_apart
from engine.geometry import output_size

K = 2.0  # of the normalisation, as the paper has it


def fitting_size(seed: int) -> Question:
    """Compute the size of a picture in which windows fit without a remainder."""
    rng = np.random.default_rng(seed)
    kernel, stride = ((7, 2), (7, 3), (8, 4), (9, 4), (11, 3), (11, 4), (11, 5))[int(rng.integers(7))]
    rows = int(rng.integers(20, 50))
    answer = next(size for size in count(kernel) if output_size(size, kernel, stride=stride) == rows)
    return Question(
        prompt=N_(
            "A convolution has windows of %(kernel)s × %(kernel)s, stride %(stride)s and no padding. It is to make "
            "maps of %(rows)s × %(rows)s, and no pixel is to be left over. How many rows must the picture have?"
        ),
        values={
            "kernel": kernel,
            "stride": stride,
            "rows": rows,
            "strides": rows - 1,
            "moved": (rows - 1) * stride,
            "answer": answer,
        },
        answer=answer,
        why=N_(
            "The first window takes %(kernel)s rows. Each of the other %(strides)s begins %(stride)s rows further "
            "down: %(strides)s · %(stride)s = %(moved)s. Together %(answer)s."
        ),
        causes=told_apart(
            answer,
            (
                answer + stride,
                N_("That is one stride too many: between %(rows)s windows there are %(strides)s strides."),
            ),
            (
                rows * stride,
                N_("The last window is %(kernel)s rows high, not %(stride)s."),
            ),
            (
                (rows - 1) * stride,
                N_("That is how far the window moves; the first one takes %(kernel)s rows by itself."),
            ),
            (
                rows * kernel,
                N_("That lays the windows side by side; they overlap, since each begins %(stride)s rows later."),
            ),
            (
                rows + kernel - 1,
                N_("That is for stride 1; here the window moves by %(stride)s."),
            ),
            (
                (rows - 1) * kernel + stride,
                N_("Window and stride are swapped: the window is %(kernel)s rows high and moves by %(stride)s."),
            ),
            (
                answer + stride - 1,
                N_("With this many, rows are left over that no window reads."),
            ),
        ),
    )


def grouped_parameters(seed: int) -> Question:
    """Count the parameters of a convolution in two towers."""
    rng = np.random.default_rng(seed)
    channels, filters = int(rng.choice([8, 12, 16, 20])), int(rng.choice([8, 10, 14, 24, 30]))
    kernel, groups = int(rng.choice([3, 5])), 2
    weight = (filters, channels // groups, kernel, kernel)
    one = math.prod(weight[1:]) + 1
    answer = math.prod(weight) + filters
    full = math.prod((filters, channels, kernel, kernel)) + filters
    return Question(
        prompt=N_(
            "A convolution reads %(channels)s maps and makes %(filters)s with kernels of %(kernel)s × %(kernel)s, in "
            "two groups: half of the filters read the first half of the maps, the others the second half. How many "
            "parameters does it have, biases included?"
        ),
        values={
            "channels": channels,
            "filters": filters,
            "kernel": kernel,
            "slices": weight[1],
            "one": one,
            "full": full,
            "answer": answer,
        },
        answer=answer,
        why=N_(
            "Each filter has %(slices)s slices of %(kernel)s × %(kernel)s weights and one bias: %(one)s parameters. "
            "%(filters)s filters have %(answer)s. In one group they would have %(full)s."
        ),
        causes=told_apart(
            answer,
            (full, N_("That is for one group; here each filter reads only %(slices)s of the %(channels)s maps.")),
            (
                full / groups,
                N_("The weights are halved, but not the biases: each of the %(filters)s filters has one."),
            ),
            (
                answer / groups,
                N_("That is one group; both together have twice as many."),
            ),
            (math.prod(weight), N_("These are the weights alone; each filter also has a bias.")),
            (
                math.prod(weight) + groups,
                N_("That is one bias for each group; each of the %(filters)s filters has one."),
            ),
            (one, N_("That is one filter; there are %(filters)s.")),
            (
                math.prod(weight) * groups + filters * groups,
                N_("The groups share nothing, but together there are only %(filters)s filters."),
            ),
        ),
    )


def normalising_sum(seed: int) -> Question:
    """Compute what a number is divided by, before the power, in a local response normalisation."""
    rng = np.random.default_rng(seed)
    size, maps = int(rng.choice([3, 5])), 6
    x = rng.integers(0, 7, size=(maps, 2, 2)).astype(np.float64)
    channel, row, column = (int(rng.integers(n)) for n in x.shape)
    x[channel, row, column] = int(rng.integers(2, 7))
    step = engine.trace.local_response_norm(x, size, alpha=float(size), k=K).step_at((0, channel, row, column))
    answer, window = step.divisor, step.window
    return Question(
        prompt=N_(
            "Local response normalisation with n = %(size)s, k = 2 and, to keep the numbers whole, α = 1, not divided "
            "by n. The six slices are maps 0 to 5. The number in map %(channel)s, row %(row)s, column %(column)s "
            "(counted from 0) is divided by a power of d = k + α · the sum over its neighbours. What is d?"
        ),
        values={
            "size": size,
            "channel": channel,
            "row": row,
            "column": column,
            "first": step.channels[0],
            "last": step.channels[-1],
            "squares": float(step.squares.sum()),
            "answer": answer,
        },
        answer=answer,
        why=N_(
            "At row %(row)s, column %(column)s, the squares of maps %(first)s to %(last)s add up to %(squares)s; "
            "with k that is %(answer)s. Where a neighbour would lie before map 0 or after map 5, there is none."
        ),
        causes=told_apart(
            answer,
            (float(step.squares.sum()), N_("That is without k, which is 2.")),
            (float(K + window.sum()), N_("The neighbours are squared before they are added.")),
            (float(K + window.sum() ** 2), N_("Each neighbour is squared by itself, then they are added.")),
            (float(K + step.x**2), N_("That is the number alone; the maps beside it count too.")),
            (answer - step.x**2, N_("The number itself is one of the %(size)s.")),
            (
                float(K + (x[channel] ** 2).sum()),
                N_("These are the neighbours within the map; here it is the same place in the maps beside it."),
            ),
            (
                float(K + (x[:, row, column] ** 2).sum()),
                N_("These are all maps; only %(size)s of them count, with this one in the middle."),
            ),
            (
                float(K + (x[step.channels.start : step.channels.stop, column, row] ** 2).sum()),
                N_("Row and column are swapped: the row comes first."),
            ),
            (
                round(float(K + step.squares.sum() / size), 2),
                N_("That divides α by n, as torch does; here it is not divided."),
            ),
        ),
        tensors={"x": x},
    )


def linear_parameters(seed: int) -> Question:
    """Count the parameters of the first fully connected layer."""
    rng = np.random.default_rng(seed)
    maps, side, units = int(rng.choice([16, 32, 64])), int(rng.choice([4, 5, 7])), int(rng.choice([10, 20, 50, 100]))
    read = math.prod((maps, side, side))
    answer = math.prod((units, read)) + units
    return Question(
        prompt=N_(
            "The last pooling leaves %(maps)s maps of %(side)s × %(side)s. They are flattened and read by a fully "
            "connected layer of %(units)s neurons. How many parameters does that layer have, biases included?"
        ),
        values={"maps": maps, "side": side, "units": units, "read": read, "one": read + 1, "answer": answer},
        answer=answer,
        why=N_(
            "Each neuron reads %(maps)s · %(side)s · %(side)s = %(read)s numbers and has a bias: %(one)s parameters. "
            "%(units)s neurons have %(answer)s."
        ),
        causes=told_apart(
            answer,
            (units * read, N_("These are the weights alone; each neuron also has a bias.")),
            (units * read + 1, N_("Each of the %(units)s neurons has a bias of its own, not one for all.")),
            (read + 1, N_("That is one neuron; there are %(units)s.")),
            (
                units * side * side + units,
                N_("That reads one map; each neuron reads all %(maps)s."),
            ),
            (
                units * maps + units,
                N_("That is one weight for each map; here each of its %(side)s × %(side)s cells has its own."),
            ),
            (
                units * maps * side + units,
                N_("A map is a square of %(side)s × %(side)s numbers, not one row."),
            ),
        ),
    )


QUESTIONS: dict[str, Ask] = {
    "fitting-size": fitting_size,
    "grouped-parameters": grouped_parameters,
    "normalising-sum": normalising_sum,
    "linear-parameters": linear_parameters,
}
