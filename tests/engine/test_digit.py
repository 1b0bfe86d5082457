from contextlib import suppress
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import RangeError, ShapeError
from engine.digit import averaging, centre_of_mass, network_input, normalise, prepare
from tests.engine.strokes import DIGITS, drawn


def sheet(height, width, paper=0):
    return np.full((height, width), paper, np.uint8)


def bar(paper=0, ink=200):
    """A horizontal bar of 2x4 pixels on a sheet of 8x10."""
    picture = sheet(8, 10, paper)
    picture[3:5, 2:6] = ink
    return picture


def test_averaging_shares_a_pixel_between_two_cells():
    third = float(Fraction(2, 3))
    expected = [[third, 1 - third, 0], [0, 1 - third, third]]
    np.testing.assert_allclose(averaging(3, 2), expected, rtol=1e-12, atol=1e-15)


def test_averaging_to_more_cells_repeats_pixels():
    assert averaging(2, 4).tolist() == [[1, 0], [1, 0], [0, 1], [0, 1]]


@given(st.integers(1, 60), st.integers(1, 25))
def test_averaging_keeps_an_even_line_even_and_the_ink_its_amount(size, cells):
    matrix = averaging(size, cells)
    np.testing.assert_allclose(matrix.sum(axis=1), 1, rtol=1e-12)
    np.testing.assert_allclose(matrix.sum(axis=0), cells / size, rtol=1e-9)


def test_centre_of_mass_is_the_weighted_mean():
    assert centre_of_mass(np.array([[1.0, 0.0], [0.0, 3.0]])) == (0.75, 0.75)


def test_a_bright_bar_is_found_scaled_to_20_and_centred():
    steps = prepare(bar())
    assert not steps.inverted
    assert steps.box == (3, 2, 5, 6)
    np.testing.assert_allclose(steps.scaled, np.full((10, 20), 255.0), rtol=1e-12)
    np.testing.assert_allclose(steps.centre, (4.5, 9.5), rtol=1e-12)
    assert steps.shift == (10, 5)
    expected = np.zeros((28, 28))
    expected[10:20, 5:25] = 255
    np.testing.assert_array_equal(steps.digit, expected)


@pytest.mark.parametrize(
    "picture",
    [bar(0, 100), bar(255, 0), bar(200, 120), np.stack([bar(255, 30)] * 3, axis=-1), np.pad(bar(), ((9, 0), (0, 40)))],
    ids=["weak", "dark on bright", "grey paper", "colour", "in a corner"],
)
def test_paper_pen_and_place_make_no_difference(picture):
    np.testing.assert_array_equal(prepare(picture).digit, prepare(bar()).digit)


def test_grey_weighs_green_most():
    picture = np.zeros((4, 4, 3), np.uint8)
    picture[1, 1], picture[1, 2], picture[2, 1] = (255, 0, 0), (0, 255, 0), (0, 0, 255)
    grey = prepare(picture).grey
    np.testing.assert_allclose([grey[1, 1], grey[1, 2], grey[2, 1]], [76.245, 149.685, 29.07], rtol=1e-12)


def test_what_is_fainter_than_ink_is_paper():
    picture = bar(0, 200)
    picture[0, 0] = 20
    assert prepare(picture).box == prepare(bar()).box


def test_noise_of_the_paper_is_no_ink(rng):
    noisy = np.clip(bar(240, 40) + rng.normal(0, 3, (8, 10)), 0, 255).astype(np.uint8)
    assert prepare(noisy).box == (3, 2, 5, 6)


def test_a_hair_thin_stroke_comes_out_at_full_strength():
    picture = sheet(300, 300, 255)
    picture[40:260, 150] = picture[40, 100:200] = 0
    steps = prepare(picture)
    assert steps.gain > 5
    assert steps.digit.max() == 255


def test_ink_on_one_side_moves_the_digit_only_as_far_as_it_stays_whole():
    picture = sheet(100, 100)
    picture[10:90, 10:12] = 60
    picture[80:90, 10:90] = 255
    steps = prepare(picture)
    assert steps.shift[0] == 0
    assert steps.digit[:20].sum() == steps.digit.sum()


