"""A photo's way to a network's input."""

import numpy as np
import pytest

from engine import RangeError, ShapeError
from engine.photo import MEAN, STD, crop_of, normalised, prepare


@pytest.fixture
def photo(rng):
    return rng.integers(0, 256, (40, 60, 3), dtype=np.uint8)


def test_the_middle_is_taken_unless_told():
    assert crop_of(40, 60) == (10, 0, 40)
    assert crop_of(60, 40) == (0, 10, 40)


def test_a_part_can_be_anywhere_inside():
    assert crop_of(40, 60, zoom=2, across=1, down=0) == (40, 0, 20)
    assert crop_of(40, 60, zoom=2, across=0, down=1) == (0, 20, 20)
    assert crop_of(1, 10_000) == (5000, 0, 1)


@pytest.mark.parametrize("options", [{"zoom": 0.5}, {"across": -0.1}, {"down": 1.1}, {"zoom": float("nan")}])
def test_a_part_outside_cannot_be_named(options):
    with pytest.raises(RangeError, match="zoom must be at least 1"):
        crop_of(40, 60, **options)


def test_a_part_of_the_right_size_is_not_resized(photo):
    prepared = prepare(photo, 16, (7, 3, 16))
    assert prepared.crop == (7, 3, 16)
    np.testing.assert_array_equal(prepared.pixels, photo[3:19, 7:23].transpose(2, 0, 1))


def test_making_smaller_averages():
    stripes = np.zeros((64, 64, 3), np.uint8)
    stripes[:, ::2] = 200
    np.testing.assert_allclose(prepare(stripes, 8).pixels[:, 2:-2, 2:-2], 100, atol=8)


def test_the_input_is_normalised_by_channel():
    pixels = np.zeros((3, 2, 4), np.uint8)
    pixels[1], pixels[2] = 255, 51
    expected = [-MEAN[0] / STD[0], (1 - MEAN[1]) / STD[1], (0.2 - MEAN[2]) / STD[2]]
    np.testing.assert_allclose(normalised(pixels)[:, 1, 2], expected, rtol=1e-6)
    assert normalised(pixels).dtype == np.float32


def test_red_comes_first(photo):
    red = np.zeros_like(photo)
    red[..., 0] = 255
    prepared = prepare(red, 8)
    assert prepared.pixels.min(axis=(1, 2)).tolist() == [255, 0, 0]


def test_what_is_no_photo_is_refused(photo):
    with pytest.raises(ShapeError, match=r"a photo must be \(H, W, 3\) of type uint8, got shape \(40, 60\)"):
        prepare(photo[..., 0], 8)
    with pytest.raises(ShapeError, match="of type float64"):
        prepare(photo / 255, 8)


@pytest.mark.parametrize("crop", [(-1, 0, 10), (51, 0, 10), (0, 31, 10), (0, 0, 41), (0, 0, 0)])
def test_a_part_that_is_not_inside_is_refused(photo, crop):
    with pytest.raises(RangeError, match="is not inside a photo of 40 x 60"):
        prepare(photo, 8, crop)
