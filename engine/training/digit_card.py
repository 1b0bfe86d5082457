"""The model card of a training run: what was trained, on what, how, and how well it reads."""

from collections.abc import Callable
from dataclasses import asdict, replace
from hashlib import sha256

import numpy as np

from engine import nets
from engine.digit import prepare
from engine.training.card_parts import confused, curve, options
from engine.training.digit_recipe import DigitRecipe
from engine.training.examples import Bytes
from engine.training.loop import Run, accuracy

PAIRS = 8  # of confused digits, the most frequent first

WAYS: dict[str, Callable[[Bytes], Bytes]] = {
    "as they are": lambda picture: picture,
    "dark on bright": lambda picture: 255 - picture,
    "in a corner of a sheet of 60x60": lambda picture: np.pad(picture, ((30, 2), (1, 31))),
    "four times larger": lambda picture: picture.repeat(4, axis=0).repeat(4, axis=1),
}

TEXT = """\
# {title}, trained on MNIST

Weights: `{file}`, safetensors, float32, {parameters:,} parameters.
SHA-256: `{digest}`

- **Architecture**: {source};
  in its modern form, see `engine/nets/{net}.py`.
- **Reads**: one digit of 28x28, 0 to 255, bright on dark; {input_shape} after `engine.digit.network_input`. A drawing
  becomes such a digit by `engine.digit.prepare`.
- **Data**: MNIST, 60,000 training and 10,000 test digits, by Yann LeCun, Corinna Cortes and Christopher J. C. Burges,
  made from NIST's Special Databases 1 and 3; usually given as CC BY-SA 3.0. No picture of it is part of this file.
- **Licence of the weights**: that of ConvLens.

## Accuracy

**{accuracy:.2%}** of the 10,000 test digits, after the last epoch; no epoch was picked by its test accuracy.

| epoch | loss in training | test accuracy |
|--:|--:|--:|
{curve}

The loss is that of augmented digits, which are harder than the test digits.

### As drawings

The same digits, handed to `engine.digit.prepare` as a learner's drawing is, and then read:

| handed over | test accuracy |
|:--|--:|
{drawings}

### Confused most

| digit | read as | times |
|--:|--:|--:|
{confused}

## Recipe

```
convlens train {net} --data DIR{options}
```

with the four `.gz` files of MNIST in `DIR`. {recipe}

The command gives the same file, bit for bit, on the same processor with the same version of PyTorch; elsewhere the last
digits of the weights may differ, and the accuracy by some hundredths of a percent.

## Limits

- It knows the ten digits only, and calls every picture one of them, often with great confidence.
- MNIST was written by employees of the United States Census Bureau and by American high-school students: sevens with a
  bar, ones with a long upstroke, and other ways to write digits are rare in it.
- One digit per picture. Lines on the paper, shadows and photos are beyond it.
"""


def card(run: Run, weights: bytes, file: str) -> str:
    """Return the card of a finished run in Markdown; its SHA-256 is that of the file `weights`."""
    assert isinstance(run.recipe, DigitRecipe)
    architecture, confusion = nets.find(run.recipe.net), run.confusion(run.test)
    return TEXT.format(
        title=architecture.title,
        net=architecture.name,
        source=architecture.source,
        input_shape=" x ".join(map(str, architecture.input_shape)),
        file=file,
        digest=sha256(weights).hexdigest(),
        parameters=nets.summarize(architecture.name).parameters,
        accuracy=accuracy(confusion),
        curve=curve(run.history),
        drawings="\n".join(f"| {way} | {_read_as(run, change):.2%} |" for way, change in WAYS.items()),
        confused=confused(confusion, run.test.classes, PAIRS),
        options=options(run.recipe, DigitRecipe()),
        recipe=_recipe(run.recipe),
    )


def _read_as(run: Run, change: Callable[[Bytes], Bytes]) -> float:
    prepared = np.stack([prepare(change(picture)).digit for picture in run.test.pictures])
    return accuracy(run.confusion(replace(run.test, pictures=prepared)))


def _recipe(recipe: DigitRecipe) -> str:
    kinds = ", ".join(f"{name} {limit:g}" for name, limit in asdict(recipe.augmentation).items())
    return (
        f"Seed {recipe.seed}; {recipe.epochs} epochs in batches of {recipe.batch_size}; threads: {recipe.threads};\n"
        f"AdamW, weight decay {recipe.weight_decay:g}, learning rate up to {recipe.lr:g} over the first\n"
        f"{recipe.rising:.0%} of the steps and down to 0 along half a cosine. Each digit changes at random\n"
        f"in every epoch (`engine/training/digit_augment.py`), at most by: {kinds}."
    )
