"""Minima, maxima and saddles: the published ones, and their kinds."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import RangeError, ShapeError
from engine.landscape import CATALOGUE, SURFACES, critical_points, curvature, parse

PUBLISHED = {
    "saddle": [("saddle", 0, 0)],
    "monkey-saddle": [("saddle", 0, 0)],
    "slow-saddle": [("minimum", 0, -1), ("minimum", 0, 1), ("saddle", 0, 0)],
    "plateau": [("minimum", 0, 0)],
    "ravine": [("minimum", 0, 0)],
    "bowl": [("minimum", 0, 0)],
    "double-well": [("minimum", -1, 0), ("minimum", 1, 0), ("saddle", 0, 0)],
    "rosenbrock": [("minimum", 1, 1)],
    "himmelblau": [
        ("minimum", 3, 2),
        ("minimum", 3.584428340330492, -1.848126526964404),
        ("minimum", -3.779310253377747, -3.283185991286170),
        ("minimum", -2.805118086952745, 3.131312518250573),
        ("saddle", 3.385154183607021, 0.073851879837749),
        ("saddle", 0.086677504555396, 2.884254701174776),
        ("saddle", -3.073025750764390, -0.081353044287968),
        ("saddle", -0.127961346730680, -1.953714980244577),
        ("maximum", -0.270844590667348, -0.923038556479981),
    ],
    # the second saddle: where x = 0 every bracket is fixed, and f_x = 0 asks for y = 1; the other is near (0.1, -2.6)
    "beale": [("minimum", 3, 0.5), ("saddle", 0.100537937324158, -2.644513585023125), ("saddle", 0, 1)],
}


@pytest.mark.parametrize("key", PUBLISHED)
def test_points_are_the_published_ones(key):
    found = [(point.kind, point.x, point.y) for point in critical_points(key, CATALOGUE[key].domain)]
    assert len(found) == len(PUBLISHED[key])
    for kind, x, y in PUBLISHED[key]:
        assert any(k == kind and math.hypot(a - x, b - y) < 1e-9 for k, a, b in found), (kind, x, y)


def test_rastrigin_has_a_point_for_every_pair_of_those_of_one_coordinate():
    # x^2 - 10 cos(2 pi x) has 11 minima and 10 maxima from -5.12 to 5.12
    kinds = [point.kind for point in critical_points("rastrigin", CATALOGUE["rastrigin"].domain)]
    assert (kinds.count("minimum"), kinds.count("maximum"), kinds.count("saddle")) == (121, 100, 220)


def test_ackleys_lowest_minimum_is_the_tip_of_a_cone_without_gradient():
    points = critical_points("ackley", (-2, 2, -2, 2))
    assert (points[0].kind, points[0].x, points[0].y, points[0].degenerate) == ("minimum", 0, 0, True)
    assert points[0].value == pytest.approx(0, abs=1e-14)
    nearest = min((p for p in points[1:] if p.kind == "minimum"), key=lambda p: p.value)
    assert sorted(map(abs, (nearest.x, nearest.y))) == pytest.approx([0, 0.9521665459501717])


def test_eigenvalues_and_eigenvectors_by_hand():
    # f = x^2 + 4 x y + y^2: H = [[2, 4], [4, 2]], eigenvalues -2 along (1, -1) and 6 along (1, 1)
    (point,) = critical_points(parse("x^2 + 4*x*y + y^2"), (-1, 1, -1, 1))
    assert point.kind == "saddle"
    np.testing.assert_allclose(point.eigenvalues, (-2, 6))
    np.testing.assert_allclose(
        point.eigenvectors, [(math.sqrt(0.5), -math.sqrt(0.5)), (math.sqrt(0.5), math.sqrt(0.5))]
    )


def test_curvature_along_a_path_solves_the_eigenvalue_equation(rng):
    points = rng.uniform(-4, 4, (3, 7, 2))
    values, vectors = curvature("himmelblau", points)
    xx, xy, yy = SURFACES["himmelblau"].hessian(points[..., 0], points[..., 1])
    hessians = np.stack((np.stack((xx, xy), -1), np.stack((xy, yy), -1)), -2)
    assert values.shape == (3, 7, 2)
    assert (values[..., 0] <= values[..., 1]).all()
    for k in (0, 1):
        turned = (hessians @ vectors[..., k, :, None])[..., 0]
        np.testing.assert_allclose(turned, values[..., k, None] * vectors[..., k, :], rtol=1e-9, atol=1e-9)


def test_curvature_is_nan_where_the_hessian_is_not_finite():
    values, vectors = curvature(parse("log(x) + y^2"), np.array([[0.0, 1.0], [1.0, 1.0], [math.nan, 0.0]]))
    assert np.isnan(values[[0, 2]]).all()
    assert np.isnan(vectors[[0, 2]]).all()
    np.testing.assert_array_equal(values[1], [-1, 2])


@given(
    st.tuples(*[st.sampled_from([-3, -1.5, -0.5, 0.5, 2, 4])] * 2),
    st.floats(0, math.pi),
    st.tuples(*[st.floats(-0.8, 0.8)] * 2),
)
def test_quadratic_is_what_its_eigenvalues_say(eigenvalues, angle, centre):
    (a, b), (c, s) = eigenvalues, (math.cos(angle), math.sin(angle))
    u, v = (
        f"({c!r}*(x - ({centre[0]:.6f})) + {s!r}*(y - ({centre[1]:.6f})))",
        f"({c!r}*(y - ({centre[1]:.6f})) - {s!r}*(x - ({centre[0]:.6f})))",
    )
    (point,) = critical_points(parse(f"{a}*{u}^2 + {b}*{v}^2"), (-1, 1, -1, 1), starts=9)
    assert (point.x, point.y) == pytest.approx(centre, abs=1e-5)
    assert point.kind == ("minimum" if min(a, b) > 0 else "maximum" if max(a, b) < 0 else "saddle")
    assert point.eigenvalues == pytest.approx(sorted((2 * a, 2 * b)))
    assert not point.degenerate


DEGENERATE = [
    ("x^4 + y^4", "minimum"),
    ("-(x^4) - y^6", "maximum"),
    ("x^4 - y^4", "saddle"),
    ("x^2 + y^3", "saddle"),
    ("x^3 - 3*x*y^2", "saddle"),
    ("abs(x) + abs(y)", "minimum"),
    ("-sqrt(x^2 + y^2)", "maximum"),
]


@pytest.mark.parametrize(("text", "kind"), DEGENERATE)
def test_where_eigenvalues_do_not_decide_the_values_around_do(text, kind):
    (point,) = critical_points(parse(text), (-1, 1, -1, 1))
    assert (point.kind, point.degenerate) == (kind, True)
    assert (point.x, point.y) == (0, 0)


@pytest.mark.parametrize("text", ["x", "exp(x) + y^2", "log(x)", "1/x", "x + 0*y", "sqrt(-1 - x^2)"])
def test_surface_that_is_level_nowhere_has_no_points(text):
    assert critical_points(parse(text), (-1, 1, -1, 1)) == []


def test_line_of_level_points_is_called_flat():
    points = critical_points(parse("x^2"), (-1, 1, -1, 1), starts=5)
    assert {(point.x, point.kind) for point in points} == {(0.0, "flat")}
    assert len(points) == 5


def test_points_outside_the_domain_are_not_told():
    assert len(critical_points("double-well", (0.5, 2, -1, 1))) == 1


def test_wrong_domains_are_refused():
    with pytest.raises(ShapeError, match=r"domain must be \(left, right, bottom, top\), got shape \(2,\)"):
        critical_points("saddle", (1, 2))
    with pytest.raises(RangeError, match=r"domain must have left < right and bottom < top"):
        critical_points("saddle", (1, 0, 0, 1))
