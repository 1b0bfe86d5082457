"""Questions of the lesson "Gradient descent": a factor per step, its bound, a logistic slope, and counted steps."""

import math

import numpy as np

from app.i18n import N_
from app.lessons.question import Ask, Question
from app.lessons.questions import told_apart
from engine.landscape import Regression, curvature, parse, trajectory

SHARES = (0.25, 0.5, 0.75, 1.25, 1.5, 1.75, 2.5, 3.0, 4.0)  # lr times curvature: all that follows is exact in binary
RATES = (0.5, 0.25, 0.2, 0.1, 0.05, 0.04, 0.025, 0.02, 0.01, 0.008, 0.005, 0.004, 0.0025, 0.002, 0.001)


def steps_in_a_bowl(seed: int) -> Question:
    """Say where three steps lead in a bowl."""
    rng = np.random.default_rng(seed)
    share, half = float(rng.choice(SHARES)), int(rng.choice([2, 4, 8]))
    lr = share / (2 * half)
    start = float(rng.choice([-3, -2, 1, 2, 3])) * (1 - share).as_integer_ratio()[1] ** 3
    bowl = parse(f"{half}*x^2")
    path = trajectory("sgd", bowl, (start, 0.0), 4, lr=lr)[:, 0].tolist()
    uphill = trajectory("sgd", bowl, (start, 0.0), 3, lr=lr, maximize=True)[-1, 0]
    answer = path[3]
    return Question(
        prompt=N_(
            "Gradient descent goes down f(x) = %(half)s x² with the learning rate %(lr)s. It starts at x = %(start)s. "
            "Where is it after three steps?"
        ),
        values={
            "half": half,
            "curvature": 2 * half,
            "lr": lr,
            "start": start,
            "factor": 1 - share,
            "first": path[1],
            "second": path[2],
            "answer": answer,
        },
        answer=answer,
        why=N_(
            "The slope is %(curvature)s x, so each step multiplies x by 1 − %(lr)s · %(curvature)s = %(factor)s: "
            "first to %(first)s, then to %(second)s, then to %(answer)s."
        ),
        causes=told_apart(
            answer,
            (path[1], N_("That is after one step; three are asked for.")),
            (path[2], N_("That is after two steps; three are asked for.")),
            (path[4], N_("That is after four steps; three are asked for.")),
            (start * (1 - share / 2) ** 3, N_("The slope of %(half)s x² is %(curvature)s x, not %(half)s x.")),
            (
                start - 3 * (start - path[1]),
                N_("That takes the first slope three times; after each step the slope is another one."),
            ),
            (float(uphill), N_("That goes uphill: the slope is subtracted.")),
            (-answer, N_("The sign is lost: look at the factor of each step, which may be below 0.")),
            (answer - start, N_("That is how far it has come; where it is was asked for.")),
        ),
    )


def largest_curvature(seed: int) -> Question:
    """Say from which coefficient on a learning rate is too large."""
    rng = np.random.default_rng(seed)
    lr, flat = float(rng.choice(RATES)), float(rng.choice([0.5, 1.5]))
    unit = float(curvature(parse("y^2"), (0.0, 0.0)).values[1])  # of c y^2 for c = 1
    answer = round(2 / lr / unit)
    return Question(
        prompt=N_(
            "The learning rate is %(lr)s, the landscape f(x, y) = %(flat)s x² + c y², and c grows. From which c on "
            "does gradient descent no longer come closer to the bottom?"
        ),
        values={"lr": lr, "flat": flat, "limit": 2 / lr, "answer": answer},
        answer=answer,
        why=N_(
            "The curvature along y is 2 c. The walk fails where it reaches 2 / %(lr)s = %(limit)s, so at c = "
            "%(answer)s. From there on, each step leads at least as far to the other side."
        ),
        causes=told_apart(
            answer,
            (round(2 / lr), N_("That is the largest curvature; but the curvature of c y² is 2 c.")),
            (round(1 / lr / 2, 6), N_("There a single step leads right to the bottom; it fails only at twice that.")),
            (2 * lr, N_("The bound is 2 divided by the learning rate, not multiplied by it.")),
            (lr, N_("That is the learning rate; wanted is a coefficient of the landscape.")),
            (
                round(1 / lr - flat, 6),
                N_("Curvatures of two directions do not add up; the steeper one decides, whatever the other is."),
            ),
        ),
    )


