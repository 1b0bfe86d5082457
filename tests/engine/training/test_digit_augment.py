import numpy as np
import pytest
import torch

from engine.training.digit_augment import Augmentation, augmented, moved, thickened

STILL = Augmentation(degrees=0, scale=0, shear=0, shift=0, thickness=0)


@pytest.fixture
def picture():
    """A dot of 2x2 on a background that is not zero."""
    x = torch.full((1, 1, 8, 8), -0.4)
    x[0, 0, 2:4, 5:7] = 2.0
    return x


def generator(seed=5):
    return torch.Generator().manual_seed(seed)


def test_no_change_leaves_the_picture(picture):
    np.testing.assert_allclose(augmented(picture, STILL, generator()), picture, atol=1e-5)


def test_a_picture_seen_from_the_right_moves_left(picture):
    matrix = torch.tensor([[[1.0, 0, 2 * 2 / 8], [0, 1, 0]]])
    expected = torch.full_like(picture, -0.4)
    expected[0, 0, 2:4, 3:5] = 2.0
    np.testing.assert_allclose(moved(picture, matrix), expected, atol=1e-5)


def test_what_comes_in_from_outside_is_background(picture):
    matrix = torch.tensor([[[1.0, 0, 0], [0, 1, -3 * 2 / 8]]])
    np.testing.assert_allclose(moved(picture, matrix)[0, 0, :3], -0.4, atol=1e-6)


def test_a_thicker_pen_reaches_one_pixel_further(picture):
    expected = torch.full_like(picture, -0.4)
    expected[0, 0, 1:5, 4:8] = 2.0
    np.testing.assert_array_equal(thickened(picture, torch.tensor([1.0])), expected)


def test_a_thinner_pen_takes_one_pixel_off():
    x = torch.zeros(1, 1, 6, 6)
    x[0, 0, 1:4, 1:5] = 1.0
    expected = torch.zeros_like(x)
    expected[0, 0, 2, 2:4] = 1.0
    np.testing.assert_array_equal(thickened(x, torch.tensor([-1.0])), expected)


def test_half_a_pixel_is_half_way(picture):
    assert thickened(picture, torch.tensor([0.5]))[0, 0, 1, 4].item() == pytest.approx(0.8)


def test_the_same_seed_changes_pictures_alike_and_another_otherwise(picture):
    batch = picture.expand(4, 1, 8, 8)
    first, again, other = (augmented(batch, Augmentation(), generator(seed)) for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert not torch.equal(first[0], first[1])


def test_pictures_keep_their_range(picture):
    changed = augmented(picture.expand(50, 1, 8, 8), Augmentation(), generator())
    assert changed.min() >= -0.4 - 1e-5
    assert changed.max() <= 2 + 1e-5
