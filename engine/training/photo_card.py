"""The model card of a network trained on photos."""

from collections.abc import Iterator
from dataclasses import asdict
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from engine.nets.filters import smooth
from engine.nets.summary import Summary
from engine.photo import MEAN, STD
from engine.training.card_parts import confused, curve, options
from engine.training.filter_sheet import filter_sheet
from engine.training.loop import Run, accuracy
from engine.training.photo_recipe import RECIPES, PhotoRecipe, Sides

IMAGENETTE = (
    "cassette_player",
    "chain_saw",
    "church",
    "english_springer",
    "french_horn",
    "garbage_truck",
    "gas_pump",
    "golf_ball",
    "parachute",
    "tench",
)
PAIRS = 12  # of confused classes, the most frequent first

TEXT = """\
# {title}, trained on photos

Weights: `{file}`, safetensors, float16, {parameters:,} parameters.
SHA-256: `{digest}`

- **Architecture**: {source};
  a variant of `engine/nets` with its **{variant}**: the paper's convolution stages in full width, then the mean of
  each map and one linear layer to {count} classes instead of three linear layers to 1,000. That keeps the file small;
  `engine.nets.summarize("{net}", "shipped")` lists it.
- **Reads**: a square photo of {side}x{side}, red, green and blue, 0 to 1, less {mean}, divided by {std}.
- **Data**: Imagenette (fast.ai's choice of ten classes of ImageNet's photos; for research and teaching) and Caltech-101
  (Li, Andreetto, Ranzato & Perona 2022, CaltechDATA, CC BY 4.0), {train:,} photos to train on and {test:,} to test on,
  each 136x136. No photo is part of this file.
- **Licence of the weights**: that of ConvLens.

## Accuracy

Of the photos that it was not trained on, after the last epoch; no epoch was picked by its accuracy.

| photos | classes to choose from | right |
|:--|--:|--:|
{accuracies}

| epoch | loss in training | test accuracy |
|--:|--:|--:|
{curve}

The loss is that of changed photos and smoothed labels, which are harder than the test photos. {tested}

### Confused most

| photo of | taken for | times |
|:--|:--|--:|
{confused}

## First layer

{smooth} of {filters} filters have more than 80 % of their power, constant part included, below half the Nyquist
frequency.

![The {filters} filters of the first layer, red, green and blue; grey is zero]({picture})

## Recipe

```
convlens train {net} --data DIR{options}
```

with the zip archives of both data sets in `DIR`. {recipe}

Run again, the command gives the same weights but for the last digits: several threads add in another order.

## Limits

- It knows its {count} classes only, and calls every photo one of them.
- Photos of Caltech-101 show one thing, large and in the middle; elsewhere it is easily misled.
- People, places and most of what is on an ordinary photo are unknown to it.
"""


def card(run: Run, weights: bytes, file: str) -> str:
    """Return the card of a finished run in Markdown; its SHA-256 is that of the file `weights`."""
    recipe, architecture, confusion = run.recipe, run.net.architecture, run.confusion(run.test)
    assert isinstance(recipe, PhotoRecipe)
    first = first_filters(run)
    return TEXT.format(
        **{name: getattr(architecture, name) for name in ("title", "source", "variant")},
        net=architecture.name,
        count=architecture.num_classes,
        parameters=Summary.of(architecture).parameters,
        side=run.net.architecture.input_shape[-1],
        mean=MEAN,
        std=STD,
        train=len(run.train.labels),
        test=len(run.test.labels),
        file=file,
        picture=file.replace(".safetensors", ".png"),
        digest=sha256(weights).hexdigest(),
        accuracies="\n".join(_accuracies(confusion, run.test.classes)),
        curve=curve(run.history),
        tested=_tested(recipe),
        confused=confused(confusion, run.test.classes, PAIRS),
        smooth=int(smooth(first).sum()),
        filters=len(first),
        options=options(recipe, RECIPES[recipe.net]),
        recipe=_recipe(recipe),
    )


def picture(run: Run) -> bytes:
    """Return the picture that the card shows, as PNG."""
    return filter_sheet(first_filters(run))


def first_filters(run: Run) -> NDArray[np.floating]:
    """Return the weights of the first layer, (F, 3, K, K)."""
    weight: NDArray[np.floating] = run.net.get_submodule("conv1").get_parameter("weight").detach().cpu().numpy()
    return weight


def _accuracies(confusion: NDArray[np.int64], classes: tuple[str, ...]) -> Iterator[str]:
    """Yield rows of the table: all photos, and those of Imagenette among all classes and among its ten."""
    count = len(classes)
    yield f"| all {confusion.sum():,} | {count} | **{accuracy(confusion):.2%}** |"
    ten = [place for place, name in enumerate(classes) if name in IMAGENETTE]
    if ten:
        right, photos = confusion[ten, ten].sum(), confusion[ten].sum()
        yield f"| Imagenette's {photos:,} | {count} | **{right / photos:.2%}** |"


def _tested(recipe: PhotoRecipe) -> str:
    text = "Photos are tested in the\nsize that the epoch trains on"
    others = [at for at in recipe.sides if at.tested]
    return text + "".join(f", from epoch {_first(recipe, at)} on in {at.tested}x{at.tested}" for at in others) + "."


def _first(recipe: PhotoRecipe, at: Sides) -> int:
    return round(at.after * recipe.epochs) + 1


def _restart(recipe: PhotoRecipe) -> str:
    restart = recipe.restart
    if restart is None:
        return ""
    return (
        f"\nEpoch {recipe.first_round + 1} begins a second round, from the mean of the first: the learning rate rises\n"
        f"again, to {restart.lr:g}, and falls to 0, and another mean is taken, {restart.average:g} of the old at each\n"
        "step.\n"
    )


def _recipe(recipe: PhotoRecipe) -> str:
    kinds = ", ".join(f"{name} {limit:.3g}" for name, limit in asdict(recipe.augmentation).items())
    sides = ", ".join(f"{at.trained} from epoch {_first(recipe, at)}" for at in recipe.sides)
    return (
        f"Seed {recipe.seed}; {recipe.epochs} epochs in batches of {recipe.batch_size}; pictures of side {sides}.\n"
        f"SGD with Nesterov's momentum {recipe.momentum:g}; the learning rate rises to {recipe.lr:g} over the first\n"
        f"{recipe.rising:.0%} of the steps and falls to 0 along half a cosine. Weight decay {recipe.weight_decay:g},\n"
        f"{recipe.first_decay:g} times that in the first layer, whose weights begin at {recipe.first_scale:g} of He's\n"
        f"scale. Label smoothing {recipe.label_smoothing:g}, gradients clipped at {recipe.clip:g}, dropout 0.3 before\n"
        f"the linear layer; the weights kept are a running mean, {recipe.average:g} of the old at each step.\n"
        f"{_restart(recipe)}"
        "Each photo is cut, mirrored and recoloured at random (`engine/training/photo_augment.py`), at most by:\n"
        f"{kinds}."
    )
