"""All optimizers by their keys. To add one, write its class, headed by its equation, and name it here."""

from engine.errors import RangeError
from engine.landscape.adam import Adam, Adamax, AdamW, AMSGrad, NAdam, RAdam
from engine.landscape.adaptive import Adadelta, Adagrad, RMSprop
from engine.landscape.contrasts import Lion, Newton, PerturbedGD, SaddleFreeNewton
from engine.landscape.descent import SGD, Momentum, Nesterov
from engine.landscape.optimizer import Optimizer

OPTIMIZERS: dict[str, type[Optimizer]] = {
    "sgd": SGD,
    "momentum": Momentum,
    "nesterov": Nesterov,
    "adagrad": Adagrad,
    "adadelta": Adadelta,
    "rmsprop": RMSprop,
    "adam": Adam,
    "adamw": AdamW,
    "adamax": Adamax,
    "nadam": NAdam,
    "amsgrad": AMSGrad,
    "radam": RAdam,
    "perturbed-gd": PerturbedGD,
    "newton": Newton,
    "saddle-free-newton": SaddleFreeNewton,
    "lion": Lion,
}


def find_optimizer(key: object) -> type[Optimizer]:
    """Return the optimizer of that key. Raises RangeError if there is none."""
    kind = OPTIMIZERS.get(key) if isinstance(key, str) else None
    if kind is None:
        raise RangeError(
            "there is no optimizer {key}; there are {known}", key=repr(key)[:40], known=", ".join(OPTIMIZERS)
        )
    return kind
