"""Questions of the lesson "Optimizers": a velocity, a sum of squares, a corrected mean, a step of given length."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from app.i18n import N_
from app.lessons.question import Ask, Question
from app.lessons.questions import told_apart
from engine.landscape import OPTIMIZERS, parse, record, trajectory
from engine.landscape.maths import FLOATS

TRIPLES = ((3, 4, 5), (4, 3, 5), (5, 12, 13), (12, 5, 13), (8, 15, 17), (15, 8, 17), (6, 8, 10), (8, 6, 10))
BETA = 0.5  # of both means; what follows is exact in binary


def _fed(key: str, gradients: Sequence[float], **options: Any) -> tuple[list[float], tuple[Any, ...]]:
    """Return where an optimizer comes from 0 when it is given these gradients, and what it remembers at the end."""
    optimizer = OPTIMIZERS[key](**options)
    rule, x, inner, path = optimizer.rule(FLOATS), 0.0, optimizer.begin(), [0.0]
    for g, factors in zip(gradients, optimizer.factors([optimizer.lr] * len(gradients)), strict=True):
        x, inner = rule(x, float(g), inner, factors)
        path.append(x)
    return path, inner


def velocity(seed: int) -> Question:
    """Say where momentum is after three steps in a bowl."""
    rng = np.random.default_rng(seed)
    mu, lr = float(rng.choice([0.25, 0.5, 0.75])), float(rng.choice([0.25, 0.5, 0.75]))
    bowl = parse("x^2/2")

    def reached(start: float, key: str = "momentum", steps: int = 3, **options: Any) -> float:
        return float(trajectory(key, bowl, (start, 0.0), steps, lr=lr, **options)[-1, 0])

    start = float(rng.integers(1, 4)) * reached(1.0, momentum=mu).as_integer_ratio()[1]
    answer = reached(start, momentum=mu)
    velocities = record("momentum", bowl, (start, 0.0), 3, lr=lr, momentum=mu).inner["momentum_buffer"][:, 0].tolist()
    return Question(
        prompt=N_(
            "Gradient descent with momentum %(mu)s and learning rate %(lr)s goes down f(x) = x² / 2, whose slope is x. "
            "It starts at x = %(start)s, without velocity. Where is it after three steps?"
        ),
        values={
            "mu": mu,
            "lr": lr,
            "start": start,
            **{f"v{t}": velocities[t - 1] for t in (1, 2, 3)},
            "x1": reached(start, steps=1, momentum=mu),
            "x2": reached(start, steps=2, momentum=mu),
            "answer": answer,
        },
        answer=answer,
        why=N_(
            "v = %(v1)s leads to %(x1)s. Then v = %(mu)s · %(v1)s + (%(x1)s) = %(v2)s leads to %(x2)s, and "
            "v = %(mu)s · %(v2)s + (%(x2)s) = %(v3)s leads to %(answer)s."
        ),
        causes=told_apart(
            answer,
            (reached(start, "sgd"), N_("That is without momentum.")),
            (reached(start, steps=2, momentum=mu), N_("That is after two steps; three are asked for.")),
            (reached(start, momentum=1.0), N_("Here the velocity lost nothing: it is multiplied by %(mu)s each time.")),
            (reached(start, momentum=mu, dampening=mu), N_("The gradient enters the velocity as a whole.")),
            (
                reached(start, "nesterov", momentum=mu),
                N_("That is Nesterov's step, which adds one more round of the velocity."),
            ),
            (velocities[2], N_("That is the velocity; where it has led was asked for.")),
            (-answer, N_("The sign is lost: the velocity may carry x past the bottom.")),
        ),
    )


def second_adagrad_step(seed: int) -> Question:
    """Compute how long the second step of Adagrad is."""
    rng = np.random.default_rng(seed)
    first, second, root = TRIPLES[int(rng.integers(len(TRIPLES)))]
    lr = float(root * rng.integers(1, 7))
    path, _ = _fed("adagrad", (first, second), lr=lr, eps=0)
    answer = path[1] - path[2]
    return Question(
        prompt=N_(
            "Adagrad starts with s = 0 and the learning rate %(lr)s (ε is negligible). The gradient of a parameter is "
            "first %(first)s, then %(second)s. How far does the second step go?"
        ),
        values={
            "lr": lr,
            "first": first,
            "second": second,
            "root": root,
            "sum": root * root,
            "answer": answer,
        },
        answer=answer,
        why=N_(
            "s = %(first)s² + %(second)s² = %(sum)s, and its root is %(root)s. The step is "
            "%(lr)s · %(second)s / %(root)s = %(answer)s."
        ),
        causes=told_apart(
            answer,
            (lr, N_("That is the first step; since then s has grown.")),
            (lr * second, N_("That is gradient descent; Adagrad divides by the root of s.")),
            (round(lr * second / root**2, 6), N_("The root is missing: the step is divided by √s.")),
            (
                round(lr * second / (first + second), 6),
                N_("Squares are added up, and the root is taken of their sum."),
            ),
            (round(lr * second / first, 6), N_("The newest gradient is part of s as well.")),
            (lr * first / root, N_("That is the first gradient divided by the new root; the second takes this step.")),
            (-path[2], N_("That is both steps together; only the second is asked for.")),
        ),
    )


def corrected_mean(seed: int) -> Question:
    """Compute Adam's corrected mean of three gradients."""
    rng = np.random.default_rng(seed)
    gradients = np.zeros(3)
    answer = 0.5
    while not (answer.is_integer() and answer):
        gradients = rng.permutation(np.arange(-6.0, 15.0))[:3]
        _, (m, *_) = _fed("adam", gradients.tolist(), betas=(BETA, BETA))
        answer = m / (1 - BETA**3)
    g1, g2, g3 = gradients.tolist()
    return Question(
        prompt=N_(
            "Adam's first mean has β₁ = 0.5 here, and begins at 0. The first three gradients of a parameter are "
            "%(g1)s, %(g2)s and %(g3)s. What is the mean after the third, with its bias corrected?"
        ),
        values={"g1": g1, "g2": g2, "g3": g3, "m1": g1 / 2, "m2": g1 / 4 + g2 / 2, "m": m, "answer": answer},
        answer=answer,
        why=N_(
            "m is first %(m1)s, then %(m2)s, then %(m)s. The weights of the gradients, 0.125, 0.25 and 0.5, add up to "
            "1 − 0.5³ = 0.875; divided by that, the mean is %(answer)s."
        ),
        causes=told_apart(
            answer,
            (m, N_("That is without the correction: divide by 1 − β₁³.")),
            (m / (1 - BETA), N_("That divides by 1 − β₁; after three steps it is 1 − β₁³.")),
            (m / BETA**3, N_("That divides by β₁³; the weights add up to 1 − β₁³.")),
            (round(float(gradients.mean()), 6), N_("That is the plain mean; newer gradients weigh more.")),
            (
                round((4 * g1 + 2 * g2 + g3) / 7, 6),
                N_("The weights are turned round: the newest gradient weighs most."),
            ),
            (g1 / 4 + g2 / 2 + g3, N_("The gradient enters with the factor 1 − β₁, not as a whole, as in momentum.")),
        ),
    )


