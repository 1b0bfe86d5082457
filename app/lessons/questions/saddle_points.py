"""Questions of the lesson "Saddle points": an eigenvalue, a wait, a step by |H|, and coins for many dimensions."""

from typing import Any

import numpy as np

from app.i18n import N_
from app.lessons.question import Ask, Question
from app.lessons.questions import told_apart
from engine.landscape import coin_share, curvature, parse, trajectory

RATES = (0.25, 0.1, 0.05, 0.02, 0.01, 0.005)
TURNED = ((3, 4, 5), (4, 3, 5), (5, 12, 13), (12, 5, 13))  # half the difference of the diagonal, the corner, the root


def smaller_eigenvalue(seed: int) -> Question:
    """Compute the smaller eigenvalue of a Hessian that its diagonal does not give away."""
    rng = np.random.default_rng(seed)
    even = int(rng.integers(3, 9))
    half, corner, root = TURNED[int(rng.integers(len(TURNED)))] if rng.integers(2) else (0, even, even)
    corner *= int(rng.choice([-1, 1]))
    middle = int(rng.integers(max(half, 1) + 1, root + 4))
    a, c = middle + half, middle - half
    small, large = curvature(parse(f"{a}*x^2/2 + {corner}*x*y + {c}*y^2/2"), (0.0, 0.0)).values.tolist()
    answer = round(small)
    return Question(
        prompt=N_(
            "At a level point f has the second derivatives f_xx = %(a)s, f_xy = %(b)s and f_yy = %(c)s. What is the "
            "smaller eigenvalue of its Hessian?"
        ),
        values={
            "a": a,
            "b": corner,
            "c": c,
            "square": corner**2,
            "middle": middle,
            "root": root,
            "large": round(large),
            "kind": N_("So it is a saddle.") if answer < 0 else N_("So it is a minimum."),
            "answer": answer,
        },
        answer=answer,
        why=N_(
            "The eigenvalues lie at equal distances from the mean of %(a)s and %(c)s, which is %(middle)s, and "
            "their product is %(a)s · %(c)s − %(square)s. So they are %(middle)s ± %(root)s: %(large)s and "
            "%(answer)s. %(kind)s"
        ),
        causes=told_apart(
            answer,
            (round(large), N_("That is the larger one.")),
            (min(a, c), N_("That is the curvature along an axis; between the axes it may be smaller.")),
            (a * c - corner**2, N_("That is the determinant, the product of both eigenvalues.")),
            (a + c, N_("That is the trace, the sum of both eigenvalues.")),
            (
                min(a, c) - abs(corner),
                N_("Only where both entries of the diagonal are equal is the corner subtracted."),
            ),
            (corner, N_("That is the entry in the corner, not an eigenvalue.")),
            (-answer, N_("The sign is lost, and it decides what kind of point this is.")),
        ),
    )


def steps_off_the_ridge(seed: int) -> Question:
    """Count the steps until gradient descent has left a saddle."""
    rng = np.random.default_rng(seed)
    lr, power = float(rng.choice(RATES)), int(rng.integers(2, 9))

    def steps(nudge: float, **options: Any) -> int:
        path = trajectory("sgd", "saddle", (-1.5, nudge), 5000, **{"lr": lr, **options})
        return int((abs(path[:, 1]) > 1).argmax())

    answer = steps(10.0**-power)
    return Question(
        prompt=N_(
            "Gradient descent with the learning rate %(lr)s walks over f(x, y) = x² − y². It starts at y = "
            "10^−%(power)s. After how many steps is y above 1 for the first time?"
        ),
        values={"lr": lr, "nudge": 10.0**-power, "power": power, "factor": 1 + 2 * lr, "answer": answer},
        answer=answer,
        why=N_(
            "Each step multiplies y by 1 + 2 · %(lr)s = %(factor)s. It has to grow by the factor 10^%(power)s: "
            "%(power)s · ln 10 / ln %(factor)s, rounded up, is %(answer)s."
        ),
        causes=told_apart(
            answer,
            (answer - 1, N_("After that many steps y is still just below 1: round up.")),
            (steps(10.0**-power, lr=lr / 2), N_("The slope of −y² is −2y, so the factor is 1 + 2 · %(lr)s.")),
            (
                round(np.ceil(power / np.log1p(2 * lr))),
                N_("Both logarithms must be of the same kind: ln 10 is 2.303, not 1."),
            ),
            (round(1 / lr), N_("So many steps takes one whose steps are all %(lr)s long; here they begin tiny.")),
            (steps(10.0 ** -(power + 1)), N_("That is for a nudge a tenth as large.")),
            (steps(10.0 ** -(power - 1)), N_("That is for a nudge ten times as large.")),
        ),
    )


