"""Level points in high dimension: exact values, limits, and draws at fixed seeds within their sampling error."""

import math

import numpy as np
import pytest

from engine import RangeError
from engine.landscape import (
    coin_share,
    drawn_eigenvalues,
    drawn_field_shares,
    drawn_index,
    drawn_indices,
    drawn_minima_share,
    index_law,
    minima_share,
    minima_share_limit,
    semicircle,
    spectrum,
)
from engine.landscape.dimension import random_hessians

ERRORS = 4  # standard errors: one draw in 16,000 is further off, and seeds are fixed


def test_exact_shares_by_hand():
    # n = 2: a symmetric [[a, b], [b, c]] has both eigenvalues above 0 if a + c > 0 and ac > b^2: a cone of half angle
    # 45 degrees in the space of ((a + c) / 2, (a - c) / 2, b), whose three coordinates are independent and equally wide
    assert minima_share(1) == pytest.approx(1 / 2, rel=1e-14)
    assert minima_share(2) == pytest.approx((1 - math.cos(math.pi / 4)) / 2, rel=1e-14)
    assert minima_share(3) == pytest.approx((math.pi - 2 * math.sqrt(2)) / (4 * math.pi), rel=1e-14)


def test_exact_share_falls_with_the_square_of_the_dimension_and_below_coins():
    shares = [minima_share(n) for n in range(1, 21)]
    assert all(share <= coin_share(n) for n, share in enumerate(shares, 1))
    # the second difference of log P is -log(3) / 2 but for what vanishes
    seconds = np.diff(np.log(shares), 2)
    np.testing.assert_allclose(seconds[-5:], -math.log(3) / 2, rtol=2e-3)


def test_limit_and_coins_are_what_they_say():
    assert minima_share_limit(4) == pytest.approx(3**-4)
    assert coin_share(10) == 1 / 1024


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_drawn_share_is_the_exact_one_within_its_error(n):
    drawn = drawn_minima_share(n, 40_000, seed=3)
    assert abs(drawn.value - minima_share(n)) < ERRORS * drawn.error
    assert drawn.error < 0.003


def test_random_hessians_are_symmetric_with_the_variances_of_the_ensemble(rng):
    hessians = random_hessians(3, 40_000, rng)
    np.testing.assert_array_equal(hessians, hessians.transpose(0, 2, 1))
    spread = hessians.var(0)
    np.testing.assert_allclose(spread, 1 + np.eye(3), rtol=ERRORS * math.sqrt(2 / 40_000))


BBKS = (29 * math.sqrt(15) - 18 * math.sqrt(10)) / (116 * math.sqrt(15))
# In two dimensions maxima and minima together are as many as saddles (Morse); in three see Bardeen et al. 1986.
FIELD = {1: [1 / 2, 1 / 2], 2: [1 / 4, 1 / 2, 1 / 4], 3: [BBKS, 1 / 2 - BBKS, 1 / 2 - BBKS, BBKS]}


@pytest.mark.parametrize("n", FIELD)
def test_level_points_of_a_random_landscape_are_shared_as_published(n):
    drawn = drawn_field_shares(n, 40_000, seed=5)
    assert sum(share.value for share in drawn) == pytest.approx(1)
    for share, published in zip(drawn, FIELD[n], strict=True):
        assert abs(share.value - published) < ERRORS * share.error
        assert share.error < 0.01


def test_in_ten_dimensions_nearly_every_level_point_is_a_saddle():
    shares = drawn_field_shares(10, 20_000, seed=2)
    assert shares[0].value + shares[-1].value < 0.01
    assert max(range(11), key=lambda k: shares[k].value) == 5


def test_in_fifty_dimensions_errors_are_small_and_up_is_like_down():
    shares = drawn_field_shares(50, 500, seed=7)
    assert sum(share.value for share in shares) == pytest.approx(1)
    for k in range(51):
        other = shares[50 - k]
        assert shares[k].error < 0.01
        assert abs(shares[k].value - other.value) <= ERRORS * math.hypot(shares[k].error, other.error)


def test_level_points_counted_by_their_determinants_are_shared_alike(rng):
    """Kac and Rice as they stand: heights of the field, Hessians M - h I, each counting |det|-fold."""
    heights = rng.standard_normal(60_000)
    shifted = np.linalg.eigvalsh(random_hessians(4, 60_000, rng)) - heights[:, None]
    weights = abs(shifted.prod(1))
    for k, share in enumerate(drawn_field_shares(4, 20_000, seed=8)):
        counted = weights * ((shifted < 0).sum(1) == k)
        ratio = counted.mean() / weights.mean()
        error = math.sqrt(((counted - ratio * weights) ** 2).mean() / 60_000) / weights.mean()
        assert abs(share.value - ratio) < ERRORS * math.hypot(share.error, error)