def logistic_gradient(seed: int) -> Question:
    """Compute one slope of the logistic loss."""
    rng = np.random.default_rng(seed)
    features, targets = np.zeros((4, 2)), np.zeros(4)
    answer = 0.0
    while not (answer.is_integer() and answer):
        features[:, 0] = rng.permutation(np.arange(1.0, 13.0))[:4]
        targets = rng.permutation([0.0, 0.0, 1.0, 1.0] if rng.integers(2) else [0.0, 1.0, 1.0, 1.0])
        answer = Regression("logistic", features, targets).gradient(0.0, 0.0)[0]
    a = features[:, 0]
    said = a / 2
    return Question(
        prompt=N_(
            "Four examples with the features a = %(a0)s, %(a1)s, %(a2)s, %(a3)s and the answers t = %(t0)s, %(t1)s, "
            "%(t2)s, %(t3)s. All weights are still 0. What is the slope of the logistic loss along the weight x of a?"
        ),
        values={
            **{f"a{i}": float(a[i]) for i in range(4)},
            **{f"t{i}": float(targets[i]) for i in range(4)},
            **{f"s{i}": float(a[i] * (0.5 - targets[i])) for i in range(4)},
            "sum": 4 * answer,
            "answer": answer,
        },
        answer=answer,
        why=N_(
            "With weights of 0 every p is 0.5. The products (p − t) · a are %(s0)s, %(s1)s, %(s2)s and %(s3)s; they "
            "add up to %(sum)s, and their mean is %(answer)s."
        ),
        causes=told_apart(
            answer,
            (4 * answer, N_("That is the sum; the loss is a mean over the examples, and so is its slope.")),
            (-answer, N_("The sign is turned round: it is what was said minus what should have been said.")),
            (float(said.mean()), N_("The answers t are missing: each a is multiplied by p − t.")),
            (float(-(a * targets).mean()), N_("With weights of 0 the model says 0.5, not 0.")),
            (float((a * (1 - targets)).mean()), N_("With weights of 0 the model says 0.5, not 1.")),
            (float((0.5 - targets).sum()), N_("Each p − t is multiplied by the feature a of its example.")),
            (0, N_("The errors have different signs, but they are weighted by a and do not cancel here.")),
        ),
    )


def steps_of_training(seed: int) -> Question:
    """Count the steps of some epochs with a last batch that is smaller."""
    rng = np.random.default_rng(seed)
    batch, epochs = int(rng.choice([8, 16, 32, 64])), int(rng.integers(3, 11))
    whole, left = int(rng.integers(2, 12)), int(rng.integers(1, batch))
    count = whole * batch + left
    loss = Regression("linear", np.zeros((count, 2)), np.zeros(count))
    per_epoch = loss.in_batches(batch).steps_per_epoch
    answer = per_epoch * epochs
    return Question(
        prompt=N_(
            "A model is trained on %(count)s examples, in mini-batches of %(batch)s, for %(epochs)s epochs. The last "
            "batch of an epoch takes what is left. How many steps are taken?"
        ),
        values={
            "count": count,
            "batch": batch,
            "epochs": epochs,
            "whole": whole,
            "left": left,
            "per_epoch": per_epoch,
            "answer": answer,
        },
        answer=answer,
        why=N_(
            "An epoch has %(whole)s full batches and one with the %(left)s examples that are left: %(per_epoch)s "
            "steps. Times %(epochs)s epochs: %(answer)s."
        ),
        causes=told_apart(
            answer,
            (per_epoch, N_("That is one epoch; there are %(epochs)s.")),
            (whole * epochs, N_("The examples that are left at the end of an epoch make a step as well.")),
            (
                math.ceil(count * epochs / batch),
                N_("No batch reaches from one epoch into the next: each epoch ends with a smaller one."),
            ),
            (count * epochs, N_("That would be the steps with single examples; here a step takes %(batch)s.")),
            (epochs, N_("That would be the steps with the full batch; here a step takes %(batch)s examples.")),
            (batch * epochs, N_("The batch says how many examples a step takes, not how many steps there are.")),
        ),
    )


QUESTIONS: dict[str, Ask] = {
    "steps-in-a-bowl": steps_in_a_bowl,
    "largest-curvature": largest_curvature,
    "logistic-gradient": logistic_gradient,
    "steps-of-training": steps_of_training,
}
