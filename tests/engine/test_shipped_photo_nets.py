"""The networks that ship trained on photos: what their first layer sees, what they know, how they began."""

import os
import re
from pathlib import Path

import numpy as np
import pytest
import torch

from app.exhibits.image_lab.samples import sample
from engine import nets, weights
from engine.nets.filters import smooth
from engine.nets.photo_reading import read_photo
from engine.training import photos
from engine.training.photo_augment import resized
from engine.training.photo_card import IMAGENETTE
from engine.training.photo_recipe import _normalised

PHOTOS = os.environ.get("CONVLENS_PHOTOS")
with_photos = pytest.mark.skipif(not PHOTOS, reason="CONVLENS_PHOTOS names no folder with photos")
NAMES = [name for name in weights.shipped_names() if nets.find(name).input_shape[0] == 3]


def test_alexnet_ships():
    assert "alexnet-2012" in NAMES


@pytest.mark.parametrize("name", NAMES)
def test_most_filters_of_the_first_layer_are_smooth(name):
    first = weights.shipped(name).arrays["conv1.weight"]
    assert len(first) == 96
    assert smooth(first).sum() >= 70


@pytest.mark.parametrize("name", NAMES)
def test_a_motorcycle_is_called_one(name):
    reading = read_photo(name, "shipped", sample("motorcycle"))
    assert reading.manifest.classes[reading.values["softmax"].argmax()] == "Motorbikes"


@pytest.mark.parametrize("name", NAMES)
def test_the_card_shows_the_filters(name):
    card = (weights.FOLDER / f"{name}.md").read_text(encoding="utf-8")
    (picture,) = re.findall(r"!\[[^]]+\]\(([^)]+)\)", card)
    assert (weights.FOLDER / picture).is_file()


@pytest.mark.parametrize("name", NAMES)
def test_snapshots_of_its_training_can_be_built(name):
    last = weights.shipped(name)
    epochs = weights.snapshots(name)
    assert list(epochs) == sorted(epochs)
    assert len(epochs) >= 2
    for file in epochs.values():
        early = weights.read(file)
        assert early.manifest == last.manifest
        assert {key: value.shape for key, value in early.arrays.items()} == {
            key: value.shape for key, value in last.arrays.items()
        }
        assert not np.array_equal(early.arrays["conv1.weight"], last.arrays["conv1.weight"])


def stated(name):
    """Return the accuracy on Imagenette among all classes that the card tells."""
    card = (weights.FOLDER / f"{name}.md").read_text(encoding="utf-8")
    (percent,) = re.findall(r"\| Imagenette's 1,000 \| 109 \| \*\*([0-9.]+)%\*\* \|", card)
    return float(percent) / 100


@with_photos
@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_it_is_as_often_right_on_imagenettes_photos_as_its_card_says(name):
    _, test = photos.read(Path(PHOTOS))
    of_ten = np.isin(test.labels, [test.classes.index(label) for label in IMAGENETTE])
    pictures, labels = torch.from_numpy(test.pictures[of_ten]), test.labels[of_ten]
    net = nets.build(name, "shipped")
    with torch.inference_mode():
        told = [net(_normalised(resized(batch, 224))).argmax(1) for batch in pictures.split(50)]
    assert (torch.cat(told).numpy() == labels).mean() == pytest.approx(stated(name), abs=0.003)