@pytest.mark.parametrize("digit", DIGITS)
def test_every_number_can_be_made_again_from_those_before(digit):
    steps = prepare(drawn(digit))
    top, left, bottom, right = steps.box
    scaled = steps.gain * steps.rows @ steps.ink[top:bottom, left:right] @ steps.columns.T
    np.testing.assert_allclose(steps.scaled, scaled, rtol=1e-12)
    assert max(steps.scaled.shape) == 20
    (row, column), (height, width) = steps.shift, steps.scaled.shape
    np.testing.assert_array_equal(steps.digit[row : row + height, column : column + width], np.rint(scaled))
    assert steps.digit.sum() == np.rint(scaled).sum()


@pytest.mark.parametrize("digit", DIGITS)
def test_the_centre_of_mass_comes_to_lie_in_the_middle(digit):
    np.testing.assert_allclose(centre_of_mass(prepare(drawn(digit)).digit.astype(float)), 14, atol=0.51)


@pytest.mark.parametrize("digit", DIGITS)
def test_a_prepared_digit_stays_what_it_is(digit):
    once = prepare(drawn(digit))
    assert np.abs(prepare(once.digit).digit.astype(int) - once.digit).mean() < 3


def test_the_background_of_the_input_is_a_normalised_zero():
    steps = prepare(bar())
    assert steps.input.shape == (1, 32, 32)
    assert steps.input.dtype == np.float32
    np.testing.assert_allclose(steps.input[0, 0, 0], (0 - 0.130660) / 0.308108, rtol=1e-6)
    np.testing.assert_allclose(steps.input[0, 2:-2, 2:-2], steps.normalised, rtol=1e-6)
    np.testing.assert_allclose(steps.input[0, 16, 16], (1 - 0.130660) / 0.308108, rtol=1e-6)


def test_unit_is_the_digit_from_0_to_1():
    assert sorted(set(prepare(bar()).unit.ravel())) == [0, 1]


def test_a_batch_of_digits_is_normalised_like_each_of_them(rng):
    digits = rng.integers(0, 256, (3, 28, 28)).astype(np.uint8)
    together = network_input(digits)
    assert together.shape == (3, 1, 32, 32)
    np.testing.assert_array_equal(together, [network_input(digit) for digit in digits])
    np.testing.assert_array_equal(normalise(digits)[1], normalise(digits[1]))


@pytest.mark.parametrize("paper", [0, 128, 255])
def test_an_empty_sheet_is_told_to_be_drawn_on(paper):
    with pytest.raises(RangeError, match="nothing is drawn yet; draw a digit first"):
        prepare(sheet(20, 20, paper))


def test_noise_alone_is_an_empty_sheet(rng):
    with pytest.raises(RangeError, match="nothing is drawn yet"):
        prepare(rng.integers(245, 256, (40, 40)).astype(np.uint8))


@pytest.mark.parametrize("picture", [np.zeros(5, np.uint8), np.zeros((4, 4, 4), np.uint8), np.zeros((4, 4))])
def test_what_is_no_picture_is_refused(picture):
    with pytest.raises(ShapeError, match=r"a picture must be \(H, W\) or \(H, W, 3\) of type uint8"):
        prepare(picture)


@pytest.mark.parametrize("digit", [np.zeros((28, 28)), np.zeros((27, 28), np.uint8), np.zeros(28, np.uint8)])
def test_what_is_no_digit_is_refused(digit):
    with pytest.raises(ShapeError, match="a digit must be 28x28 of type uint8"):
        network_input(digit)


@pytest.mark.parametrize("digit", DIGITS)
def test_a_drawing_does_not_look_like_a_photo(digit):
    assert not prepare(drawn(digit, pen=26)).looks_like_photo


def test_a_shadow_on_the_paper_is_not_yet_a_photo():
    light = np.linspace(1, 0.85, 280)
    steps = prepare((drawn(5, ink=40, paper=230) * light).astype(np.uint8))
    assert not steps.looks_like_photo
    assert steps.box == prepare(drawn(5)).box


def test_an_uneven_border_looks_like_a_photo():
    assert prepare(np.tile(np.arange(0, 240, 4, dtype=np.uint8), (60, 1))).looks_like_photo


def test_ink_everywhere_looks_like_a_photo():
    picture = sheet(50, 50)
    picture[2:-2, 2:-2] = 255
    assert prepare(picture).looks_like_photo


@given(st.integers(1, 12), st.integers(1, 12), st.integers(0, 2**32 - 1))
def test_any_picture_gives_a_digit_or_a_sentence(height, width, seed):
    picture = np.random.default_rng(seed).integers(0, 256, (height, width)).astype(np.uint8)
    with suppress(RangeError):
        steps = prepare(picture)
        assert np.isfinite(steps.input).all()
        assert steps.digit.max() == 255
