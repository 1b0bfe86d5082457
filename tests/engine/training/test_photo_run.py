"""AlexNet learns three colours: recipe, running mean, snapshots, resuming, card."""

from dataclasses import replace
from hashlib import sha256
from itertools import islice

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.numpy import load

from engine import nets, weights
from engine.nets.run import activations
from engine.training import files
from engine.training.files import COURSES, begin, finish
from engine.training.photo_recipe import PhotoRecipe, Sides
from engine.training.recipe import Restart
from tests.engine.training import few

SIDES = (Sides(0.0, 64), Sides(0.5, 80, 96))
RECIPE = PhotoRecipe(epochs=3, batch_size=4, lr=0.01, threads=1, sides=SIDES, restart=None, snapshots=(1,))


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Make the usual recipe one that takes seconds."""
    before = torch.get_num_threads()
    course = replace(COURSES["alexnet-2012"], recipe=RECIPE)
    monkeypatch.setitem(files.COURSES, "alexnet-2012", course)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def data(tmp_path):
    return few.archive(tmp_path / "photos.zip", train=4, val=2)


@pytest.fixture
def new_run(data, tmp_path):
    return lambda name="mine", **options: begin("alexnet-2012", data, tmp_path / f"{name}.safetensors", **options)


def test_pictures_grow_from_epoch_to_epoch(new_run):
    run = new_run()
    assert [RECIPE.sides_of(epoch).trained for epoch in range(3)] == [64, 64, 80]
    assert run.recipe.batch(run.pictures[:2], torch.Generator(), 2).shape == (2, 3, 80, 80)
    assert run.recipe.examined(run.pictures[:2], 0).shape == (2, 3, 64, 64)
    assert run.recipe.examined(run.pictures[:2], 2).shape == (2, 3, 96, 96)


def test_inputs_are_normalised(new_run):
    grey = torch.tensor([[124, 116, 104]], dtype=torch.uint8).reshape(1, 3, 1, 1).expand(1, 3, 136, 136)
    np.testing.assert_allclose(new_run().recipe.examined(grey, 0), 0, atol=0.01)
    white = torch.full((1, 3, 136, 136), 255, dtype=torch.uint8)
    expected = [(1 - 0.485) / 0.229, (1 - 0.456) / 0.224, (1 - 0.406) / 0.225]
    np.testing.assert_allclose(new_run().recipe.examined(white, 0).mean(dim=(0, 2, 3)), expected, rtol=1e-4)


def test_the_first_layer_begins_small_and_decays_most(new_run):
    run = new_run()
    assert run.net.conv1.weight.std().item() == pytest.approx(0.25 * (2 / 363) ** 0.5, rel=0.05)
    assert run.net.conv2.weight.std().item() == pytest.approx((2 / 1200) ** 0.5, rel=0.05)
    assert not run.net.conv2.bias.any()
    decays = {id(group["params"][0]): group["weight_decay"] for group in run.optimizer.param_groups}
    net = run.learning
    assert decays[id(net.conv1.weight)] == pytest.approx(0.01)
    assert decays[id(net.conv3.weight)] == 5e-4
    assert decays[id(net.conv3.bias)] == 0


def test_what_is_kept_is_the_running_mean(new_run):
    run = new_run()
    list(run.events())
    assert not torch.equal(run.net.fc.bias, run.learning.fc.bias)
    torch.testing.assert_close(run.net.conv5.weight, run.learning.conv5.weight, rtol=0.1, atol=0.01)


def test_a_killed_run_goes_on_to_the_same_weights(new_run):
    whole = new_run("whole")
    list(whole.events())
    events = new_run("killed").events()
    next(events)
    again = new_run("killed")
    assert len(again.history) == 1
    list(again.events())
    assert again.history == whole.history
    got, expected = again.net.state_dict(), whole.net.state_dict()
    assert all(torch.equal(got[key], expected[key]) for key in expected)


def test_a_second_round_begins_with_the_mean_of_the_first(data, tmp_path, monkeypatch):
    """The rate rises again, and a killed run still comes to the same weights."""
    recipe = replace(RECIPE, epochs=4, restart=Restart(after=0.5, lr=0.004, average=0.5))
    monkeypatch.setitem(files.COURSES, "alexnet-2012", replace(COURSES["alexnet-2012"], recipe=recipe))
    run = begin("alexnet-2012", data, tmp_path / "whole.safetensors")
    rates = [recipe.lr_at(step, 10) for step in range(40)]
    assert rates[0] == max(rates[:20]) == 0.01
    assert rates[20] == max(rates[20:]) == 0.004
    assert rates[19] < 0.002 > rates[39]
    assert [recipe.average_at(epoch) for epoch in range(4)] == [0.999, 0.999, 0.5, 0.5]
    list(islice(run.events(), 2))
    mean = {key: value.clone() for key, value in run.net.state_dict().items()}
    begins = []
    monkeypatch.setattr(run, "_step", lambda *_: begins.append(run.learning.state_dict()) or 0.0)
    next(run.events())
    assert all(torch.equal(begins[0][key], mean[key]) for key in mean)


def test_a_finished_run_leaves_weights_that_can_be_built_and_their_card(new_run, tmp_path):
    run, out = new_run(), tmp_path / "mine.safetensors"
    list(run.events())
    finish(run, out)
    stored = weights.read(out)
    assert stored.manifest == weights.Manifest("pooled head", ("grass", "rose", "Sky"))
    assert {array.dtype for array in load(out.read_bytes()).values()} == {np.dtype(np.float16)}
    assert not run.checkpoint.exists()
    net = nets.build("alexnet-2012", out)
    assert net.architecture.num_classes == 3
    assert activations(net, np.zeros((3, 224, 224)))["softmax"].sum() == pytest.approx(1)
    np.testing.assert_allclose(net.conv1.weight.detach(), run.net.conv1.weight.detach(), rtol=1e-3, atol=1e-6)
    snapshot = nets.build("alexnet-2012", tmp_path / "mine.epoch-1.safetensors")
    assert not torch.equal(snapshot.fc.weight, net.fc.weight)


def test_the_card_tells_file_data_and_recipe(new_run, tmp_path):
    run, out = new_run(seed=7), tmp_path / "mine.safetensors"
    list(run.events())
    finish(run, out)
    card = out.with_suffix(".md").read_text(encoding="utf-8")
    assert f"SHA-256: `{sha256(out.read_bytes()).hexdigest()}`" in card
    assert "12 photos to train on and 6 to test on" in card
    assert f"| all 6 | 3 | **{run.history[-1].accuracy:.2%}** |" in card
    assert "Imagenette's" not in card.split("## Accuracy")[1].split("###")[0]
    assert "convlens train alexnet-2012 --data DIR --epochs 3 --seed 7\n" in card
    assert "pictures of side 64 from epoch 1, 80 from epoch 3" in card
    assert "from epoch 3 on in 96x96" in card
    assert "second round" not in card
    for number, epoch in enumerate(run.history, start=1):
        assert f"| {number} | {epoch.loss:.4f} | {epoch.accuracy:.2%} |" in card


def test_the_card_shows_the_filters_of_the_first_layer(new_run, tmp_path):
    run, out = new_run(), tmp_path / "mine.safetensors"
    list(run.events())
    finish(run, out)
    assert "(mine.png)" in out.with_suffix(".md").read_text(encoding="utf-8")
    shown = np.asarray(Image.open(out.with_suffix(".png")))
    assert shown.shape == (4 * (6 * 12 - 1), 4 * (16 * 12 - 1), 3)  # 96 filters of 11 x 11, 16 in a row
    weight = run.net.conv1.weight.detach().numpy()[17]
    pixels = shown[4 * 12 : 4 * 23 : 4, 4 * 12 : 4 * 23 : 4].transpose(2, 0, 1)  # second row, second column
    np.testing.assert_allclose((pixels.astype(float) - 128) / 127, weight / np.abs(weight).max(), atol=0.6 / 127)


def test_colours_are_learnt(data, tmp_path):
    run = begin("alexnet-2012", data, tmp_path / "long.safetensors", epochs=12)
    list(run.events())
    assert run.history[-1].loss < run.history[0].loss
    assert run.history[-1].accuracy > 0.5
