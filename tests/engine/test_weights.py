"""The weights that ship: whole, described, and able to read."""

import os
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import save_file

from engine import RangeError, ShapeError, nets, weights
from engine.digit import network_input, prepare
from engine.errors import FileError
from engine.nets.run import activations
from engine.training import mnist
from tests.engine.strokes import DIGITS, drawn

MNIST = os.environ.get("CONVLENS_MNIST")
with_mnist = pytest.mark.skipif(not MNIST, reason="CONVLENS_MNIST names no folder with MNIST")

DRAWINGS = [
    {"pen": pen, "size": size, "at": at, "slant": slant}
    for pen, size, at in [(8, 200, (40, 40)), (18, 200, (20, 70)), (26, 220, (30, 30)), (4, 60, (150, 30))]
    for slant in (0.0, 0.15)
]


@pytest.fixture(scope="module")
def lenet5():
    return nets.build("lenet5", "shipped")


@pytest.fixture
def folder(tmp_path):
    """A copy of the shipped weights and cards."""
    for file in weights.FOLDER.iterdir():
        if file.suffix in {".safetensors", ".md"}:
            shutil.copy(file, tmp_path)
    return tmp_path


def read_right(net, pictures, labels):
    with torch.inference_mode():
        told = torch.cat([net(batch).argmax(dim=1) for batch in torch.split(torch.from_numpy(pictures), 1000)])
    return (told.numpy() == labels).mean()


def drawings():
    """Return what a net sees of the ten digits, drawn with several pens, sizes and slants; and the digits."""
    cases = [(digit, options) for options in DRAWINGS for digit in DIGITS]
    return np.stack([prepare(drawn(digit, **options)).input for digit, options in cases]), [d for d, _ in cases]


def test_lenet5_reads_digits_drawn_with_a_pen(lenet5):
    assert read_right(lenet5, *drawings()) >= 0.97


def test_weights_that_were_not_trained_read_no_drawings():
    assert read_right(nets.build("lenet5"), *drawings()) < 0.5


def test_weights_that_were_disturbed_read_fewer_drawings(lenet5):
    disturbed = nets.build("lenet5")
    noise = torch.Generator().manual_seed(3)
    disturbed.load_state_dict(
        {key: w + 2 * w.std() * torch.randn(w.shape, generator=noise) for key, w in lenet5.state_dict().items()}
    )
    assert read_right(disturbed, *drawings()) < 0.9


@pytest.mark.parametrize("digit", DIGITS)
def test_lenet5_is_sure_of_a_clearly_drawn_digit(lenet5, digit):
    probabilities = activations(lenet5, prepare(drawn(digit)).input)["softmax"]
    assert probabilities.argmax() == digit
    assert probabilities[digit] > 0.8


@pytest.mark.parametrize("name", weights.shipped_names())
def test_every_shipped_net_has_a_card_that_tells_what_it_learnt_from(name):
    card = (weights.FOLDER / f"{name}.md").read_text(encoding="utf-8")
    assert name in nets.NETS
    assert re.search(r"\*\*Data\*\*: \w+", card)
    for word in ("Licence", "convlens train", "Seed", "test accuracy", "Limits"):
        assert word in card
    assert len(re.findall(r"\b[0-9a-f]{64}\b", card)) == 1


@pytest.mark.parametrize("name", weights.shipped_names())
def test_shipped_weights_are_float32_under_the_names_of_the_stages(name):
    read = weights.shipped(name)
    stages = nets.described(name, read.manifest).stages
    assert set(read.arrays) == {key for stage in stages for key in stage.parameters}
    assert {array.dtype for array in read.arrays.values()} == {np.dtype(np.float32)}
    assert sum(array.size for array in read.arrays.values()) == nets.summarize(name, "shipped").parameters


@pytest.mark.parametrize("place", [20, 100_000, -1], ids=["header", "middle", "end"])
def test_one_changed_byte_is_noticed(folder, place):
    file = folder / "lenet5.safetensors"
    content = bytearray(file.read_bytes())
    content[place] ^= 1
    file.write_bytes(content)
    with pytest.raises(FileError, match=r"lenet5\.safetensors is damaged: it is not what its model card describes"):
        weights.shipped("lenet5", folder)


def test_a_copy_is_as_good(folder):
    assert weights.shipped("lenet5", folder).arrays["fc3.bias"].shape == (10,)


def test_a_net_without_weights_is_told_which_have_some(tmp_path):
    with pytest.raises(RangeError, match=r"no weights ship for lenet5; they do for .*lenet5"):
        weights.shipped("lenet5", tmp_path)


