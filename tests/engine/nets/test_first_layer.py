"""First layers: the filters are the network's, and what they make of photos is what the network makes of them."""

import numpy as np
import pytest
import torch

from engine.errors import FileError, RangeError
from engine.nets import photo_reading
from engine.nets.first_layer import first_layer, largest_activations, moved_photo, sampled_photo
from engine.nets.photo_reading import first_filters, read_photo
from engine.weights import find, official


@pytest.fixture(scope="module", autouse=True)
def forget():
    yield
    photo_reading._network.cache_clear()


@pytest.fixture(scope="module")
def photos():
    rng = np.random.default_rng(5)
    return [rng.integers(0, 256, (80, 100, 3), np.uint8), rng.integers(90, 120, (120, 70, 3), np.uint8)]


@pytest.mark.parametrize(
    ("net", "shape", "stride"),
    [("alexnet-2012", (96, 3, 11, 11), 4), ("zfnet", (96, 3, 7, 7), 2), ("tiny-vgg", (16, 3, 3, 3), 1)],
)
def test_random_filters_are_those_that_photos_are_read_with(net, shape, stride):
    layer = first_layer(net, "random")
    assert layer.weight.shape[1:] == shape[1:]
    assert layer.stage.stride == stride
    assert layer.sees_photos
    np.testing.assert_array_equal(layer.weight, first_filters(net, "random"))
    assert (layer.bias == 0).all()


def test_shipped_filters_are_those_of_the_file():
    layer = first_layer("lenet5", "shipped")
    arrays = find("lenet5", "shipped").arrays
    np.testing.assert_array_equal(layer.weight, arrays["conv1.weight"])
    np.testing.assert_array_equal(layer.bias, arrays["conv1.bias"])
    assert layer.weight.shape == (6, 1, 5, 5)
    assert not layer.sees_photos


def test_the_largest_activation_is_the_networks(photos):
    expected = np.zeros(len(first_layer("tiny-vgg", "random").weight))
    for photo in photos:
        values = read_photo("tiny-vgg", "random", photo).values["relu1_1"]
        expected = np.maximum(expected, values.max(axis=(1, 2)))
    got = largest_activations("tiny-vgg", "random", photos)
    np.testing.assert_allclose(got, expected, rtol=1e-4)
    assert (got >= largest_activations("tiny-vgg", "random", photos[:1])).all()


def test_a_photo_is_sampled_at_the_layers_own_stride(photos):
    got = sampled_photo("tiny-vgg", "random", photos[0])
    assert [one.stride for one in got] == [1, 2, 4]
    assert got[0].unexplained == pytest.approx(0, abs=1e-9)
    assert (got[2].folded > got[1].folded).all()
    weight = torch.tensor(first_filters("tiny-vgg", "random"))
    assert [len(one.change) for one in got] == [len(weight)] * 3


def test_a_moved_photo_moves_its_map(photos):
    """At stride 1 all of it is foretold; the map is that of the network wherever the photo's edge is not seen."""
    before, after, predicted = moved_photo("tiny-vgg", "random", photos[0], 3)
    np.testing.assert_array_equal(after, np.roll(before, 1, axis=1))
    np.testing.assert_allclose(predicted, after, atol=1e-12)
    values = read_photo("tiny-vgg", "random", photos[0]).values["conv1_1"][3]
    np.testing.assert_allclose(before[: len(values), : len(values)], values, atol=1e-4)


def test_the_maps_of_a_moved_photo_are_those_that_are_measured(photos):
    before, after, predicted = moved_photo("zfnet", "random", photos[0], 5)
    assert before.shape == (112, 112)  # every second of 224 answers
    change = float(np.sqrt(((after - before) ** 2).mean()) / before.std())
    left = float(np.sqrt(((after - predicted) ** 2).mean()) / before.std())
    (own,) = (one for one in sampled_photo("zfnet", "random", photos[0]) if one.stride == 2)
    assert (own.change[5], own.unexplained[5]) == pytest.approx((change, left))


def test_what_is_not_there_is_said(monkeypatch, tmp_path):
    monkeypatch.setattr(official, "folder", lambda: tmp_path)
    with pytest.raises(RangeError, match="no weights ship for tiny-vgg"):
        first_layer("tiny-vgg", "shipped")
    with pytest.raises(FileError, match="the official weights of vgg16 are not on this machine"):
        first_layer("vgg16", "official")
    with pytest.raises(RangeError, match="unknown network"):
        first_layer("resnet", "random")
