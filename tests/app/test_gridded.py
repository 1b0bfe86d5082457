"""A surface known on a grid: by hand at its crossings, between them and outside."""

import numpy as np

from app.landscape.gridded import GridSurface

SURFACE = GridSurface(np.array([0.0, 1.0, 2.0]), np.array([-1.0, 1.0]), np.array([[0.0, 4.0, 2.0], [2.0, 6.0, 10.0]]))


def test_at_the_crossings_and_between_them_by_hand():
    assert SURFACE.value(1.0, -1.0) == 4
    assert SURFACE.value(0.5, -1.0) == 2  # half way from 0 to 4
    assert SURFACE.value(1.0, 0.0) == 5  # half way from 4 to 6
    assert SURFACE.value(1.5, 0.0) == 5.5  # of 4, 2, 6 and 10
    np.testing.assert_array_equal(SURFACE.value(np.array([[0.0, 2.0]]), np.array([[-1.0], [1.0]])), [[0, 2], [2, 10]])


def test_outside_the_edge_goes_on():
    assert SURFACE.value(-3.0, -9.0) == 0
    assert SURFACE.value(7.0, 5.0) == 10


def test_the_nearest_crossing_by_hand():
    assert SURFACE.nearest(1.4, 0.2) == (1, 1)
    assert SURFACE.nearest(1.6, -0.2) == (0, 2)