def test_weights_of_ten_classes_do_not_fit_three():
    with pytest.raises(ShapeError, match=r"fc3.bias must have the shape \(3,\), got \(10,\)"):
        nets.build("lenet5", "shipped", num_classes=3)


def test_weights_of_ones_own_are_read_from_their_path(lenet5):
    own = nets.build("lenet5", weights.FOLDER / "lenet5.safetensors")
    assert torch.equal(own.conv2.weight, lenet5.conv2.weight)


def test_a_file_that_is_no_safetensors_is_refused(tmp_path):
    (tmp_path / "mine.safetensors").write_bytes(b"\x80\x04 a pickle, for instance")
    with pytest.raises(FileError, match=r"mine\.safetensors is not a safetensors file, or is damaged"):
        weights.read(tmp_path / "mine.safetensors")


def test_weights_in_half_precision_are_read_as_float32(tmp_path):
    save_file({"conv1.bias": np.array([0.5, 1 / 3], np.float16)}, tmp_path / "half.safetensors")
    array = weights.read(tmp_path / "half.safetensors").arrays["conv1.bias"]
    assert array.dtype == np.float32
    np.testing.assert_array_equal(array, [0.5, np.float32(np.float16(1 / 3))])


def test_whole_numbers_are_no_weights(tmp_path):
    save_file({"conv1.bias": np.zeros(6, np.int32)}, tmp_path / "whole.safetensors")
    with pytest.raises(FileError, match=r"whole\.safetensors holds other numbers than float32 and float16"):
        weights.read(tmp_path / "whole.safetensors")


def test_a_file_says_which_variant_and_classes_it_is_for(tmp_path):
    manifest = weights.Manifest("pooled head", ("cat", "dög"))
    save_file({"fc.bias": np.zeros(2, np.float32)}, tmp_path / "mine.safetensors", manifest.as_metadata())
    read = weights.read(tmp_path / "mine.safetensors").manifest
    assert read == manifest
    assert read.num_classes == 2
    assert nets.described("alexnet", read).variant == "pooled head"
    assert nets.summarize("alexnet", tmp_path / "mine.safetensors").rows[-1].output_shape == (2,)


def test_a_file_may_say_nothing(tmp_path):
    save_file({"conv1.bias": np.zeros(6, np.float32)}, tmp_path / "bare.safetensors")
    assert weights.read(tmp_path / "bare.safetensors").manifest == weights.Manifest()


@pytest.mark.parametrize("manifest", ["no JSON", "7", '{"classes": 1}', '{"classes": [1, 2]}', '{"variant": 3}'])
def test_what_is_no_manifest_is_refused(tmp_path, manifest):
    save_file({"conv1.bias": np.zeros(6, np.float32)}, tmp_path / "odd.safetensors", {"manifest": manifest})
    with pytest.raises(FileError, match=r"odd\.safetensors is not a safetensors file, or is damaged"):
        weights.read(tmp_path / "odd.safetensors")


def test_an_unknown_variant_is_refused(tmp_path):
    save_file(
        {"conv1.bias": np.zeros(6, np.float32)},
        tmp_path / "new.safetensors",
        weights.Manifest("seven heads").as_metadata(),
    )
    with pytest.raises(RangeError, match="unknown variant of a network: seven heads"):
        nets.build("lenet5", tmp_path / "new.safetensors")


def test_a_file_without_some_of_the_weights_does_not_fit(tmp_path):
    save_file({"conv1.bias": np.zeros(6, np.float32)}, tmp_path / "part.safetensors")
    with pytest.raises(ShapeError, match=r"conv1.weight must have the shape \(6, 1, 5, 5\), got None"):
        nets.build("lenet5", tmp_path / "part.safetensors")


WAYS = {
    "as it is": lambda digit: digit,
    "dark on bright": lambda digit: 255 - digit,
    "in a corner": lambda digit: np.pad(digit, ((30, 2), (1, 31))),
    "ten times larger": lambda digit: digit.repeat(10, axis=0).repeat(10, axis=1),
}


@pytest.fixture(scope="module")
def test_digits():
    return mnist.read(Path(MNIST), "t10k")


@with_mnist
@pytest.mark.slow
def test_lenet5_reads_99_percent_of_the_test_digits(lenet5, test_digits):
    assert read_right(lenet5, network_input(test_digits.pictures), test_digits.labels) >= 0.99


@with_mnist
@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_a_test_digit_that_comes_as_a_drawing_is_read_as_well(lenet5, test_digits, way):
    pictures = np.stack([prepare(WAYS[way](digit)).input for digit in test_digits.pictures])
    assert read_right(lenet5, pictures, test_digits.labels) >= 0.985
