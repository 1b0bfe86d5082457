"""The surfaces of the catalogue: published values, torch, finite differences."""

import math

import numpy as np
import pytest
import torch

from engine import RangeError
from engine.landscape import CATALOGUE, SURFACES, ravine
from tests.engine.landscape import torch_paths

LITERALS = [
    ("saddle", (1.5, 0.5), 2.0),
    ("monkey-saddle", (1, 1), -2.0),
    ("slow-saddle", (0, 1), -1 / 400),
    ("plateau", (0, 0), 0.0),
    ("ravine", (2, 1), 52.0),
    ("bowl", (1, 2), 2.5),
    ("double-well", (1, 0), -0.25),
    ("double-well", (-1, 0), -0.25),
    ("rosenbrock", (1, 1), 0.0),
    ("rosenbrock", (-1.2, 1), 24.2),
    ("himmelblau", (3, 2), 0.0),
    ("himmelblau", (-2.805118086952745, 3.131312518250573), 0.0),
    ("himmelblau", (-3.779310253377747, -3.283185991286170), 0.0),
    ("himmelblau", (3.584428340330492, -1.848126526964404), 0.0),
    ("himmelblau", (-0.270844590667343, -0.923038522090104), 181.616521522582),
    ("beale", (3, 0.5), 0.0),
    ("beale", (1, 1), 14.203125),
    ("ackley", (0, 0), 0.0),
    ("ackley", (1, 1), 3.6253849384403627),
    ("rastrigin", (0, 0), 0.0),
    ("rastrigin", (1, -1), 2.0),
]


# Prices are 0.05 area + 20 rooms + 10 sin(5 i), i = 1 .. 24: at these weights the error is the sine alone.
SQUARES = 24 / 2 - math.sin(120) * math.cos(125) / (2 * math.sin(5))  # of sin(5 i), summed
SINES = math.sin(60) * math.sin(62.5) / math.sin(2.5)  # sin(5 i), summed
LITERALS += [("two-scales", (0.05, 20), 100 * SQUARES / 24)]


def test_normalised_weights_err_as_the_plain_ones_but_for_the_mean():
    spread = SURFACES["two-scales"].features.std(0)
    error = SURFACES["two-scales-normalised"].value(0.05 * spread[0], 20 * spread[1])
    assert error == pytest.approx(100 * (SQUARES / 24 - (SINES / 24) ** 2))


@pytest.mark.parametrize(("key", "point", "value"), LITERALS)
def test_value_is_the_published_one(key, point, value):
    assert SURFACES[key].value(*point) == pytest.approx(value, rel=1e-12, abs=1e-13)


def test_every_surface_has_a_literal_and_a_torch_twin():
    assert (
        SURFACES.keys()
        == CATALOGUE.keys()
        == {key for key, *_ in LITERALS} | {"two-scales-normalised"}
        == torch_paths.SURFACES.keys()
    )


@pytest.fixture(params=SURFACES)
def key(request):
    return request.param


@pytest.fixture
def points(key, rng):
    left, right, bottom, top = CATALOGUE[key].domain
    return rng.uniform((left, bottom), (right, top), (12, 2))


def test_gradient_and_hessian_are_torchs(key, points):
    surface, twin = SURFACES[key], torch_paths.SURFACES[key]
    for point in points:
        leaf = torch.tensor(point, requires_grad=True)
        value = twin(leaf[0], leaf[1])
        (gradient,) = torch.autograd.grad(value, leaf)
        hessian = torch.autograd.functional.hessian(lambda p: twin(p[0], p[1]), leaf)
        np.testing.assert_allclose(surface.value(*point), value.item(), rtol=1e-10, atol=1e-12)
        np.testing.assert_allclose(surface.gradient(*point), gradient.numpy(), rtol=1e-10, atol=1e-11)
        xx, xy, yy = surface.hessian(*point)
        np.testing.assert_allclose([[xx, xy], [xy, yy]], hessian.numpy(), rtol=1e-10, atol=1e-11)


def test_hessian_is_that_of_finite_differences(key, points):
    surface, step = SURFACES[key], 1e-5
    x, y = points.T
    right, left = surface.gradient(x + step, y), surface.gradient(x - step, y)
    above, below = surface.gradient(x, y + step), surface.gradient(x, y - step)
    xx, xy, yy = surface.hessian(x, y)
    size = 1 + abs(xx) + abs(xy) + abs(yy)
    np.testing.assert_array_less(abs((right[0] - left[0]) / (2 * step) - xx) / size, 1e-6)
    np.testing.assert_array_less(abs((right[1] - left[1]) / (2 * step) - xy) / size, 1e-6)
    np.testing.assert_array_less(abs((above[0] - below[0]) / (2 * step) - xy) / size, 1e-6)
    np.testing.assert_array_less(abs((above[1] - below[1]) / (2 * step) - yy) / size, 1e-6)


def test_gradient_written_out_for_floats_is_that_of_the_formula(key, points):
    surface, row = SURFACES[key], CATALOGUE[key]
    assert (row.slopes is None) == key.startswith("two-scales")  # those have one gradient only
    for point in points.tolist() if row.slopes else ():
        np.testing.assert_allclose(surface.float_gradient(*point), surface.gradient(*point), rtol=1e-12, atol=1e-12)
        assert surface.float_gradient == row.slopes


def test_start_lies_in_the_domain(key):
    row = CATALOGUE[key]
    left, right, bottom, top = row.domain
    assert left < row.start[0] < right
    assert bottom < row.start[1] < top


def test_ravine_has_the_condition_number_it_is_asked_for():
    xx, xy, yy = ravine(250).hessian(0.3, 0.7)
    assert (xx, xy, yy) == (1, 0, 250)
    assert ravine(250).float_gradient(0.5, 2.0) == ravine(250).gradient(0.5, 2.0) == (0.5, 500)
    for wrong in (0.5, 1e7, math.nan, "10"):
        with pytest.raises(RangeError, match=r"condition must be a number from 1 to 1000000"):
            ravine(wrong)
