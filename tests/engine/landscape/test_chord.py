"""Chords: literals by hand, and the two ways to tell convex from not agree."""

import math

import numpy as np
import pytest

from engine import RangeError, ShapeError
from engine.landscape import CATALOGUE, chord, curvature, lowest_curvature, parse


def test_a_bowl_lies_below_its_chord_by_hand():
    # (x^2 + y^2) / 2 from (-2, 0) to (2, 0): f = 2 at both ends, 0 in the middle; at t = 1/4 f(-1, 0) = 1/2
    cut = chord("bowl", (-2, 0), (2, 0), count=5)
    np.testing.assert_array_equal(cut.curve, [2, 0.5, 0, 0.5, 2])
    np.testing.assert_array_equal(cut.line, 2)
    np.testing.assert_array_equal(cut.excess, [0, -1.5, -2, -1.5, 0])
    assert not cut.broken
    assert cut.complete


def test_the_hill_of_a_double_well_rises_above_the_chord_between_its_minima():
    # x^4/4 - x^2/2 is -1/4 at both minima, 0 between them
    cut = chord("double-well", (-1, 0), (1, 0), count=5)
    np.testing.assert_allclose(cut.excess, [0, 9 / 64, 1 / 4, 9 / 64, 0])  # at 1/2: 1/64 - 1/8 + 1/4
    assert cut.broken
    assert cut.highest == 2
    np.testing.assert_array_equal(cut.points[2], [0, 0])


def test_a_chord_along_a_valley_of_a_saddle_breaks_nothing_and_across_it_does():
    assert not chord("saddle", (-1, 0), (1, 0)).broken
    assert chord("saddle", (0, -1), (0, 1)).broken


def test_a_plane_is_its_own_chord_but_for_rounding():
    assert not chord(parse("0.1*x + 0.7*y + 1/3"), (-1.3, 0.7), (2.9, -0.1)).broken


def test_where_there_is_no_value_nothing_is_claimed():
    cut = chord(parse("log(x)"), (-1, 0), (1, 0))
    assert not cut.complete
    assert not cut.broken
    assert cut.highest == 0


@pytest.mark.parametrize("key", ["bowl", "ravine"])
def test_convex_surfaces_curve_down_nowhere_and_no_chord_is_broken(key, rng):
    left, right, bottom, top = CATALOGUE[key].domain
    assert (lowest_curvature(key, CATALOGUE[key].domain) >= 0).all()
    for a, b in rng.uniform((left, bottom), (right, top), (50, 2, 2)):
        assert not chord(key, a, b).broken


@pytest.mark.parametrize("key", ["saddle", "himmelblau", "ackley", "plateau"])
def test_where_a_surface_curves_down_a_short_chord_that_way_is_broken(key):
    low = lowest_curvature(key, CATALOGUE[key].domain, count=33)
    assert low.shape == (33, 33)
    assert (low < 0).any()
    left, right, bottom, top = CATALOGUE[key].domain
    i, j = np.unravel_index(np.nanargmin(low), low.shape)
    place = np.array((np.linspace(left, right, 33)[j], np.linspace(bottom, top, 33)[i]))
    along = curvature(key, place).vectors[0] * 1e-3
    assert chord(key, place - along, place + along).broken


def test_wrong_points_are_refused():
    with pytest.raises(ShapeError, match=r"b must be \(x, y\), got shape \(3,\)"):
        chord("bowl", (0, 0), (1, 2, 3))
    with pytest.raises(RangeError, match="a must be finite"):
        chord("bowl", (0, math.nan), (1, 2))
