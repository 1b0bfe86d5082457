"""The plane of a path: by hand in three dimensions, and against a path that was made from known axes."""

import numpy as np
import pytest

from engine import RangeError, ShapeError
from engine.landscape.training_path import coordinates, pca_plane


def test_a_path_along_two_axes_by_hand():
    path = [[7.0, 5.0, 0.0], [7.0, 2.0, 1.0], [7.0, 2.0, -1.0], [7.0, -1.0, 0.0]]
    # squares of the differences from the mean (7, 2, 0): along y 9 + 0 + 0 + 9 = 18, along z 1 + 1 = 2
    plane = pca_plane(path)
    np.testing.assert_allclose(plane.shares, [0.9, 0.1])
    np.testing.assert_allclose(abs(plane.axes), [[0, 1, 0], [0, 0, 1]], atol=1e-12)
    np.testing.assert_allclose(plane.coordinates[:, 0], [6, 3, 3, 0], atol=1e-12)  # the end is the origin
    np.testing.assert_allclose(abs(plane.coordinates[:, 1]), [0, 1, 1, 0], atol=1e-12)


def test_axes_are_of_length_one_at_right_angles_and_point_to_the_beginning(rng):
    path = np.cumsum(rng.normal(size=(12, 40)), axis=0)
    plane = pca_plane(path)
    np.testing.assert_allclose(plane.axes @ plane.axes.T, np.eye(2), atol=1e-12)
    assert (plane.coordinates[0] >= 0).all()
    np.testing.assert_array_equal(plane.coordinates[-1], 0)
    np.testing.assert_allclose(plane.coordinates, (path - path[-1]) @ plane.axes.T, atol=1e-10)


def test_the_shares_are_those_of_the_covariance(rng):
    path = rng.normal(size=(9, 5)) * [5, 3, 1, 1, 1]
    values = np.linalg.eigvalsh(np.cov(path.T))[::-1]
    np.testing.assert_allclose(pca_plane(path).shares, values[:2] / values.sum(), rtol=1e-10)


def test_coordinates_on_axes_that_are_not_quite_at_right_angles():
    axes = np.array([[2.0, 0.0, 0.0], [1.0, 1.0, 0.0]])
    path = np.array([3 * axes[0] - axes[1] + [0, 0, 5], [0.0, 0.0, 5.0]])  # what is off the plane does not count
    np.testing.assert_allclose(coordinates(path, axes), [[3, -1], [0, 0]], atol=1e-12)


def test_what_has_no_plane_is_refused():
    with pytest.raises(ShapeError, match=r"at least 3 points, got the shape \(2, 4\)"):
        pca_plane(np.ones((2, 4)))
    with pytest.raises(RangeError, match="the path stays on a line"):
        pca_plane([[0.0, 0.0], [1.0, 2.0], [2.0, 4.0]])
