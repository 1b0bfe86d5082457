"""Paths: how they begin and end, diverge, escape, and into which basin they fall."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import RangeError, ShapeError
from engine.landscape import (
    CATALOGUE,
    OPTIMIZERS,
    SURFACES,
    basins,
    critical_points,
    diverged_at,
    endpoints,
    escaped_at,
    escapes,
    parse,
    record,
    trajectories,
    trajectory,
)
from engine.landscape.attraction import DIVERGED, NOWHERE


@pytest.mark.parametrize("key", OPTIMIZERS)
def test_path_begins_at_the_start_and_has_a_row_for_each_step(key):
    path = trajectory(key, "himmelblau", (1, 2), 7)
    assert path.shape == (8, 2)
    assert path.dtype == np.float64
    np.testing.assert_array_equal(path[0], [1, 2])
    np.testing.assert_array_equal(trajectory(key, "himmelblau", (1, 2), 0), [[1, 2]])
    np.testing.assert_array_equal(trajectory(key, "himmelblau", (1, 2), 4), path[:5])


@pytest.mark.parametrize("key", OPTIMIZERS)
@pytest.mark.parametrize("surface", SURFACES)
def test_floats_and_arrays_take_the_same_path(key, surface):
    start = CATALOGUE[surface].start
    alone = trajectory(key, surface, start, 12)
    np.testing.assert_allclose(trajectories(key, surface, [start], 12)[0], alone, rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(record(key, surface, start, 12).path, alone, rtol=1e-8, atol=1e-10)
    np.testing.assert_array_equal(endpoints(key, surface, [start], 12), trajectories(key, surface, [start], 12)[:, -1])


def test_more_starts_than_go_together_are_still_all_taken(rng, monkeypatch):
    starts = rng.uniform(-2, 2, (11, 2))
    whole = trajectories("adam", "rosenbrock", starts, 9, noise=0.1, seed=list(range(11)))
    monkeypatch.setattr("engine.landscape.paths.TOGETHER", 4)
    np.testing.assert_array_equal(trajectories("adam", "rosenbrock", starts, 9, noise=0.1, seed=list(range(11))), whole)


DIVERGING = [
    ("sgd", "rosenbrock", (-1.5, 2.0), {"lr": 1.0}),
    ("nesterov", "monkey-saddle", (1.2, 0.01), {"lr": 1.0}),
    ("sgd", "bowl", (1.0, 1.0), {"lr": 1e308}),
    ("rmsprop", "ravine", (1.0, 1.0), {"lr": 1e308}),
    ("newton", "double-well", (math.sqrt(1 / 3), 0.3), {}),  # H is singular there, but for rounding
    ("newton", "x", (1.0, 1.0), {}),
    ("adagrad", "x", (1.0, 1.0), {"eps": 0.0}),  # 0 / 0 along y
    ("momentum", "1/x - y^2", (1e-200, 1.0), {}),
    ("sgd", "log(x)", (0.1, 0.0), {"lr": 1.0}),
]


@pytest.mark.parametrize(("key", "surface", "start", "options"), DIVERGING, ids=str)
def test_divergence_shows_in_the_numbers_and_stays_without_warning(key, surface, start, options):
    surface = surface if surface in SURFACES else parse(surface)
    path = trajectory(key, surface, start, 2000, **options)
    assert path.shape == (2001, 2)
    many = trajectories(key, surface, [start, start], 50, **options)
    np.testing.assert_allclose(many[0], path[:51], rtol=1e-9)
    if (lost := diverged_at(path)) is not None:
        assert np.isfinite(path[:lost]).all()
        for axis in (0, 1):
            gone = ~np.isfinite(path[:, axis])
            assert gone[gone.argmax() :].all() or not gone.any()


def test_divergence_is_told_at_its_first_step():
    # x = x - 2e308 x is infinite in the first step
    assert diverged_at(trajectory("sgd", "bowl", (1, 1), 5, lr=1.7e308)) == 2
    assert diverged_at(np.array([[0, 0], [1, np.inf], [np.nan, np.nan]])) == 1
    assert diverged_at(trajectory("sgd", "bowl", (1, 1), 5, lr=0.1)) is None


def test_0_over_0_of_adagrad_without_eps_is_nan_along_that_coordinate_only():
    path = trajectory("adagrad", parse("x"), (1, 1), 3, eps=0.0, lr=0.5)
    np.testing.assert_allclose(
        path[:, 0], [1, 0.5, 0.5 - 0.5 / math.sqrt(2), 0.5 - 0.5 / math.sqrt(2) - 0.5 / math.sqrt(3)]
    )
    assert np.isnan(path[1:, 1]).all()


def test_gradient_descent_leaves_the_saddle_when_theory_says():
    # on x^2 - y^2: y_t = y_0 (1 + 2 lr)^t, x_t = x_0 (1 - 2 lr)^t. f < -margin is y^2 - x^2 > margin
    path = trajectory("sgd", "saddle", (0.5, 1e-8), 200, lr=0.1)
    t = next(t for t in range(200) if (1e-8 * 1.2**t) ** 2 - (0.5 * 0.8**t) ** 2 > 0.25 and 1e-8 * 1.2**t > 0.5)
    assert escaped_at(path, "saddle", margin=0.25, radius=0.5) == t == 98


def test_escape_asks_for_depth_and_distance_and_never_comes_on_the_ridge():
    path = np.array([[2.0, 0.0], [0.0, 0.3], [0.0, 0.6], [0.0, 0.9]])
    assert escaped_at(path, "saddle", margin=0.0, radius=0.0) == 1
    assert escaped_at(path, "saddle", margin=0.3, radius=0.0) == 2  # 0.6^2 = 0.36
    assert escaped_at(path, "saddle", margin=0.3, radius=0.8) == 3
    assert escaped_at(path, "saddle", margin=0.3, radius=1.0) is None
    assert escaped_at(trajectory("sgd", "saddle", (-1.5, 0), 500, lr=0.01), "saddle", margin=0, radius=0) is None


def test_escapes_of_many_paths_are_those_of_each():
    paths = trajectories("adam", "saddle", [(0.3, 1e-3), (0.3, 0.0), (0.3, -0.2)], 300, lr=0.01)
    each = [escaped_at(path, "saddle", margin=0.1, radius=0.2) for path in paths]
    assert escapes(paths, "saddle", margin=0.1, radius=0.2).tolist() == [-1 if t is None else t for t in each]
    assert each[1] is None
    assert each[2] < each[0]


def test_basins_of_the_double_well_are_its_halves():
    found = basins("sgd", "double-well", (-1.5, 1.5, -1, 1), size=8, steps=400, lr=0.1)
    assert [(point.x, point.y) for point in found.minima] == [(-1, 0), (1, 0)]
    np.testing.assert_array_equal(found.labels, [[0] * 4 + [1] * 4] * 8)
    np.testing.assert_allclose(found.ends[0, 0], (-1, 0), atol=1e-9)


def test_basins_tell_who_does_not_arrive_and_who_diverges():
    still = basins("sgd", "double-well", (-1.5, 1.5, -1, 1), size=4, steps=1, lr=1e-6)
    assert (still.labels == NOWHERE).all()
    gone = basins("sgd", "himmelblau", (-6, 6, -6, 6), size=4, steps=60, lr=1.0)
    assert (gone.labels == DIVERGED).all()
    middle = basins("sgd", "double-well", (-1.5, 1.5, -1, 1), size=3, steps=400, lr=0.1)
    assert middle.labels[:, 1].tolist() == [NOWHERE] * 3  # x = 0 is the ridge between both


def test_one_more_path_reaches_what_the_paths_of_the_map_reach():
    found = basins("sgd", "double-well", (-1.5, 1.5, -1, 1), size=8, steps=400, lr=0.1)  # minima at (-1, 0), (1, 0)
    assert found.radius == 0.03  # a hundredth of the longer side
    assert [found.reached(end) for end in ((-1.0, 0.02), (1.02, 0.02), (1.02, 0.03))] == [0, 1, -1]
    assert found.reached((np.inf, 0.0)) == found.reached((np.nan, np.nan)) == -2
    with pytest.raises(ShapeError, match=r"an end must be \(x, y\), got shape \(1, 2\)"):
        found.reached([[0.0, 1.0]])


def test_a_part_of_a_map_reaches_the_minima_of_the_whole():
    points = critical_points("double-well", (-1.5, 1.5, -1, 1))  # minima at (-1, 0) and (1, 0), a saddle between
    part = basins("sgd", "double-well", (0.1, 0.2, 0, 0.1), size=2, steps=400, radius=0.03, minima=points, lr=0.1)
    assert [point.kind for point in part.minima] == ["minimum", "minimum"]
    assert (part.labels == 1).all()
    alone = basins("sgd", "double-well", (0.1, 0.2, 0, 0.1), size=2, steps=400, lr=0.1)
    assert (alone.labels == NOWHERE).all()
    assert alone.minima == ()


def test_rows_of_basins_go_upwards_and_columns_to_the_right():
    found = basins("sgd", "himmelblau", (-5, 5, -5, 5), size=20, steps=300, lr=0.01)
    corner = found.minima[found.labels[-1, 0]]
    assert (corner.x, corner.y) == pytest.approx((-2.805118, 3.131313), abs=1e-6)


@given(st.floats(-2, 2), st.floats(-2, 2), st.floats(1e-4, 0.9))
def test_a_small_enough_step_of_gradient_descent_never_climbs_in_a_bowl(x, y, lr):
    path = trajectory("sgd", "bowl", (x, y), 20, lr=lr)
    values = SURFACES["bowl"].value(path[:, 0], path[:, 1])
    assert (np.diff(values) <= 1e-15).all()


@given(st.sampled_from(["adam", "rmsprop", "adagrad", "adadelta", "lion", "amsgrad", "adamax"]), st.floats(0.1, 100))
def test_adaptive_steps_hardly_know_the_scale_of_the_surface(key, scale):
    # every one of these divides by the gradient's own size: only eps tells scales apart
    alone = trajectory(key, "bowl", (1, -1), 20, **({} if key == "lion" else {"eps": 1e-300}))
    scaled = trajectory(
        key, parse(f"{scale!r}*(x^2 + y^2)/2"), (1, -1), 20, **({} if key == "lion" else {"eps": 1e-300})
    )
    np.testing.assert_allclose(scaled, alone, rtol=1e-9)


def test_wrong_starts_and_steps_are_refused():
    with pytest.raises(ShapeError, match=r"start must be \(x, y\), got shape \(3,\)"):
        trajectory("sgd", "saddle", (1, 2, 3), 5)
    with pytest.raises(RangeError, match="start must be finite"):
        trajectory("sgd", "saddle", (1, math.inf), 5)
    with pytest.raises(ShapeError, match=r"starts must be \(N, 2\), got shape \(2,\)"):
        trajectories("sgd", "saddle", (1, 2), 5)
    with pytest.raises(RangeError, match="steps must be at least 0, got -1"):
        trajectory("sgd", "saddle", (1, 2), -1)
    with pytest.raises(ShapeError, match="3 starts need one seed or 3, got 2"):
        trajectories("sgd", "saddle", np.zeros((3, 2)), 5, noise=1.0, seed=[1, 2])
