"""The walk itself: one loop for a single path on plain floats and for many paths on arrays."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from engine.landscape.maths import Maths, Number
from engine.landscape.optimizer import Before, Optimizer, State


class Moment(NamedTuple):
    """One step: where it led, the gradient that the rule was given, and what it remembers of both coordinates."""

    x: Number
    y: Number
    gx: Number
    gy: Number
    inner_x: State
    inner_y: State


def walk(
    optimizer: Optimizer,
    gradient: Callable[[Number, Number], Sequence[Number]],
    maths: Maths,
    before: Sequence[Before],
    rates: Sequence[float],
    x: Number,
    y: Number,
) -> Iterator[tuple[Number, Number, Number, Number, State, State]]:
    """Yield a step for each learning rate, as a plain tuple in the order of Moment."""
    rule = optimizer.rule(maths)
    inner_x: State = optimizer.begin()
    inner_y = inner_x
    for t, factors in enumerate(optimizer.factors(rates)):
        gx, gy = gradient(x, y)
        for act in before:
            x, y, gx, gy = act(x, y, gx, gy, rates[t], t)
        x, inner_x = rule(x, gx, inner_x, factors)
        y, inner_y = rule(y, gy, inner_y, factors)
        yield x, y, gx, gy, inner_x, inner_y
