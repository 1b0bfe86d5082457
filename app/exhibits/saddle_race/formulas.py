"""The rule of each optimizer as LaTeX, as its class in engine.landscape has it; weight decay comes before.

theta stands for x and y: every coordinate is treated alike, except by the two Newtons.
"""

from __future__ import annotations

from functools import cache

from app.lessons.formulas import mathml

_SECOND = r"v \leftarrow \beta_2 v + (1 - \beta_2)\, g^2"
_FIRST = r"m \leftarrow \beta_1 m + (1 - \beta_1)\, g"
_HATS = (r"\hat m = \frac{m}{1 - \beta_1^t},\; \hat v = \frac{v}{1 - \beta_2^t}",)
_ADAM = r"\theta \leftarrow \theta - \eta\, \frac{\hat m}{\sqrt{\hat v} + \epsilon}"

LINES: dict[str, tuple[str, ...]] = {
    "sgd": (r"\theta \leftarrow \theta - \eta\, g",),
    "momentum": (r"v \leftarrow \mu v + g", r"\theta \leftarrow \theta - \eta\, v"),
    "nesterov": (r"v \leftarrow \mu v + g", r"\theta \leftarrow \theta - \eta\, (g + \mu v)"),
    "adagrad": (r"s \leftarrow s + g^2", r"\theta \leftarrow \theta - \eta\, \frac{g}{\sqrt{s} + \epsilon}"),
    "adadelta": (
        r"s \leftarrow \rho s + (1 - \rho)\, g^2",
        r"d = \frac{\sqrt{u + \epsilon}}{\sqrt{s + \epsilon}}\, g",
        r"u \leftarrow \rho u + (1 - \rho)\, d^2",
        r"\theta \leftarrow \theta - \eta\, d",
    ),
    "rmsprop": (
        r"s \leftarrow \alpha s + (1 - \alpha)\, g^2",
        r"\theta \leftarrow \theta - \eta\, \frac{g}{\sqrt{s} + \epsilon}",
    ),
    "adam": (_FIRST, _SECOND, *_HATS, _ADAM),
    "adamw": (r"\theta \leftarrow (1 - \eta \lambda)\, \theta", _FIRST, _SECOND, *_HATS, _ADAM),
    "adamax": (
        _FIRST,
        r"u \leftarrow \max(\beta_2 u,\, |g| + \epsilon)",
        r"\theta \leftarrow \theta - \frac{\eta}{1 - \beta_1^t}\, \frac{m}{u}",
    ),
    "nadam": (
        r"\mu_t = \beta_1 (1 - \tfrac12\, 0.96^{t \psi}),\; P_t = \mu_1 \cdots \mu_t",
        _FIRST,
        _SECOND,
        r"\tilde m = \frac{(1 - \mu_t)\, g}{1 - P_t} + \frac{\mu_{t+1}\, m}{1 - P_{t+1}}",
        r"\theta \leftarrow \theta - \eta\, \frac{\tilde m}{\sqrt{v / (1 - \beta_2^t)} + \epsilon}",
    ),
    "amsgrad": (
        _FIRST,
        _SECOND,
        r"\hat v = \max(\hat v, v)",
        r"\theta \leftarrow \theta - \frac{\eta}{1 - \beta_1^t}\, \frac{m}{\sqrt{\hat v / (1 - \beta_2^t)} + \epsilon}",
    ),
    "radam": (
        _FIRST,
        _SECOND,
        r"\theta \leftarrow \theta - \eta\, r_t\, \frac{\hat m}{\sqrt{\hat v} + \epsilon'}",
        r"\theta \leftarrow \theta - \eta\, \hat m \;\text{ while } \rho_t \le 5",
    ),
    "perturbed-gd": (
        r"\theta \leftarrow \theta + \xi \;\text{ where } |g| \le \tau,\; |\xi| \le r",
        r"\theta \leftarrow \theta - \eta\, g",
    ),
    "newton": (r"\theta \leftarrow \theta - \eta\, (H + \delta I)^{-1} g",),
    "saddle-free-newton": (r"\theta \leftarrow \theta - \eta\, (|H| + \delta I)^{-1} g",),
    "lion": (
        r"\theta \leftarrow \theta - \eta\, \mathrm{sign}(\beta_1 m + (1 - \beta_1)\, g)",
        r"m \leftarrow \beta_2 m + (1 - \beta_2)\, g",
    ),
}
# The option that a letter of the rule stands for, by torch's name.
LETTERS = {
    "lr": "η",
    "momentum": "μ",
    "betas": "β₁, β₂",
    "alpha": "α",
    "rho": "ρ",
    "eps": "ε",
    "weight_decay": "λ",
    "damping": "δ",
    "radius": "r",
    "threshold": "τ",
    "momentum_decay": "ψ",
}


@cache
def rule(key: str) -> tuple[str, ...]:
    """Return the MathML of each line of an optimizer's rule."""
    return tuple(mathml(line, display=False) for line in LINES[key])
