"""What an optimizer is: its options, what it remembers, and the rule by which one coordinate takes one step.

A rule is written once. It gets plain floats where a single path is wanted, and arrays where many starts advance
together; + - * / and engine.landscape.maths do for both.

Weight decay comes before the rule and is the same for all (before.py): g = g + weight_decay * x or, decoupled,
x = x - lr * weight_decay * x. Operations come in torch's order, and means are taken as torch.lerp takes them, so that
paths agree with torch's to the last digits.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Self

from engine.errors import RangeError
from engine.landscape.bounded import ANY, BELOW_ONE, FROM_ZERO, TO_ONE, Bounds, bounded
from engine.landscape.maths import Maths, Number
from engine.landscape.surface import Surface

State = tuple[Number, ...]
Factors = tuple[float, ...]
Rule = Callable[[Number, Number, State, Factors], tuple[Number, State]]
# (x, y, gx, gy, lr of this step, t from 0) -> (x, y, gx, gy): what both coordinates need to know of each other.
Before = Callable[[Number, Number, Number, Number, float, int], tuple[Number, ...]]

# What each option may be; torch's bounds, for what torch has.
BOUNDS: dict[str, Bounds] = {
    "alpha": FROM_ZERO,
    "betas": BELOW_ONE,
    "damping": FROM_ZERO,
    "dampening": ANY,
    "eps": FROM_ZERO,
    "initial_accumulator_value": FROM_ZERO,
    "lr": FROM_ZERO,
    "lr_decay": FROM_ZERO,
    "momentum": FROM_ZERO,
    "momentum_decay": FROM_ZERO,
    "radius": FROM_ZERO,
    "rho": TO_ONE,
    "threshold": FROM_ZERO,
    "wait": FROM_ZERO,
    "weight_decay": FROM_ZERO,
}


@dataclass(frozen=True, kw_only=True)
class Optimizer:
    """Base of all: every optimizer has a learning rate and a weight decay.

    inner   names of what may be remembered from step to step, a number for each coordinate; torch's names
    """

    lr: float = 1e-3
    weight_decay: float = 0.0

    inner: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            object.__setattr__(self, field.name, _checked(field.name, value, type(field.default)))

    @classmethod
    def option_names(cls) -> tuple[str, ...]:
        """Return the names of its options."""
        return tuple(field.name for field in fields(cls))

    @classmethod
    def of(cls, options: dict[str, Any]) -> Self:
        """Return the optimizer with these options. Raises RangeError on one that it has not, or a value it may not."""
        known = cls.option_names()
        for name in options:
            if name not in known:
                raise RangeError(
                    "{optimizer} has no option {name}; it has {known}",
                    optimizer=cls.__name__,
                    name=str(name)[:40],
                    known=", ".join(known),
                )
        return cls(**options)

    @property
    def used(self) -> tuple[str, ...]:
        """Which of `inner` these options really use."""
        return self.inner

    @property
    def decoupled(self) -> bool:
        """Whether weight decay shrinks x itself, and is not part of the gradient."""
        return False

    def begin(self) -> tuple[float, ...]:
        """Return what `inner` holds before the first step."""
        return (0.0,) * len(self.inner)

    def factors(self, rates: Iterable[float]) -> Iterator[Factors]:
        """Yield, for t = 1, 2, ..., what depends on the step alone; rates are the learning rates of the steps."""
        for lr in rates:
            yield (lr,)

    def before(self, surface: Surface, maths: Maths) -> Callable[[list[Any]], Before] | None:
        """Return what takes random numbers, uniform from 0 to 1, two a step, and returns what is done before the rule.

        For optimizers in which the coordinates need to know of each other; None for the others.
        """
        return None

    def rule(self, maths: Maths) -> Rule:
        """Return update(x, g, inner, factors) -> (new x, new inner): plain gradient descent, unless overridden.

        x = x - lr g
        """

        def update(x: Number, g: Number, inner: State, factors: Factors) -> tuple[Number, State]:
            return x - factors[0] * g, inner

        return update


def _checked(name: str, value: object, kind: type) -> object:
    if kind is bool:
        if not isinstance(value, bool):
            raise RangeError("{name} must be true or false, got {got}", name=name, got=repr(value)[:40])
        return value
    if kind is tuple:
        if not isinstance(value, tuple | list) or len(value) != 2:
            raise RangeError("{name} must be two numbers, got {got}", name=name, got=repr(value)[:40])
        return tuple(bounded(name, number, BOUNDS[name]) for number in value)
    return bounded(name, value, BOUNDS[name])
