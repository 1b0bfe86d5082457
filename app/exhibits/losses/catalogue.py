"""The losses, by what they are given, as functions of the one number that is predicted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

import engine
from app.i18n import N_

if TYPE_CHECKING:
    from app.exhibits.losses.params import Params

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Kind:
    """What a prediction is: its name, from where to where it goes, and where it stands at first."""

    title: str
    x: str
    low: float
    high: float
    ticks: tuple[float, ...]
    usual: float
    top: float  # of the losses drawn
    steep: float  # of the gradients drawn


KINDS = {
    "number": Kind(N_("A number"), N_("prediction"), -0.95, 6, (0, 1, 2, 3, 4, 5, 6), 3.5, 8, 6),
    "probability": Kind(N_("A probability"), N_("probability of yes"), 0.01, 0.99, (0.25, 0.5, 0.75), 0.3, 5, 8),
    "logit": Kind(N_("A score: yes or no"), N_("score"), -5, 5, (-4, -2, 0, 2, 4), -1.0, 6, 4),
    "classes": Kind(N_("Three classes"), N_("score of the right class"), -5, 5, (-4, -2, 0, 2, 4), 0.0, 6, 1.5),
}


@dataclass(frozen=True)
class Entry:
    """A loss. latex has X for the prediction, T or S for what was wanted, A for a parameter, B and C for scores."""

    kind: str
    latex: str
    pros: str
    cons: str
    where: str
    parameter: str = ""
    option: str = ""
    letter: str = ""


_NEAR = r"\min(|X - T|, A)"
LOSSES: dict[str, Entry] = {
    "mse_loss": Entry(
        "number",
        r"(X - T)^2",
        N_("smooth; the mean is what minimises it"),
        N_("one outlier counts as its square"),
        N_("regression with normal noise, autoencoders"),
    ),
    "l1_loss": Entry(
        "number",
        r"|X - T|",
        N_("outliers count as far as they are; the median minimises it"),
        N_("the same slope however near, and a corner at 0"),
        N_("robust regression, pictures that should stay sharp"),
    ),
    "smooth_l1_loss": Entry(
        "number",
        rf"\tfrac{{1}}{{A}}\,{_NEAR}\,(|X - T| - \tfrac{{1}}{{2}}{_NEAR})",
        N_("a square near the target, a line far away; slope at most 1"),
        N_("one more number, where the one becomes the other"),
        N_("boxes of Fast R-CNN and SSD"),
        "beta",
        "beta",
        r"\beta",
    ),
    "huber_loss": Entry(
        "number",
        rf"{_NEAR}\,(|X - T| - \tfrac{{1}}{{2}}{_NEAR})",
        N_("a square near the target, a line far away; slope at most δ"),
        N_("one more number, where the one becomes the other"),
        N_("robust regression, values in deep Q-learning"),
        "delta",
        "delta",
        r"\delta",
    ),
    "msle_loss": Entry(
        "number",
        r"(\ln(1 + X) - \ln(1 + T))^2",
        N_("measures the ratio: 10 for 20 is as wrong as 100 for 200"),
        N_("only above −1; too little counts more than too much"),
        N_("prices, counts, what spans powers of ten"),
    ),
    "mape_loss": Entry(
        "number",
        r"100\,|X - T| / |T|",
        N_("in percent, which anyone can read"),
        N_("explodes where the target is near 0; prefers too little"),
        N_("forecasts"),
    ),
    "binary_cross_entropy": Entry(
        "probability",
        r"-(T \ln X + (1 - T) \ln(1 - X))",
        N_("minus the log-likelihood: sure and wrong costs without bound"),
        N_("of probabilities, whose logarithm loses digits near 0 and 1"),
        N_("a sigmoid output whose probability is there already"),
    ),
    "nll_loss": Entry(
        "probability",
        r"-\ln(T X + (1 - T)(1 - X))",
        N_("minus the log-probability of what was true, however it was made"),
        N_("wants log-probabilities: without log_softmax before it, it is wrong"),
        N_("after log_softmax; with it, it is cross_entropy"),
    ),
    "binary_cross_entropy_with_logits": Entry(
        "logit",
        r"\ln(1 + e^{-S X})",
        N_("gradient p − t at the logit; no digit is lost"),
        N_("never quite 0, however right"),
        N_("yes or no, several labels at once, masks"),
    ),
    "hinge_loss": Entry(
        "logit",
        r"\max(0, 1 - S X)",
        N_("silent beyond the margin: only hard examples count"),
        N_("gives no probability; a corner at the margin"),
        N_("support vector machines"),
    ),
    "exponential_loss": Entry(
        "logit",
        r"e^{-S X}",
        N_("simple: each round of AdaBoost lowers it"),
        N_("one wrong label can outweigh all others"),
        N_("boosting"),
    ),
    "cross_entropy": Entry(
        "classes",
        r"\ln(e^{X} + e^{B} + e^{C}) - X",
        N_("gradient p − onehot at the logits; minus the log-likelihood"),
        N_("sensitive to wrong labels; never quite 0"),
        N_("every classifier of one class among several"),
    ),
    "multi_margin_loss": Entry(
        "classes",
        r"\tfrac{1}{3}(\max(0, 1 - X + B) + \max(0, 1 - X + C))",
        N_("silent where the right class leads by the margin"),
        N_("gives no probabilities"),
        N_("several classes with margins, as in CS231n"),
    ),
}


def functions(key: str, params: Params) -> tuple[Callable[[Floats], Floats], Callable[[Floats], Floats]]:
    """Return a loss and its gradient with respect to the prediction, of an array of predictions each."""
    forward, backward = getattr(engine, key), getattr(engine, f"{key}_backward")
    options: dict[str, Any] = {"reduction": "none"}
    if LOSSES[key].option:
        options[LOSSES[key].option] = getattr(params, LOSSES[key].parameter)
    inputs, pick = _inputs(key, params)

    def loss(x: Floats) -> Floats:
        return np.asarray(forward(*inputs(x), **options))

    def gradient(x: Floats) -> Floats:
        return pick(np.asarray(backward(np.ones(len(x)), *inputs(x), **options)), x)

    return loss, gradient


def _inputs(key: str, params: Params) -> tuple[Callable[[Floats], tuple[Any, Any]], Callable[[Floats, Floats], Floats]]:
    """Return what makes a loss's arguments of predictions, and its gradient that of the prediction."""
    kind, yes = LOSSES[key].kind, params.answer == "yes"
    if key == "nll_loss":  # it takes log-probabilities of (no, yes)
        sign = 1.0 if yes else -1.0
        return (
            lambda x: (np.log(np.stack([1 - x, x], axis=1)), np.full(len(x), int(yes))),
            lambda g, x: np.asarray(g[:, int(yes)] * sign / (x if yes else 1 - x)),
        )
    if kind == "classes":
        others = [params.b, params.c]
        return (
            lambda x: (np.stack([x, *(np.full(len(x), other) for other in others)], axis=1), np.zeros(len(x), int)),
            lambda g, x: g[:, 0],
        )
    target = {"number": params.target, "probability": float(yes)}.get(kind, 1.0 if yes else -1.0)
    if key == "binary_cross_entropy_with_logits":
        target = float(yes)
    return lambda x: (x, np.full(len(x), target)), lambda g, x: g
