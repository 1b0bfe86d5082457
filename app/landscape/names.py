"""What readers call surfaces, optimizers and schedules."""

from app.i18n import N_

SURFACE_NAMES = {
    "saddle": N_("saddle surface"),
    "monkey-saddle": N_("monkey saddle"),
    "slow-saddle": N_("saddle with a slow exit"),
    "plateau": N_("plateau"),
    "ravine": N_("ravine"),
    "bowl": N_("bowl"),
    "double-well": N_("double well"),
    "rosenbrock": N_("Rosenbrock's function"),
    "himmelblau": N_("Himmelblau's function"),
    "beale": N_("Beale's function"),
    "ackley": N_("Ackley's function"),
    "rastrigin": N_("Rastrigin's function"),
    "two-scales": N_("linear regression, inputs on two scales"),
    "two-scales-normalised": N_("the same, inputs normalised"),
}
OPTIMIZER_NAMES = {
    "sgd": "SGD",
    "momentum": "Momentum",
    "nesterov": "Nesterov",
    "adagrad": "Adagrad",
    "adadelta": "Adadelta",
    "rmsprop": "RMSprop",
    "adam": "Adam",
    "adamw": "AdamW",
    "adamax": "Adamax",
    "nadam": "NAdam",
    "amsgrad": "AMSGrad",
    "radam": "RAdam",
    "perturbed-gd": N_("Perturbed GD"),
    "newton": N_("Newton's method"),
    "saddle-free-newton": N_("Saddle-free Newton"),
    "lion": "Lion",
}
SCHEDULE_NAMES = {
    "constant": N_("constant"),
    "step": N_("in steps"),
    "exponential": N_("exponential"),
    "cosine": N_("cosine"),
    "warm-up": N_("warm-up"),
    "1/t": "1/t",
    "one-cycle": N_("one-cycle"),
}
