"""Waves on grids that are too coarse for them, worked out by hand."""

import numpy as np
import pytest

from engine.nets.aliasing import folded, folded_share, grating, map_around, moved, response, sampled, wave_of
from engine.ops.conv2d import conv2d


def test_a_grating_is_a_wave():
    np.testing.assert_allclose(grating(4, (0, 0.25)), [[1, 0, -1, 0]] * 4, atol=1e-12)
    np.testing.assert_allclose(grating(4, (0.5, 0)), np.transpose([[1, -1, 1, -1]] * 4), atol=1e-12)


@pytest.mark.parametrize(
    ("frequency", "angle", "wave"),
    [(0.2, 0, (0, 0.2)), (0.2, 90, (0.2, 0)), (0.4, 30, (0.2, 0.346410161514)), (0.2, 180, (0, -0.2))],
)
def test_a_wave_has_two_directions(frequency, angle, wave):
    assert wave_of(frequency, angle) == pytest.approx(wave, abs=1e-12)


@pytest.mark.parametrize(
    ("frequency", "stride", "alias"),
    [
        (0.1, 4, 0.1),  # 0.4 cycles from cell to cell: carried
        (0.2, 4, -0.05),  # 0.8 cycles from cell to cell look like -0.2, that is -0.05 a pixel
        (0.25, 4, 0.0),  # each cell meets the same phase: a wave becomes a constant
        (0.3, 4, 0.05),
        (0.2, 2, 0.2),  # 0.4 cycles
        (0.3, 2, -0.2),  # 0.6 look like -0.4
        (0.4, 1, 0.4),
    ],
)
def test_a_wave_too_fast_for_the_grid_looks_slower(frequency, stride, alias):
    assert folded((0.0, frequency), stride) == pytest.approx((0, alias), abs=1e-12)
    assert folded((frequency, 0.0), stride) == pytest.approx((alias, 0), abs=1e-12)


def test_sampled_a_wave_and_its_alias_are_the_same_numbers():
    wave = (0.21, 0.37)
    fast, slow = grating(40, wave), grating(40, folded(wave, 4))
    np.testing.assert_allclose(fast[::4, ::4], slow[::4, ::4], atol=1e-12)
    assert np.abs(fast - slow).max() > 1


def test_the_response_of_small_filters():
    weight = np.array([[[1.0, 0, -1]], [[0, 0, 0]]])  # over two pixels half a wave of 0.25: 1 - exp(pi i) = 2
    assert response(weight, (0, 0.25)) == pytest.approx(2)
    assert response(weight, (0.25, 0)) == pytest.approx(0)
    assert response(np.array([[[0, 1.0]]]), (0, 0.25)) == pytest.approx(1j)


@pytest.mark.parametrize("stride", [1, 2, 4])
def test_the_answer_to_a_grating_is_a_wave_on_the_grid(rng, stride):
    weight, wave = rng.normal(size=(3, 5, 7)), (0.13, 0.21)
    x = np.broadcast_to(grating(30, wave), (3, 30, 30))
    y = conv2d(x, weight[None], stride=stride)[0]
    i, j = np.arange(y.shape[0])[:, None], np.arange(y.shape[1])
    turns = np.exp(2j * np.pi * stride * (wave[0] * i + wave[1] * j))
    np.testing.assert_allclose(y, (response(weight, wave) * turns).real, rtol=1e-10, atol=1e-10)


def test_a_map_around_is_a_convolution_of_what_is_wrapped(rng):
    x, weight = rng.normal(size=(3, 8, 9)), rng.normal(size=(3, 4, 2))
    wrapped = np.pad(x, ((0, 0), (0, 3), (0, 1)), mode="wrap")
    np.testing.assert_allclose(map_around(x, weight), conv2d(wrapped, weight[None])[0], rtol=1e-10, atol=1e-12)


def test_half_of_the_power_is_folded():
    """Two waves of the same size; a grid of stride 4 carries up to 0.125. The mean does not count."""
    y = 100 + grating(32, (0, 0.0625)) + grating(32, (0.1875, 0))
    assert folded_share(y, 4) == pytest.approx(0.5)
    assert folded_share(y, 2) == pytest.approx(0)
    assert folded_share(np.ones((8, 8)), 4) == 0


@pytest.mark.parametrize(
    ("frequency", "stride", "change", "unexplained"),
    [
        # a wave moved by d: rms(cos(a - 2 pi f d) - cos a) / rms(cos a) = 2 sin(pi f d)
        (0.0625, 4, 2 * np.sin(np.pi / 16), 0),
        (0.0625, 2, 2 * np.sin(np.pi / 16), 0),
        # above 1 / (2 s) the map says f - 1/s: what is left is a turn by 2 pi / s, 2 sin(pi / s)
        (0.1875, 4, 2 * np.sin(np.pi * 3 / 16), np.sqrt(2)),
        (0.1875, 2, 2 * np.sin(np.pi * 3 / 16), 0),
        (0.3125, 2, 2 * np.sin(np.pi * 5 / 16), 2),
        (0.3125, 1, 2 * np.sin(np.pi * 5 / 16), 0),
    ],
)
def test_moving_a_wave_is_explained_while_the_grid_carries_it(frequency, stride, change, unexplained):
    y = 3 + grating(64, (0, frequency))
    assert moved(y, stride, 1) == pytest.approx((change, unexplained), abs=1e-9)


@pytest.mark.parametrize("stride", [1, 2, 4])
def test_moving_by_a_whole_cell_is_always_explained(rng, stride):
    change, unexplained = moved(rng.normal(size=(32, 32)), stride, stride)
    assert unexplained == pytest.approx(0, abs=1e-9)
    assert change > 1


def test_a_map_without_waves_does_not_change():
    assert moved(np.ones((8, 8)), 2, 1) == (0, 0)


def test_a_bank_is_sampled_filter_by_filter(rng):
    x, weights = rng.normal(size=(3, 16, 16)), rng.normal(size=(2, 3, 5, 5))
    one, four = sampled(x, weights, (1, 4))
    assert (one.stride, four.stride) == (1, 4)
    np.testing.assert_allclose(one.unexplained, 0, atol=1e-9)
    assert (one.folded == 0).all()
    y = map_around(x, weights[1])
    assert four.folded[1] == folded_share(y, 4)
    assert (four.change[1], four.unexplained[1]) == moved(y, 4, 1)
