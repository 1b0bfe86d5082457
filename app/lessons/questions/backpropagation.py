"""Questions of the lesson "Backwards through a network": a weight's share, a pixel's share, gates and switches."""

import numpy as np

import engine
from app.i18n import N_
from app.lessons.question import Ask, Question
from app.lessons.questions import Cause, told_apart

INNER = ((1, 1), (0, 1), (1, 0), (1, 2), (2, 1))  # pixels of a 3 x 3 picture that lie in several 2 x 2 windows


def weight_gradient(seed: int) -> Question:
    """Compute the gradient of one weight."""
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 5, size=(1, 3, 3)).astype(np.float64)
    grad = rng.permutation([-2.0, -1.0, 1.0, 2.0, 3.0])[:4].reshape(1, 2, 2)
    row, column = (int(index) for index in rng.integers(0, 2, size=2))
    weight = np.zeros((1, 1, 2, 2))
    of_weights = engine.conv2d_backward(grad, x, weight).weight[0, 0]
    turned = engine.conv2d_backward(grad[:, ::-1, ::-1], x, weight).weight[0, 0]
    answer = float(of_weights[row, column])
    window = x[0, row : row + 2, column : column + 2]
    terms = dict(zip(("a", "b", "c", "d"), window.ravel().tolist(), strict=True))
    shares = dict(zip(("p", "q", "r", "s"), grad.ravel().tolist(), strict=True))
    return Question(
        prompt=N_(
            "A 2 × 2 kernel has read the 3 × 3 picture x, with stride 1 and without padding; dY comes back to its "
            "four answers. What is the gradient of the weight in row %(row)s, column %(column)s (counted from 0)?"
        ),
        values={"row": row, "column": column, "answer": answer, **terms, **shares},
        answer=answer,
        why=N_(
            "In the four windows this weight has met the pixels %(a)s, %(b)s, %(c)s and %(d)s. Each counts as much "
            "as the gradient of its window, %(p)s, %(q)s, %(r)s and %(s)s: the products add up to %(answer)s."
        ),
        causes=told_apart(
            answer,
            (float(turned[row, column]), N_("Here dY was turned by 180°; for the weights it is laid on x as it is.")),
            (
                float(of_weights[1 - row, 1 - column]),
                N_("That is the weight in the opposite corner: begin at row %(row)s, column %(column)s of x."),
            ),
            (
                float(of_weights[column, row]),
                N_("Row and column are swapped: the row comes first."),
            ),
            (float(of_weights[0, 0]), N_("That is the upper left weight; move dY to this weight's pixels.")),
            (
                float(grad.sum()),
                N_("That is the gradient of the bias. A weight's share is multiplied by the pixel it has met."),
            ),
            (
                float(window.sum()),
                N_("These are the pixels alone; each counts as much as the gradient of its window."),
            ),
            (
                float(window[row, column] * grad[0, row, column]),
                N_("That is one window; the weight is used in all four, and the shares add up."),
            ),
            (answer / 4, N_("The shares of the four windows are added up, not averaged.")),
        ),
        tensors={"x": x, "dY": grad},
    )


