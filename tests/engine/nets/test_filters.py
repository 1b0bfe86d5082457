"""The spectra of first-layer filters."""

import numpy as np
import pytest

from engine.nets.filters import FINE, low_power, smooth, spectrum


def wave(cycles_per_pixel, size=11):
    """Return a filter (1, 3, size, size) whose columns swing with that frequency."""
    row = np.cos(2 * np.pi * cycles_per_pixel * np.arange(size))
    return np.broadcast_to(row, (1, 3, size, size))


def test_the_power_is_that_of_the_weights(rng):
    weight = rng.normal(size=(4, 3, 7, 5))  # Parseval
    np.testing.assert_allclose(spectrum(weight).sum(axis=(1, 2)) / FINE**2, (weight**2).sum(axis=(1, 2, 3)))


def test_the_constant_part_stands_at_the_corner():
    power = spectrum(np.full((1, 3, 11, 11), 0.5))
    assert power[0, 0, 0] == pytest.approx(3 * (0.5 * 121) ** 2)
    assert power[0].max() == power[0, 0, 0]


def test_a_wave_has_its_power_at_its_frequency():
    power = spectrum(wave(0.25, size=32))[0]
    assert power[0].argmax() in (FINE // 4, 3 * FINE // 4)


@pytest.mark.parametrize(("frequency", "is_smooth"), [(0, True), (0.1, True), (0.4, False), (0.5, False)])
def test_slow_waves_are_smooth_and_fast_ones_are_not(frequency, is_smooth):
    assert smooth(wave(frequency))[0] == is_smooth


def test_noise_is_not_smooth(rng):
    assert low_power(rng.normal(size=(50, 3, 11, 11))).max() < 0.5
    assert not smooth(rng.normal(size=(50, 3, 11, 11))).any()


def test_the_size_of_the_weights_makes_no_difference(rng):
    weight = rng.normal(size=(2, 3, 7, 7))
    np.testing.assert_allclose(low_power(weight), low_power(1000 * weight))