@pytest.mark.parametrize("height", [-1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5])
def test_index_follows_its_law_within_sampling_error_and_the_size_of_the_dimension(height):
    drawn = drawn_index(50, height, 1000, seed=1)
    assert abs(drawn.value - index_law(height)) < ERRORS * drawn.error + 0.3 / 50
    assert drawn.error < 0.003


def test_index_law_by_hand():
    assert index_law(-2) == 0
    assert index_law(-7) == 0
    assert index_law(0) == 0.5
    assert index_law(2) == 1
    # u = 1/2: 1/2 + (sqrt(3) / 4 + pi / 6) / pi
    assert index_law(1) == pytest.approx(2 / 3 + math.sqrt(3) / (4 * math.pi))


def test_the_same_seed_draws_the_same():
    assert drawn_index(8, 0.3, 50, seed=9) == drawn_index(8, 0.3, 50, seed=9)
    assert drawn_index(8, 0.3, 50, seed=9) != drawn_index(8, 0.3, 50, seed=10)


def test_many_heights_from_one_draw_are_each_as_if_alone():
    heights = (-1.0, 0.2, 1.5)
    assert drawn_indices(8, heights, 50, seed=9) == [drawn_index(8, height, 50, seed=9) for height in heights]


def test_eigenvalues_come_in_order_and_as_many_as_there_are_dimensions():
    values = drawn_eigenvalues(30, 1500, seed=4)  # more than are computed at once
    assert values.shape == (1500, 30)
    assert (np.diff(values, axis=1) >= 0).all()
    # the trace of M has mean 0 and variance 2 n; its square n (n + 1)
    assert abs(values.sum(1).mean()) < ERRORS * math.sqrt(2 * 30 / 1500)
    assert (values**2).sum(1).mean() == pytest.approx(30 * 31, rel=0.02)


def test_semicircle_by_hand():
    np.testing.assert_allclose(
        semicircle([0, 2, -2, 3, math.sqrt(3)]), np.array([2, 0, 0, 0, 1]) / (2 * math.pi), atol=1e-8
    )
    np.testing.assert_array_equal(semicircle(np.array([-1.5, 0.3]), 0.7), semicircle(np.array([-0.8, 1.0])))
    x = np.linspace(-3, 3, 6001)
    assert semicircle(x).sum() * 1e-3 == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize("height", [-1.2, 0.0, 0.6])
def test_the_share_of_the_semicircle_below_0_is_the_index_law(height):
    x = np.arange(-5, 0, 1e-4) + 5e-5
    assert semicircle(x, height).sum() * 1e-4 == pytest.approx(index_law(height), abs=1e-5)


def test_spectrum_of_large_matrices_is_the_semicircle_shifted_by_the_height():
    edges = np.linspace(-3, 2, 11)
    drawn = spectrum(drawn_eigenvalues(100, 100, seed=6), 0.5, edges)
    fine = np.linspace(-3, 2, 10_001)
    expected = semicircle((fine[1:] + fine[:-1]) / 2, 0.5).reshape(10, -1).mean(1)
    np.testing.assert_allclose(drawn, expected, atol=0.01)


def test_spectrum_counts_by_hand():
    # of 1, 2, 3 and 4, over sqrt 2 and less 0.5: 0.21, 0.91, 1.62, 2.33; two of four in the first half-open unit
    np.testing.assert_allclose(spectrum([[1, 2], [3, 4]], 0.5, [0, 1, 1.5]), [0.5, 0])
    with pytest.raises(RangeError, match="edges must be two numbers or more"):
        spectrum([[1, 2]], 0, [1, 1])


def test_what_would_take_too_long_is_refused():
    with pytest.raises(RangeError, match="n must be at most 400, got 401"):
        coin_share(401)
    with pytest.raises(RangeError, match="1000000 matrices of 50 x 50 are too many; at most 26843"):
        drawn_index(50, 0.0, 1_000_000)
    with pytest.raises(RangeError, match="the exact share is known here up to 20 dimensions, got 21"):
        minima_share(21)
    with pytest.raises(RangeError, match="n must be at least 1, got 0"):
        drawn_minima_share(0)