def first_step(seed: int) -> Question:
    """Say where Adam's first step leads."""
    rng = np.random.default_rng(seed)
    a, b, lr = (int(number) for number in (*rng.integers(2, 10, size=2), rng.integers(1, 4)))
    x, y = (float(size * sign) for size, sign in zip(rng.integers(5, 13, size=2), rng.choice([-1, 1], 2), strict=True))
    surface = parse(f"{a}*x^2 + {b}*y^2")

    def reached(key: str, **options: Any) -> float:
        return round(float(trajectory(key, surface, (x, y), 1, lr=lr, **options)[1, 1]), 6)

    answer = reached("adam", eps=0)
    gx, gy = surface.gradient(x, y)
    return Question(
        prompt=N_(
            "Adam goes down f(x, y) = %(a)s x² + %(b)s y² with the learning rate %(lr)s (ε is negligible), from the "
            "point (%(x)s, %(y)s). What is y after the first step?"
        ),
        values={"a": a, "b": b, "lr": lr, "x": x, "y": y, "slope": gy, "answer": answer},
        answer=answer,
        why=N_(
            "The slope along y is %(slope)s. With the bias corrected, the means are this slope and its square; divided "
            "by the root only the sign is left. The step is %(lr)s long, and leads to %(answer)s."
        ),
        causes=told_apart(
            answer,
            (reached("sgd"), N_("That is gradient descent. Adam divides the slope by its own size.")),
            (reached("adam", eps=0, maximize=True), N_("That goes uphill: the step is subtracted.")),
            (
                reached("rmsprop", eps=0),
                N_("That is RMSprop's first leap; Adam's correction makes the step %(lr)s long."),
            ),
            (round(y - lr * gy / np.hypot(gx, gy), 2), N_("Each coordinate is divided by its own size, not by both.")),
            (
                round(y - lr * np.sign(gy) * 0.1 / np.sqrt(0.001), 2),
                N_("The correction of the bias is missing; without it the first step is three times too long."),
            ),
            (round(float(trajectory("adam", surface, (x, y), 1, lr=lr, eps=0)[1, 0]), 6), N_("That is x.")),
            (y, N_("That is where it starts.")),
        ),
    )


QUESTIONS: dict[str, Ask] = {
    "velocity": velocity,
    "second-adagrad-step": second_adagrad_step,
    "corrected-mean": corrected_mean,
    "first-step": first_step,
}
