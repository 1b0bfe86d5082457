"""Training runs by the files they read and leave."""

from dataclasses import replace
from pathlib import Path

from safetensors.torch import save

from engine.errors import FileError
from engine.training import mnist
from engine.training.card import card
from engine.training.loop import Run, write_whole
from engine.training.recipe import Recipe


def begin(net: str, data: Path, out: Path, *, epochs: int | None = None, seed: int | None = None) -> Run:
    """Return the run that will end in the weights file `out`, where the last one stopped.

    data           folder with MNIST's four files
    epochs, seed   None for those of the shipped weights
    Raises FileError if the data cannot be read, or a stopped run had other settings.
    """
    if out.suffix != ".safetensors":
        raise FileError("weights go into a .safetensors file, not into {file}", file=out)
    usual = Recipe(net=net)
    recipe = replace(
        usual,
        epochs=usual.epochs if epochs is None else epochs,
        seed=usual.seed if seed is None else seed,
    )
    train, test = mnist.read(data, "train"), mnist.read(data, "t10k")
    out.parent.mkdir(parents=True, exist_ok=True)
    return Run(recipe, train, test, out.with_suffix(".checkpoint"))


def finish(run: Run, out: Path) -> None:
    """Write the weights and, beside them, their card; the run's state is no longer needed and goes."""
    content = save(run.net.state_dict())
    write_whole(out, content)
    write_whole(out.with_suffix(".md"), card(run, content, out.name).encode())
    run.checkpoint.unlink(missing_ok=True)
