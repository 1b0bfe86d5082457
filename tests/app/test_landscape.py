"""How surfaces over the plane are drawn: where things stand, which level they have."""

import math
import re

import numpy as np
import pytest

from app import numbers
from app.landscape.contour import Room, below, contour, contour_of
from app.landscape.heights import Heights, mirrored, nice
from app.landscape.isolines import Isolines
from app.landscape.marks import arrow, cross, downhill, glyph, trail
from app.landscape.plane import Plane
from engine.landscape import CATALOGUE, curvature, parse

SQUARE = Plane(-2, 2, -2, 2)


def points(path):
    return np.array([tuple(map(float, xy.split())) for xy in re.findall(r"[-0-9.e]+ [-0-9.e]+", path)])


def test_one_scale_serves_both_axes_and_y_grows_upwards():
    plane = Plane(0, 4, -1, 1)
    assert (plane.width, plane.height) == (560, 280)
    assert plane.place(0, 1) == (0, 0)
    assert plane.place(4, -1) == (560, 280)
    assert plane.place(1, 0) == (140, 140)
    assert plane.nearest(9, -0.5) == (4, -0.5)
    assert [text for _, text in plane.x_ticks] == ["0", "1", "2", "3", "4"]


def test_a_low_plane_has_ticks_up_too():
    assert [text for _, text in Plane(-12, 12, -3, 3).y_ticks] == ["−2", "0", "2"]


@pytest.mark.parametrize(("plane", "ticks"), [
    (SQUARE, ["−2", "−1", "0", "1", "2"]),
    (Plane(-0.3, 0.3, -0.3, 0.3), ["−0.3", "−0.2", "−0.1", "0.0", "0.1", "0.2", "0.3"]),
    (Plane(-5.12, 5.12, -5.12, 5.12), ["−4", "−2", "0", "2", "4"]),
])  # fmt: skip
def test_ticks_are_round(plane, ticks):
    assert [text for _, text in plane.x_ticks] == ticks
    assert [text for _, text in plane.y_ticks] == ticks


def test_the_border_of_an_area_is_the_line_of_its_level():
    drawn = contour(parse("x^2 + y^2"), SQUARE)
    for area in drawn.areas:
        at = points(area.path)
        inner = at[((at > 1) & (at < 559)).all(1)]  # the rest is the border of the plane
        x, y = inner[:, 0] / 140 - 2, 2 - inner[:, 1] / 140
        np.testing.assert_allclose(x**2 + y**2, area.value, atol=0.02)


def test_levels_are_mirrored_at_0_and_end_at_the_scale():
    drawn = contour(parse("x^2 - y^2"), SQUARE)
    values = [area.value for area in drawn.areas]
    assert values == sorted(values)
    assert (drawn.scale, drawn.even, drawn.bounds[0]) == (4, True, 0.5)
    lines = [value for value in values if value > -4]  # above the lowest level lies everything
    assert lines == [-value for value in reversed(lines)]
    assert [area.level > 0 for area in drawn.areas] == [area.value >= 0 for area in drawn.areas]
    assert (len(drawn.colours), drawn.colours[0], drawn.colours[-1]) == (16, -15, 15)
    assert not drawn.holes


