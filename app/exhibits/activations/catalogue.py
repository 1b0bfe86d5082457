"""The activations: how each is written, called, and what is to be said of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

import engine
from app.i18n import N_

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Activation:
    """One row of the table.

    latex, slope   f and f' with X for x and A for the parameter
    parameter      the field of Params it depends on, as the engine calls it in `options`
    """

    latex: str
    slope: str
    cost: str
    pros: str
    cons: str
    where: str
    paper: str
    parameter: str = ""
    option: str = ""
    letter: str = ""


COMPARISON, ONE_EXP = N_("one comparison"), N_("one exponential")

ACTIVATIONS: dict[str, Activation] = {
    "sigmoid": Activation(
        r"\frac{1}{1 + e^{-X}}",
        r"f(X)\,(1 - f(X))",
        ONE_EXP,
        N_("between 0 and 1: a probability, or a gate"),
        N_("saturates on both sides, slope at most 1/4, outputs all above 0"),
        N_("the output of a yes or no, gates of LSTMs; hidden layers until about 2010"),
        "Rumelhart, Hinton & Williams 1986",
    ),
    "tanh": Activation(
        r"\tanh(X)",
        r"1 - f(X)^2",
        ONE_EXP,
        N_("centred at 0, slope 1 there"),
        N_("saturates on both sides"),
        N_("hidden layers of early networks, states of LSTMs"),
        "LeCun et al. 1991",
    ),
    "scaled_tanh": Activation(
        r"1.7159 \tanh(\tfrac{2}{3} X)",
        r"1.7159 \cdot \tfrac{2}{3} \, (1 - \tanh(\tfrac{2}{3} X)^2)",
        ONE_EXP,
        N_("f(1) = 1 and f(−1) = −1: targets lie where it still bends"),
        N_("saturates on both sides"),
        N_("LeNet-5"),
        "LeCun et al. 1998",
    ),
    "relu": Activation(
        r"\max(0, X)",
        r"1\ (X > 0),\quad 0\ (X \le 0)",
        COMPARISON,
        N_("cheap, no saturation above 0, silent units make sparse outputs"),
        N_("no gradient below 0: a unit can die; outputs not centred"),
        N_("most convolutional networks since AlexNet"),
        "Nair & Hinton 2010",
    ),
    "leaky_relu": Activation(
        r"\max(0, X) + A \min(0, X)",
        r"1\ (X > 0),\quad A\ (X \le 0)",
        COMPARISON,
        N_("as cheap as ReLU, and no unit dies"),
        N_("one more number to choose; outputs hardly sparse"),
        N_("discriminators of GANs, YOLO"),
        "Maas, Hannun & Ng 2013",
        "negative_slope",
        "negative_slope",
        "a",
    ),
    "prelu": Activation(
        r"\max(0, X) + A \min(0, X)",
        r"1\ (X > 0),\quad A\ (X \le 0)",
        COMPARISON,
        N_("learns how much passes below 0, for each channel"),
        N_("one more weight for each channel, which can overfit"),
        N_("the first network to pass people on ImageNet"),
        "He et al. 2015",
        "weight",
        "weight",
        "w",
    ),
    "elu": Activation(
        r"\max(0, X) + A\,(e^{\min(0, X)} - 1)",
        r"1\ (X > 0),\quad A\,e^{X}\ (X \le 0)",
        ONE_EXP,
        N_("mean output nearer to 0 than with ReLU, smooth at 0 for α = 1"),
        N_("an exponential for each number below 0, where it saturates"),
        N_("deep networks without batch normalisation"),
        "Clevert, Unterthiner & Hochreiter 2016",
        "alpha",
        "alpha",
        r"\alpha",
    ),
    "selu": Activation(
        r"1.0507 \, (\max(0, X) + 1.6733\,(e^{\min(0, X)} - 1))",
        r"1.0507\ (X > 0),\quad 1.7581\,e^{X}\ (X \le 0)",
        ONE_EXP,
        N_("keeps mean 0 and variance 1 from layer to layer by itself"),
        N_("only with its own initialisation and dropout, in fully connected networks"),
        N_("deep fully connected networks"),
        "Klambauer et al. 2017",
    ),
    "softplus": Activation(
        r"\tfrac{1}{A} \ln(1 + e^{A X})",
        r"\frac{1}{1 + e^{-A X}}",
        N_("an exponential and a logarithm"),
        N_("a smooth ReLU, always above 0"),
        N_("dearer, and in practice no better than ReLU; outputs not centred"),
        N_("outputs that must be above 0: variances, rates"),
        "Dugas et al. 2001",
        "beta",
        "beta",
        r"\beta",
    ),
    "gelu": Activation(
        r"X \cdot \Phi(X)",
        r"\Phi(X) + X \, \varphi(X)",
        N_("one error function, or a tanh"),
        N_("smooth, a little below 0 lets gradients through"),
        N_("dear; not monotonic"),
        N_("transformers: BERT, GPT, ViT; ConvNeXt"),
        "Hendrycks & Gimpel 2016",
    ),
    "silu": Activation(
        r"\frac{X}{1 + e^{-X}}",
        r"\sigma(X)\,(1 + X\,(1 - \sigma(X)))",
        ONE_EXP,
        N_("smooth, nearly gelu at the price of a sigmoid"),
        N_("dearer than ReLU; not monotonic"),
        N_("EfficientNet, MobileNetV3, newer YOLOs"),
        "Elfwing, Uchibe & Doya 2017",
    ),
    "maxout": Activation(
        r"\max(X, A X - 1)",
        r"1\ (X \ge A X - 1),\quad A\ \text{else}",
        N_("one comparison, but twice the weights"),
        N_("learns its own shape from linear pieces; nothing saturates"),
        N_("as many times the weights as it has pieces"),
        N_("networks with dropout, around 2013"),
        "Goodfellow et al. 2013",
        "piece",
        "",
        "a",
    ),
}


def functions(key: str, options: dict[str, Any]) -> tuple[Callable[[Any], Floats], Callable[[Any], Floats]]:
    """Return an activation and its derivative, of an array each, with the learner's parameter."""
    if key == "maxout":
        return partial(_maxout, **options), partial(_maxout_slope, **options)
    forward, backward = getattr(engine, key), getattr(engine, f"{key}_backward")

    def slope(x: Any) -> Floats:
        gradient = backward(np.ones_like(x), x, **options)
        return np.asarray(gradient.input if key == "prelu" else gradient)

    return lambda x: np.asarray(forward(x, **options)), slope


def _maxout(x: Any, piece: float) -> Floats:
    return np.asarray(engine.maxout(_pieces(x, piece), 2, dim=-1)[..., 0])


def _maxout_slope(x: Any, piece: float) -> Floats:
    pieces = _pieces(x, piece)
    won = engine.maxout_backward(np.ones((*pieces.shape[:-1], 1)), pieces, 2, dim=-1)
    return np.asarray(engine.linear(won, [[1.0, piece]])[..., 0])


def _pieces(x: Any, piece: float) -> Floats:
    """Return x and piece * x - 1, side by side."""
    return np.asarray(engine.linear(np.asarray(x, np.float64)[..., None], [[1.0], [piece]], [0.0, -1.0]))