def input_gradient(seed: int) -> Question:
    """Compute the gradient of one pixel."""
    rng = np.random.default_rng(seed)
    weight = rng.permutation([-2.0, -1.0, 0.0, 1.0, 2.0, 3.0])[:4].reshape(1, 1, 2, 2)
    grad = rng.permutation([-1.0, 1.0, 2.0, 3.0, 4.0])[:4].reshape(1, 2, 2)
    row, column = INNER[int(rng.choice([0, 0, 1, 2, 3, 4]))]
    of_pixels = engine.conv2d_backward(grad, np.zeros((1, 3, 3)), weight).input[0]
    answer = float(of_pixels[row, column])
    unturned = engine.conv2d(grad, weight, padding=1)[0]
    readers = int(engine.geometry.Geometry.of(3, 2).uses[row, column])
    windows = [(i, j) for i in range(2) for j in range(2) if row - i in (0, 1) and column - j in (0, 1)]
    alone: list[Cause] = [
        (
            float(grad[0, i, j] * weight[0, 0, row - i, column - j]),
            N_("That is the share of one window; this pixel lies in %(readers)s."),
        )
        for i, j in windows
    ]
    return Question(
        prompt=N_(
            "This 2 × 2 kernel has read a 3 × 3 picture, with stride 1 and without padding; dY comes back to its "
            "four answers. What is the gradient of the pixel in row %(row)s, column %(column)s (counted from 0)?"
        ),
        values={"row": row, "column": column, "readers": readers, "answer": answer},
        answer=answer,
        why=N_(
            "The pixel lies in %(readers)s windows. In each of them another weight lies on it, and sends the "
            "gradient of that window, times itself. Together that makes %(answer)s."
        ),
        causes=told_apart(
            answer,
            (
                float(unturned[row, column]),
                N_("Here the kernel was laid on dY as it is; a pixel gathers with the kernel turned by 180°."),
            ),
            *alone,
            (
                float(sum(grad[0, i, j] for i, j in windows)),
                N_("These are the gradients alone; each comes through a weight and is multiplied by it."),
            ),
            (
                float(weight.sum() * grad.sum()),
                N_("Not every weight meets every gradient: in each window, one weight lies on this pixel."),
            ),
            (float(of_pixels[column, row]), N_("Row and column are swapped: the row comes first.")),
            (float(of_pixels[2 - row, 2 - column]), N_("That is the pixel on the opposite side.")),
        ),
        tensors={"weight": weight[0], "dY": grad},
    )


def through_the_gates(seed: int) -> Question:
    """Add up what comes through max pooling and ReLU."""
    rng = np.random.default_rng(seed)
    closed = rng.permutation(4)[: int(rng.integers(1, 3))]
    x = np.empty((1, 4, 4))
    for window in range(4):
        low, high = (-5, 0) if window in closed else (-3, 5)
        values = rng.permutation(np.arange(low, high))[:4].astype(np.float64)
        if window not in closed:
            values[int(rng.integers(4))] = high
        i, j = 2 * (window // 2), 2 * (window % 2)
        x[0, i : i + 2, j : j + 2] = values.reshape(2, 2)
    grad = rng.permutation(np.arange(1.0, 8.0))[:4].reshape(1, 2, 2)
    switches = engine.max_pool2d(engine.relu(x), 2).switches
    pooled = engine.max_pool2d_backward(grad, switches, x.shape)
    answer = float(engine.relu_backward(pooled, x).sum())
    spread = grad.repeat(2, axis=1).repeat(2, axis=2)
    is_closed = np.isin(np.arange(4), closed).reshape(1, 2, 2)
    return Question(
        prompt=N_(
            "x goes through ReLU, and then through max pooling with windows of 2 × 2 side by side. Back comes dY, "
            "one gradient for each window. How much arrives at x: what do its 16 gradients add up to?"
        ),
        values={
            "open": 4 - len(closed),
            "closed": len(closed),
            "answer": answer,
        },
        answer=answer,
        why=N_(
            "Each gradient goes to the largest number of its window. Windows whose largest number is positive: "
            "%(open)s; there the gate of the ReLU is open. Windows that hold nothing but negative numbers: %(closed)s; "
            "there nothing passes. What passes adds up to %(answer)s."
        ),
        causes=told_apart(
            answer,
            (
                float(grad.sum()),
                N_("That is all of dY. But where a window holds only negative numbers, the ReLU lets nothing through."),
            ),
            (
                float(engine.relu_backward(spread, x).sum()),
                N_("That gives the gradient to every positive cell; only the largest of a window receives it."),
            ),
            (float(grad[is_closed].sum()), N_("That is what the closed gates hold back; what passes is asked for.")),
            (
                float((pooled * engine.relu(x)).sum()),
                N_("The gradient passes an open gate unchanged; it is not multiplied by the number in the cell."),
            ),
            (
                float(4 * grad.sum()),
                N_("That gives each gradient to all four cells of its window; only the largest receives it."),
            ),
            (0, N_("Some windows have a positive number in them, and there the gate is open.")),
        ),
        tensors={"x": x, "dY": grad},
    )


QUESTIONS: dict[str, Ask] = {
    "weight-gradient": weight_gradient,
    "input-gradient": input_gradient,
    "through-the-gates": through_the_gates,
}
