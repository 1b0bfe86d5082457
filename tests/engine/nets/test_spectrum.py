"""Rings, grids and peaks of spectra, by filters whose spectra are known."""

import numpy as np
import pytest

from engine.nets import spectrum
from engine.nets.filters import FINE, frequencies, power_share
from engine.nets.filters import spectrum as spectrum_of
from engine.nets.spectrum import band, beyond_grid, dead, grid_nyquist, peak, radial, ring_counts, ring_middles, rms


def point(size=7):
    """A filter (1, 3, size, size) that picks one pixel of the first channel."""
    weight = np.zeros((1, 3, size, size))
    weight[0, 0, size // 2, 1] = -2.0
    return weight


def wave(rows, columns, size=FINE):
    place = np.arange(size)
    return np.cos(2 * np.pi * (rows * place[:, None] + columns * place))[None, None]


def test_a_single_pixel_has_the_same_power_everywhere():
    np.testing.assert_allclose(spectrum_of(point()), 4.0)  # |-2| ** 2
    np.testing.assert_allclose(radial(spectrum_of(point())), 1.0)


def test_the_rings_hold_all_the_power(rng):
    """Parseval: the mean over all places of what is relative to the mean is 1."""
    weight = rng.normal(size=(5, 3, 11, 11))
    counts = ring_counts()
    assert counts.sum() == 64 * 64
    assert counts.min() > 0
    np.testing.assert_allclose(radial(spectrum_of(weight)) @ counts / 4096, 1.0)


@pytest.mark.parametrize(
    ("rows", "columns", "ring"),
    [  # distance / (1/32), rounded down
        (0.0, 0.0, 0),
        (0.0, 0.25, 8),
        (0.5, 0.0, 16),
        (3 / 16, 4 / 16, 10),  # sqrt(9 + 16) / 16 = 5/16
        (0.5, 0.5, 22),  # 0.7071 * 32 = 22.6
    ],
)
def test_a_wave_lies_in_one_ring(rows, columns, ring):
    power = radial(spectrum_of(wave(rows, columns)))[0]
    assert power.argmax() == ring
    assert power[ring] * ring_counts()[ring] == pytest.approx(4096)  # all of it
    assert ring_middles()[ring] == pytest.approx((ring + 0.5) / 32)


def test_a_wave_peaks_at_its_frequency():
    waves = [(0.25, 0.125), (-0.125, 0.25), (0.25, 0), (0, 0), (0, 0.5), (0.5, 0), (0.5, 0.5)]
    power = spectrum_of(np.concatenate([wave(*one) for one in waves]))
    np.testing.assert_array_equal(peak(power), waves)


@pytest.mark.parametrize(
    ("stride", "limit", "places"),
    [(1, 0.5, 0), (2, 0.25, 64**2 - 33**2), (4, 0.125, 64**2 - 17**2)],  # -16/64..16/64 are 33 places, -8..8 are 17
)
def test_a_grid_carries_what_is_up_to_its_nyquist_frequency(stride, limit, places):
    assert grid_nyquist(stride) == limit
    assert beyond_grid(stride).sum() == places


@pytest.mark.parametrize("size", [32, 64, 224])
def test_the_limit_itself_is_carried_whatever_the_size(size):
    rows, columns = frequencies(size)
    assert not beyond_grid(4, size)[np.isclose(np.abs(rows), 0.125) & (np.abs(columns) <= 0.125)].any()


def test_a_diagonal_wave_beyond_the_circle_is_carried_by_the_square():
    """0.12 down and 0.12 along make 0.17 together, but neither direction passes 0.125."""
    power = spectrum_of(wave(7 / 64, 7 / 64))
    assert power_share(power, beyond_grid(4))[0] == pytest.approx(0, abs=1e-12)
    assert power_share(spectrum_of(wave(0, 9 / 64)), beyond_grid(4))[0] == pytest.approx(1)


def test_the_share_of_a_single_pixel_is_the_share_of_the_places():
    assert power_share(spectrum_of(point()), beyond_grid(4))[0] == pytest.approx(1 - 17**2 / 64**2)


@pytest.mark.parametrize(("frequency", "shares"), [(0.0, (1, 0)), (0.125, (0, 1)), (0.25, (0, 0))])
def test_a_band_begins_with_its_first_frequency_and_ends_before_its_last(frequency, shares):
    power = spectrum_of(wave(frequency, 0))
    got = [power_share(power, band(*ends))[0] for ends in ((0, 0.125), (0.125, 0.25))]
    assert got == pytest.approx(shares, abs=1e-12)


def test_a_filter_of_zeros_has_no_share_and_no_rings():
    power = spectrum_of(np.zeros((1, 3, 5, 5)))
    assert power_share(power, beyond_grid(2))[0] == 0
    assert (radial(power) == 0).all()


def test_the_root_of_the_mean_square():
    weight = np.zeros((2, 1, 2, 2))
    weight[0, 0] = [[3, 3], [3, 3]]
    weight[1, 0] = [[0, 4], [0, 0]]  # 16 / 4 = 4
    np.testing.assert_allclose(rms(weight), [3, 2])


def test_dead_is_what_stays_below_a_tenth_of_the_median():
    largest = np.array([4.0, 0.39, 4.0, 0.41, 8.0])  # the median is 4
    assert dead(largest).tolist() == [False, True, False, False, False]
    assert dead(largest, 0.05).tolist() == [False] * 5
    assert spectrum.DEAD == 0.1


def test_what_is_never_above_zero_is_dead_even_in_a_bank_of_the_dead():
    assert dead(np.array([0.0, 0.0, 0.0, 1.0])).tolist() == [True, True, True, False]