def saddle_free_step(seed: int) -> Question:
    """Say where one step of the saddle-free Newton method leads."""
    rng = np.random.default_rng(seed)
    a, b = (int(number) for number in rng.integers(2, 8, size=2))
    p, q = (int(number) for number in rng.integers(-5, 6, size=2))
    x, y = p + int(rng.choice([-3, -2, 2, 3])), q + int(rng.choice([-4, -3, -2, 2, 3, 4]))
    surface = parse(f"{a}*(x-({p}))^2 - {b}*(y-({q}))^2")

    def reached(key: str, **options: Any) -> float:
        return round(float(trajectory(key, surface, (x, y), 1, lr=1.0, **options)[1, 1]), 6)

    answer = reached("saddle-free-newton", damping=0)
    return Question(
        prompt=N_(
            "A landscape is %(a)s (x − p)² − %(b)s (y − q)², with its saddle at p = %(p)s, q = %(q)s. The saddle-free "
            "Newton method stands at (%(x)s, %(y)s) and takes one step, with learning rate 1. What is y then?"
        ),
        values={
            "a": a,
            "b": b,
            "p": p,
            "q": q,
            "x": x,
            "y": y,
            "slope": surface.gradient(float(x), float(y))[1],
            "curvature": -2 * b,
            "size": 2 * b,
            "answer": answer,
        },
        answer=answer,
        why=N_(
            "Along y the slope is %(slope)s and the curvature %(curvature)s. The slope is divided by the size, "
            "%(size)s, and subtracted: y is %(answer)s, twice as far from the saddle as before."
        ),
        causes=told_apart(
            answer,
            (q, N_("That is Newton's method, which goes into the saddle. Here the curvature loses its sign.")),
            (reached("sgd"), N_("That is gradient descent: the slope is yet to be divided by the curvature's size.")),
            (y, N_("That is where it stands; the slope there is not 0.")),
            (2 * y, N_("The distance from the saddle doubles, not y itself.")),
            (p, N_("That is x after the step.")),
            (y + (y - q) / 2, N_("The slope of the second part is −2 · %(b)s (y − q): do not forget the 2.")),
            (y + 2 * (y - q), N_("The curvature is 2 · %(b)s in size; divide by all of it.")),
        ),
    )


def coins_and_saddles(seed: int) -> Question:
    """Count the saddles that coins would make."""
    rng = np.random.default_rng(seed)
    n, each = int(rng.integers(3, 9)), int(rng.integers(1, 12))
    count = each * 2**n
    minima = count * coin_share(n)
    answer = count - 2 * minima
    return Question(
        prompt=N_(
            "A landscape over %(n)s parameters has %(count)s level points. Let a fair coin decide the sign of each "
            "eigenvalue. How many saddles are there on average?"
        ),
        values={"n": n, "count": count, "all": 2**n, "minima": minima, "answer": answer},
        answer=answer,
        why=N_(
            "All %(n)s coins show the same side up in one case of %(all)s: %(minima)s minima, and as many maxima. The "
            "others are saddles: %(count)s − 2 · %(minima)s = %(answer)s."
        ),
        causes=told_apart(
            answer,
            (minima, N_("That is the number of minima.")),
            (2 * minima, N_("That is minima and maxima together; all the others are saddles.")),
            (count - minima, N_("Maxima are no saddles either: there all directions go down.")),
            (count / 2, N_("With a single coin half would be minima; here every eigenvalue has its own.")),
            (round(count / n, 6), N_("The chance of all coins together is a power of ½, not one in %(n)s.")),
            (count, N_("A few level points are minima or maxima.")),
        ),
    )


QUESTIONS: dict[str, Ask] = {
    "smaller-eigenvalue": smaller_eigenvalue,
    "steps-off-the-ridge": steps_off_the_ridge,
    "saddle-free-step": saddle_free_step,
    "coins-and-saddles": coins_and_saddles,
}
