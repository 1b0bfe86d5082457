"""Questions of the lesson "Going back up": unpooling, a cell under several stamps, a size."""

import numpy as np

import engine
from app.i18n import N_
from app.lessons.question import Ask, Question
from app.lessons.questions import Cause, told_apart
from app.tensors import Array

OVERLAPS = ((2, 2), (2, 2), (2, 0), (2, 1), (2, 3), (2, 4), (0, 2), (1, 2), (3, 2), (4, 2))  # 3 x 3, stride 2, 5 x 5


def unpooled_row(seed: int) -> Question:
    """Add up one row of an unpooled map."""
    rng = np.random.default_rng(seed)
    row = int(rng.integers(4))
    band = row // 2
    x, z = _drawn(rng)
    while (_unpooled(x, z)[row] != 0).sum() != 1:  # exactly one of the band's two numbers goes to this row
        x, z = _drawn(rng)
    unpooled = _unpooled(x, z)
    answer, pooled = float(unpooled[row].sum()), engine.max_pool2d(x, 2).output[0]
    where = int(unpooled[row].argmax())
    return Question(
        prompt=N_(
            "Max pooling with windows of 2 × 2 side by side has read x and noted where each maximum was. Other "
            "layers have made the map z. Unpooling puts z back to these places, with zeros elsewhere. What do the "
            "numbers in row %(row)s of the result add up to (counted from 0)?"
        ),
        values={"row": row, "band": band, "column": where, "answer": answer},
        answer=answer,
        why=N_(
            "Row %(row)s belongs to two windows, those of row %(band)s of z. Only one of them had its maximum in "
            "row %(row)s, in column %(column)s. Its number of z, %(answer)s, goes there; the rest are zeros."
        ),
        causes=told_apart(
            answer,
            (
                float(z[0, band].sum()),
                N_("That is the whole row of z; one of its numbers goes to the other row of its window."),
            ),
            (
                float(2 * z[0, band].sum()),
                N_("That is upsampling by repeating; unpooling puts each number in one place only."),
            ),
            (
                float(z[0, band].sum() - answer),
                N_("That number goes to the other row of its window: look where its maximum was in x."),
            ),
            (
                float(pooled[band, where // 2]),
                N_("That is the maximum from x itself; what is put back is the number of z."),
            ),
            (float(x[0, row].sum()), N_("That is the row of x; what is put back comes from z.")),
            (float(unpooled[:, row].sum()), N_("That is a column; the row is asked for.")),
            (float(z[0, 1 - band].sum()), N_("These numbers belong to the windows of the other two rows.")),
            (0, N_("One of the two windows over this row had its maximum in it.")),
        ),
        tensors={"x": x, "z": z},
    )


def _drawn(rng: np.random.Generator) -> tuple[Array, Array]:
    """Return a map without ties, and another for its four windows."""
    x = np.stack([rng.permutation(10)[:4] for _ in range(4)]).reshape(2, 2, 2, 2).swapaxes(1, 2).reshape(1, 4, 4)
    z = rng.permutation(np.arange(1, 10))[:4].reshape(1, 2, 2)
    return x.astype(np.float64), z.astype(np.float64)


def _unpooled(x: Array, z: Array) -> Array:
    """Return z at the maxima of x; windows side by side share none, so that this is what a gradient does."""
    switches = engine.max_pool2d(x, 2).switches
    unpooled: Array = engine.max_pool2d_backward(z, switches, x.shape)[0]
    return unpooled


def overlapping_stamps(seed: int) -> Question:
    """Compute one cell of a transposed convolution on which several stamps lie."""
    rng = np.random.default_rng(seed)
    x = rng.permutation(np.arange(1.0, 6.0))[:4].reshape(1, 2, 2)
    weight = rng.choice([-1.0, 0.0, 1.0, 2.0, 3.0], size=(1, 1, 3, 3))
    row, column = OVERLAPS[int(rng.integers(len(OVERLAPS)))]

    def stamped(kernel: Array) -> float:
        """Return the cell: a transposed convolution is a convolution's way back to its input."""
        return float(engine.conv2d_backward(x, np.zeros((1, 5, 5)), kernel, stride=2).input[0, row, column])

    answer = stamped(weight)
    places = [(i, j) for i in range(2) for j in range(2) if 0 <= row - 2 * i < 3 and 0 <= column - 2 * j < 3]
    shares = [float(x[0, i, j] * weight[0, 0, row - 2 * i, column - 2 * j]) for i, j in places]
    alone: list[Cause] = [(share, N_("That is one stamp; %(stamps)s lie on this cell.")) for share in shares]
    return Question(
        prompt=N_(
            "A transposed convolution with stride 2 stamps this 3 × 3 kernel for each cell of the 2 × 2 map x, "
            "without padding. That gives 5 × 5 cells. What stands in row %(row)s, column %(column)s (counted from 0)?"
        ),
        values={"row": row, "column": column, "stamps": len(places), "answer": answer},
        answer=answer,
        why=N_(
            "Stamps begin in rows 0 and 2 and in columns 0 and 2, so %(stamps)s of them lie on this cell. Each "
            "leaves its x times the weight that lies here; together that makes %(answer)s."
        ),
        causes=told_apart(
            answer,
            *alone,
            (
                stamped(weight[:, :, ::-1, ::-1]),
                N_("Here the kernel was turned by 180°; a stamp is not turned."),
            ),
            (
                float(sum(x[0, i, j] for i, j in places)),
                N_("These are the cells of x alone; each is multiplied by the weight that its stamp has here."),
            ),
            (round(answer / len(places), 2), N_("Where stamps overlap they are added up, not averaged.")),
            (
                float(x.sum() * weight.sum()),
                N_("That is the sum of the whole result; one of its cells is asked for."),
            ),
        ),
        tensors={"x": x, "weight": weight[0]},
    )


def transposed_size(seed: int) -> Question:
    """Compute the size that a transposed convolution gives."""
    rng = np.random.default_rng(seed)
    height, stride, kernel = int(rng.integers(4, 15)), int(rng.integers(2, 4)), int(rng.integers(3, 6))
    padding, extra = int(rng.integers(1, 3)), int(rng.integers(0, stride))

    def size(cells: int = height - 1, crop: int = 2 * padding, more: int = extra) -> int:
        return cells * stride - crop + kernel + more

    answer = size()
    return Question(
        prompt=N_(
            "A map of %(height)s × %(height)s goes through a transposed convolution: kernel %(kernel)s × %(kernel)s, "
            "stride %(stride)s, padding %(padding)s, output padding %(extra)s, dilation 1. How many rows does the "
            "result have?"
        ),
        values={
            "height": height,
            "kernel": kernel,
            "stride": stride,
            "padding": padding,
            "extra": extra,
            "others": height - 1,
            "answer": answer,
        },
        answer=answer,
        why=N_(
            "The first stamp covers %(kernel)s rows, and each of the other %(others)s begins %(stride)s rows later. "
            "The padding crops at both ends: %(others)s · %(stride)s + %(kernel)s − 2 · %(padding)s + %(extra)s = "
            "%(answer)s."
        ),
        causes=told_apart(
            answer,
            (size(crop=0), N_("That is without padding; here it crops %(padding)s at each end.")),
            (size(crop=-2 * padding), N_("Here padding crops: it is taken away, not added.")),
            (size(crop=padding), N_("Padding crops at both ends, so it counts twice.")),
            (size(more=0), N_("That is without the output padding of %(extra)s.")),
            (size(more=2 * extra), N_("Output padding is added at one end only, so it counts once.")),
            (size(cells=height), N_("The first stamp is there before any stride: only %(others)s strides follow.")),
            (height * stride, N_("The size is multiplied by the stride only if kernel and padding fit together.")),
            (
                (height + 2 * padding - kernel) // stride + 1,
                N_("That is an ordinary convolution, which makes maps smaller; this one goes the other way."),
            ),
        ),
    )


QUESTIONS: dict[str, Ask] = {
    "unpooled-row": unpooled_row,
    "overlapping-stamps": overlapping_stamps,
    "transposed-size": transposed_size,
}