def test_values_that_reach_far_get_levels_at_1_2_and_5():
    row = CATALOGUE["rosenbrock"]
    drawn = contour(parse(row.formula), Plane(*row.domain))  # up to 2509, at (-2, -1)
    assert drawn.bounds == (5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
    assert not drawn.even


@pytest.mark.parametrize("key", [key for key, row in CATALOGUE.items() if row.slopes])
def test_numbers_stand_on_their_lines(key):
    row = CATALOGUE[key]
    drawn = contour(parse(row.formula), plane := Plane(*row.domain))
    near = parse(row.formula)
    assert drawn.labels
    for label in drawn.labels:
        x, y = plane.left + label.x / plane.zoom, plane.top - label.y / plane.zoom
        around = near.value(x + np.array([0, 4, -4, 0, 0]) / plane.zoom, y + np.array([0, 0, 0, 4, -4]) / plane.zoom)
        level = float(label.text.replace("−", "-"))
        slack = 0.01 * abs(level) + 1e-12
        assert around.min() - slack <= level <= around.max() + slack


def test_where_there_is_no_value_nothing_is_drawn():
    drawn = contour(parse("log(x)"), SQUARE)
    assert drawn.holes
    assert all(points(area.path)[:, 0].min() > 279 for area in drawn.areas)
    assert contour(parse("sqrt(-1 - x^2)"), SQUARE).areas == []


def test_heights_are_even_or_come_in_1_2_and_5():
    assert mirrored(4, 2, count=8, uneven=12, series=10) == Heights((0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4), True)
    assert mirrored(30, 2, count=8, uneven=12, series=4) == Heights((5, 10, 20, 50), False)
    heights = Heights((1.0, 2.0), True)
    assert heights.bounds == (-2, -1, 0, 1, 2)
    assert heights.levels() == [(-2, -1, -12), (-1, 0, -4), (0, 1, 4), (1, 2, 12)]  # of 16 on each side of 0
    assert heights.position(np.array([-9, -1, 0.5, 2])).tolist() == [-1, -0.5, 0.25, 1]


@pytest.mark.parametrize(("least", "step"), [(0.3, 0.5), (1, 1), (1.1, 2), (2.2, 2.5), (26, 50), (6e-7, 1e-6)])
def test_the_next_round_step_is_taken(least, step):
    assert nice(least) == pytest.approx(step, rel=1e-12)


def test_lines_and_areas_of_a_slope_lie_where_they_must():
    values = np.tile(np.linspace(0, 10, 11), (11, 1))  # rises from left to right
    found = Isolines(values, 100, 50)
    assert (found.low, found.high, found.empty) == (0, 10, False)
    (line,) = found.lines(4)
    assert set(line[:, 0].tolist()) == {40.0}
    at = points(found.area(4, 6))
    assert (at[:, 0].min(), at[:, 0].max(), at[:, 1].min(), at[:, 1].max()) == (40, 60, 0, 50)
    assert Isolines(np.full((3, 3), np.nan), 9, 9).empty


def test_labels_keep_away_from_the_border_from_each_other_and_from_the_middle():
    x, y = np.meshgrid(np.linspace(-1, 1, 61), np.linspace(-1, 1, 61))
    room = Room(apart=40, inside=30, middle=50, shares=tuple(np.linspace(0, 1, 21)), lines=1)
    labels = contour_of(x - y, 400, 400, Heights((0.5, 1.0, 1.5, 2.0), True), every=1, room=room).labels
    places = np.array([(label.x, label.y) for label in labels])
    assert len(places) >= 3
    assert ((places > 30) & (places < 370)).all()
    assert (np.hypot(*(places - 200).T) > 50).all()
    apart = np.hypot(*(places[:, None] - places).transpose(2, 0, 1))
    assert apart[~np.eye(len(places), dtype=bool)].min() > 40
    assert labels[0].width == 10 + 7 * len(labels[0].text)


def test_the_area_below_a_level_ends_at_its_line():
    x, y = np.meshgrid(np.linspace(-2, 2, 41), np.linspace(-2, 2, 41))
    at = points(below(np.hypot(x, y), SQUARE, 1.0))
    np.testing.assert_allclose(np.hypot(*(at - 280).T), 140, atol=0.5)
    assert below(1 + x**2, SQUARE) == ""


def test_a_few_huge_values_do_not_take_all_colours():
    assert contour(parse("1/(x^2 + y^2 + 1/1000000)"), SQUARE).scale < 1000
    assert contour(parse("0*x"), SQUARE).scale == 1


def test_the_cross_points_in_where_f_rises_and_out_where_it_falls():
    least, most = cross(SQUARE, np.zeros(2), *curvature("saddle", (0, 0)))
    assert (least.kind, least.text, most.kind, most.text) == ("out", "−2", "in", "2")
    (x, y), *_ = points(least.path)
    assert math.hypot(x - 280, y - 280) < 11  # begins at the middle, and goes along y
    assert x == 280
    (x, y), *_ = points(most.path)
    assert abs(x - 280) > 50
    assert y == 280
    assert cross(SQUARE, np.zeros(2), np.full(2, np.nan), np.full((2, 2), np.nan)) == []


def test_the_arrow_of_descent_points_against_the_gradient():
    assert downhill(SQUARE, (0, 0), (3.0, 0.0)).startswith("M280.0 280.0l-64.0 ")
    assert "l-0.0 64.0" in downhill(SQUARE, (0, 0), (0.0, 5.0))  # up is minus y
    assert downhill(SQUARE, (0, 0), (0.0, 0.0)) == ""
    assert arrow(0, 0, math.nan, 1) == ""


def test_a_trail_ends_where_the_path_leaves_and_stands_infinity():
    path = np.array([(0, 0), (1, 1), (1e9, 0), (np.inf, np.nan)])
    drawn = trail(SQUARE, path)
    assert drawn.end is None
    assert drawn.line.startswith("M280 280L420 140L")
    assert drawn.line.count("L") == 2
    assert trail(SQUARE, path[:2]).end == (420, 140)
    assert trail(SQUARE, path[:1]).line == ""


@pytest.mark.parametrize("kind", ["minimum", "maximum", "saddle", "flat"])
def test_glyphs_are_closed_and_differ(kind):
    assert glyph(kind, 10, 20, 5).endswith("z")
    assert len({glyph(other, 10, 20, 5) for other in ("minimum", "maximum", "saddle", "flat")}) == 4


@pytest.mark.parametrize(("value", "text"), [
    (0.0, "0"), (-0.0, "0"), (1.0, "1"), (-45.6123, "−45.61"), (12345.6, "12346"), (0.00123456, "0.001235"),
    (7.9e-31, "7.9e−31"), (1e7, "1e7"), (math.inf, "∞"), (-math.inf, "−∞"), (math.nan, "NaN"),
])  # fmt: skip
def test_digits_that_count(value, text):
    assert numbers.significant(value) == text
