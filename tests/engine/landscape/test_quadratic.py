"""The quadratic of one's choice, by hand; what its eigenvalues say."""

import math

import numpy as np
import pytest

from engine import RangeError
from engine.landscape import critical_points, curvature, quadratic, step_factor, trajectory, turned, verdict


def test_eigenvalues_2_and_minus_2_turned_by_30_degrees_by_hand():
    # c^2 = 3/4, s^2 = 1/4, c s = sqrt(3)/4: f_xx = 3/2 - 1/2, f_xy = 4 sqrt(3)/4, f_yy = 1/2 - 3/2
    assert turned(2, -2, 30) == pytest.approx((1, math.sqrt(3), -1), abs=1e-15)
    assert turned(2, -2, 30).determinant == pytest.approx(-4)  # 2 times -2
    assert turned(2, -2, 30).trace == pytest.approx(0)
    surface = quadratic(2, -2, 30)
    assert surface.hessian(0.0, 0.0) == pytest.approx((1, math.sqrt(3), -1), abs=1e-15)
    assert surface.gradient(1.0, 0.0) == pytest.approx((1, math.sqrt(3)), abs=1e-15)
    assert surface.value(1.0, 1.0) == pytest.approx(math.sqrt(3), abs=1e-15)
    (point,) = critical_points(surface, (-1, 1, -1, 1))
    assert (point.kind, point.x, point.y) == ("saddle", 0, 0)
    assert point.eigenvalues == pytest.approx((-2, 2))
    assert point.eigenvectors[1] == pytest.approx((math.sqrt(3) / 2, 1 / 2))  # 2 lies along 30 degrees


@pytest.mark.parametrize("degrees", [0, 17, 45, 90, 135, 179.5])
@pytest.mark.parametrize(("first", "second"), [(3, 1), (-0.5, -4), (2, -1), (1, 0), (0, -1), (0, 0), (1.5, 1.5)])
def test_the_hessian_has_the_eigenvalues_that_were_asked_for(first, second, degrees):
    surface = quadratic(first, second, degrees)
    for place in ((0.0, 0.0), (0.7, -1.3)):
        np.testing.assert_allclose(curvature(surface, place).values, sorted((first, second)), atol=1e-14)
    angle = math.radians(degrees)
    along = surface.value(math.cos(angle), math.sin(angle))
    assert along == pytest.approx(first / 2, abs=1e-14)


def test_at_right_angles_the_axes_are_those_of_the_plane_without_rounding():
    assert turned(2, -2, 90) == (-2, 0, 2)
    assert turned(2, -2, 180) == (2, 0, -2)


@pytest.mark.parametrize(
    ("eigenvalues", "kind"),
    [
        ((1, 2), "minimum"),
        ((-1, -2), "maximum"),
        ((-1, 2), "saddle"),
        ((2, -1), "saddle"),
        ((0, 2), "valley"),
        ((-3, 0), "ridge"),
        ((0, 0), "flat"),
    ],
)
def test_the_verdict_is_told_from_the_signs_alone(eigenvalues, kind):
    assert verdict(*eigenvalues) == kind


def test_what_is_not_finite_is_refused():
    with pytest.raises(RangeError, match="degrees must be a finite number, got nan"):
        quadratic(1, 1, math.nan)
    with pytest.raises(RangeError, match="second must be a finite number, got inf"):
        verdict(1, math.inf)


@pytest.mark.parametrize("lr", [0.1, 0.5, 1.2])
def test_a_step_multiplies_the_way_along_each_axis_by_its_factor(lr):
    # from 3 along the first axis and 1 along the second, both turned by 90 degrees: (-1, 3)
    path = trajectory("sgd", quadratic(2, -2, 90), (-1, 3), 4, lr=lr)
    steps = np.arange(5)
    np.testing.assert_allclose(path[:, 1], 3 * step_factor(2, lr) ** steps, atol=1e-12)
    np.testing.assert_allclose(path[:, 0], -1 * step_factor(-2, lr) ** steps, atol=1e-12)
    assert step_factor(2, 0.1) == pytest.approx(0.8)
    assert step_factor(-2, 0.1) == pytest.approx(1.2)
