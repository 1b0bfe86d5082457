"""What a network makes of a photo."""

import numpy as np
import pytest
import torch

from engine.nets import photo_reading
from engine.nets.photo_reading import RANDOM, first_filters, read_photo, unit_weights
from engine.photo import prepare


@pytest.fixture(autouse=True)
def forget():
    yield
    photo_reading._network.cache_clear()


@pytest.fixture
def photo(rng):
    return rng.integers(0, 256, (150, 130, 3), dtype=np.uint8)


def test_a_reading_has_every_stage_and_the_way_to_the_input(photo):
    reading = read_photo("alexnet-2012", RANDOM, photo)
    assert list(reading.values) == ["input", *(stage.name for stage in reading.architecture.stages)]
    np.testing.assert_array_equal(reading.values["input"], prepare(photo, 224).input)
    assert reading.values["softmax"].sum() == pytest.approx(1)
    assert len(reading.manifest.classes) == len(reading.values["softmax"])


def test_a_part_of_the_photo_gives_other_numbers(photo):
    whole, part = (read_photo("tiny-vgg", RANDOM, photo, crop).values["conv1_1"] for crop in (None, (5, 9, 64)))
    assert not np.allclose(whole, part)


def test_drawn_weights_are_the_same_each_time(photo):
    first = read_photo("tiny-vgg", RANDOM, photo).values["softmax"]
    photo_reading._network.cache_clear()
    torch.rand(3)
    np.testing.assert_array_equal(read_photo("tiny-vgg", RANDOM, photo).values["softmax"], first)


def test_a_map_can_be_made_again_from_its_filter(photo):
    values = read_photo("alexnet-2012", RANDOM, photo).values
    weight, bias = unit_weights("alexnet-2012", RANDOM, "conv2", 200)  # of the second tower: maps 48 to 95
    assert weight.shape == (48, 5, 5)
    window = np.pad(values["pool1"][48:], ((0, 0), (2, 2), (2, 2)))[:, 13:18, 7:12]
    np.testing.assert_allclose((window * weight).sum() + bias, values["conv2"][200, 13, 7], rtol=1e-4, atol=1e-5)


def test_the_first_filters_look_at_three_colours():
    assert first_filters("zfnet", RANDOM).shape == (96, 3, 7, 7)


def test_two_networks_at_most_stay_in_memory(photo):
    for name in ("tiny-vgg", "alexnet-2012", "zfnet"):
        first_filters(name, RANDOM)
    assert photo_reading._network.cache_info().currsize == photo_reading.KEPT


def test_untrained_maps_are_about_as_loud_in_every_layer(photo):
    values = read_photo("vgg16", RANDOM, photo).values
    loud = [float(np.sqrt((values[name] ** 2).mean())) for name in ("conv1_1", "conv3_3", "conv5_3")]
    assert max(loud) < 10 * min(loud)
