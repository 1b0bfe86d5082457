"""Training runs by the files they read and leave."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from engine.errors import FileError
from engine.training import digit_card, mnist, photo_card, photos
from engine.training.digit_recipe import DigitRecipe
from engine.training.examples import Examples
from engine.training.loop import Run, write_whole
from engine.training.photo_recipe import RECIPES
from engine.training.recipe import Recipe


@dataclass(frozen=True, slots=True)
class Course:
    """How one network is trained: on what, by which recipe; how its weights are kept and described."""

    recipe: Recipe
    read: Callable[[Path], tuple[Examples, Examples]]
    card: Callable[[Run, bytes, str], str]
    dtype: torch.dtype
    picture: Callable[[Run], bytes] | None = None  # that the card shows, a PNG beside it


def _digits(folder: Path) -> tuple[Examples, Examples]:
    return mnist.read(folder, "train"), mnist.read(folder, "t10k")


COURSES = {
    "lenet5": Course(DigitRecipe(), _digits, digit_card.card, torch.float32),
    **{
        net: Course(recipe, photos.read, photo_card.card, torch.float16, photo_card.picture)
        for net, recipe in RECIPES.items()
    },
}


def begin(net: str, data: Path, out: Path, *, epochs: int | None = None, seed: int | None = None) -> Run:
    """Return the run that will end in the weights file `out`, where the last one stopped.

    data           for LeNet-5 a folder with MNIST's four files, for the others photos: see photos.read
    epochs, seed   None for those of the shipped weights
    Raises FileError if the data cannot be read, or a stopped run had other settings.
    """
    if out.suffix != ".safetensors":
        raise FileError("weights go into a .safetensors file, not into {file}", file=out)
    course = COURSES[net]
    recipe = replace(
        course.recipe,
        epochs=course.recipe.epochs if epochs is None else epochs,
        seed=course.recipe.seed if seed is None else seed,
    )
    train, test = course.read(data)
    out.parent.mkdir(parents=True, exist_ok=True)
    return Run(recipe, train, test, out.with_suffix(".checkpoint"))


def finish(run: Run, out: Path) -> None:
    """Write the weights and, beside them, their card; the run's state is no longer needed and goes."""
    course = COURSES[run.recipe.net]
    content = run.weights(course.dtype)
    write_whole(out, content)
    write_whole(out.with_suffix(".md"), course.card(run, content, out.name).encode())
    if course.picture:
        write_whole(out.with_suffix(".png"), course.picture(run))
    run.checkpoint.unlink(missing_ok=True)
