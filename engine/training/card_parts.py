"""What every model card has."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.training.loop import Epoch
from engine.training.recipe import Recipe


def curve(history: Sequence[Epoch]) -> str:
    """Return the rows of a table: epoch, loss in training, test accuracy."""
    return "\n".join(f"| {n} | {e.loss:.4f} | {e.accuracy:.2%} |" for n, e in enumerate(history, start=1))


def options(recipe: Recipe, usual: Recipe) -> str:
    """Return what the command line needs for another recipe than the usual one."""
    given = {name: value for name in ("epochs", "seed") if (value := getattr(recipe, name)) != getattr(usual, name)}
    return "".join(f" --{name} {value}" for name, value in given.items())


def confused(confusion: NDArray[np.int64], classes: Sequence[str], pairs: int) -> str:
    """Return the rows of a table: class, taken for, times; the most frequent mistakes first."""
    wrong = confusion - np.diag(np.diag(confusion))
    order = np.argsort(-wrong, axis=None, kind="stable")[:pairs]
    places = [divmod(int(place), len(wrong)) for place in order]
    return "\n".join(f"| {classes[a]} | {classes[b]} | {wrong[a, b]} |" for a, b in places if wrong[a, b])
