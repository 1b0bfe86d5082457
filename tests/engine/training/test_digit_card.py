from hashlib import sha256

import numpy as np
import pytest
import torch

from engine.training.card_parts import confused
from engine.training.digit_card import card
from engine.training.digit_recipe import DigitRecipe
from engine.training.loop import Run
from tests.engine.training import tiny


@pytest.fixture
def run(tmp_path):
    threads, digits = torch.get_num_threads(), tiny.digits()
    run = Run(DigitRecipe(epochs=2, seed=4), digits, digits, tmp_path / "state")
    list(run.events())
    yield run
    torch.set_num_threads(threads)


def test_a_card_tells_the_file_the_recipe_and_the_curve(run):
    text = card(run, b"weights", "mine.safetensors")
    assert (
        f"`mine.safetensors`, safetensors, float32, 61,706 parameters.\nSHA-256: `{sha256(b'weights').hexdigest()}`"
        in text
    )
    assert "convlens train lenet5 --data DIR --epochs 2 --seed 4\n" in text
    assert "Seed 4; 2 epochs in batches of 128" in text
    for number, epoch in enumerate(run.history, start=1):
        assert f"| {number} | {epoch.loss:.4f} | {epoch.accuracy:.2%} |" in text
    assert f"**{run.history[-1].accuracy:.2%}**" in text
    assert "| dark on bright | " in text


def test_the_most_confused_pairs_come_first():
    confusion = np.diag([9, 9, 9])
    confusion[0, 2], confusion[2, 1] = 3, 5
    assert confused(confusion, ("cat", "dog", "owl"), 8) == "| owl | dog | 5 |\n| cat | owl | 3 |"
