import numpy as np
import pytest
import torch
from torch.nn.functional import interpolate

import engine
from engine import (
    RangeError,
    ShapeError,
    upsample_bilinear2d,
    upsample_bilinear2d_backward,
    upsample_nearest2d,
    upsample_nearest2d_backward,
)

X = [[[1, 2], [3, 5]]]
NEAREST = {
    "twice": {"scale_factor": 2},
    "a pair": {"scale_factor": (3, 1)},
    "a fraction": {"scale_factor": 1.5},
    "an axis that stays as long as it was": {"scale_factor": (1.1, 1.1)},
    "an axis that doubles by another factor": {"scale_factor": (2.14, 2.19)},
    "fewer cells": {"scale_factor": (0.5, 0.4)},
    "a size": {"size": (12, 11)},
    "a smaller size": {"size": 4},
}
BILINEAR = NEAREST | {f"{name}, corners": {**options, "align_corners": True} for name, options in NEAREST.items()}
BILINEAR["one row, corners"] = {"size": (1, 9), "align_corners": True}
OPERATIONS = {
    **{f"nearest, {name}": ("nearest", options) for name, options in NEAREST.items()},
    **{f"bilinear, {name}": ("bilinear", options) for name, options in BILINEAR.items()},
}
each_operation = pytest.mark.parametrize(("mode", "options"), OPERATIONS.values(), ids=OPERATIONS)
FORWARD = {"nearest": upsample_nearest2d, "bilinear": upsample_bilinear2d}
BACKWARD = {"nearest": upsample_nearest2d_backward, "bilinear": upsample_bilinear2d_backward}


def close(actual, expected):
    np.testing.assert_allclose(actual, expected, rtol=1e-10, atol=1e-12)


def test_nearest_copies_each_cell():
    assert upsample_nearest2d(X, (2, 3)).tolist() == [
        [[1, 1, 1, 2, 2, 2], [1, 1, 1, 2, 2, 2], [3, 3, 3, 5, 5, 5], [3, 3, 3, 5, 5, 5]]
    ]


def test_bilinear_blends_three_quarters_and_a_quarter():
    # between 1 and 5 the new cells lie a quarter and three quarters of the way
    assert upsample_bilinear2d([[[1, 5]]], (1, 2)).tolist() == [[[1, 2, 4, 5]]]


def test_aligned_corners_keep_their_values_and_share_the_way_evenly():
    assert upsample_bilinear2d([[[1, 9]]], size=(1, 5), align_corners=True).tolist() == [[[1, 3, 5, 7, 9]]]


def test_the_middle_of_four_cells_is_their_weighted_mean():
    # the place of cell (1, 1) is (0.25, 0.25): 9/16 of 1, 3/16 of 2, 3/16 of 3, 1/16 of 5
    assert upsample_bilinear2d(X, 2)[0, 1, 1] == (9 * 1 + 3 * 2 + 3 * 3 + 5) / 16


@each_operation
def test_upsampling_agrees_with_torch(rng, mode, options):
    x = rng.normal(size=(2, 3, 7, 5))
    expected = interpolate(torch.from_numpy(x), mode=mode, **options)
    close(FORWARD[mode](x, **options), expected)
    close(FORWARD[mode](x[0], **options), expected[0])


@each_operation
def test_the_gradient_agrees_with_autograd(rng, mode, options):
    x = torch.tensor(rng.normal(size=(2, 3, 7, 5)), requires_grad=True)
    output = interpolate(x, mode=mode, **options)
    grad = rng.normal(size=output.shape)
    output.backward(torch.from_numpy(grad))
    close(BACKWARD[mode](grad, (2, 3, 7, 5), **options), x.grad)
    close(BACKWARD[mode](grad[0], (3, 7, 5), **options), x.grad[0])


@each_operation
def test_replaying_the_trace_gives_the_operation(rng, mode, options):
    x = rng.integers(-99, 99, size=(2, 3, 7, 5))
    trace = getattr(engine.trace, f"upsample_{mode}2d")(x, **options)
    output = FORWARD[mode](x, **options)
    np.testing.assert_allclose(trace.replay(), output, rtol=1e-12, atol=1e-12)
    assert trace.replay().dtype == output.dtype


@pytest.mark.parametrize("size", range(1, 40))
def test_nearest_agrees_with_exact_fractions_for_every_size(size):
    x = np.arange(13).reshape(1, 1, 13)
    assert upsample_nearest2d(x, size=(1, size))[0, 0].tolist() == [i * 13 // size for i in range(size)]


def test_a_bilinear_step_shows_four_neighbours_and_their_weights():
    step = engine.trace.upsample_bilinear2d(X, 2)[5]
    assert (step.index, step.rows, step.columns) == ((0, 0, 1, 1), (0, 1), (0, 1))
    assert step.weight.tolist() == [[9 / 16, 3 / 16], [3 / 16, 1 / 16]]
    assert step.window.tolist() == X[0]
    assert step.value == 29 / 16


def test_a_nearest_step_shows_the_cell_that_is_copied():
    step = engine.trace.upsample_nearest2d(X, 2)[-1]
    assert (step.rows, step.columns, step.window.tolist(), step.value) == ((1,), (1,), [[5]], 5)


@pytest.mark.parametrize(("mode", "options"), [("nearest", {"scale_factor": 2}), ("bilinear", {"size": 9})])
def test_floats_keep_their_type(mode, options):
    x = np.ones((1, 2, 2), np.float32)
    output = FORWARD[mode](x, **options)
    assert output.dtype == BACKWARD[mode](output, x.shape, **options).dtype == np.float32


REFUSED = {
    "neither": ({}, RangeError, "needs scale_factor or size, not both"),
    "both": ({"scale_factor": 2, "size": 4}, RangeError, "needs scale_factor or size, not both"),
    "zero": ({"scale_factor": 0}, RangeError, "scale_factor must be a number above 0, got 0"),
    "not a number": ({"scale_factor": float("nan")}, RangeError, "a number above 0, got nan"),
    "a word": ({"scale_factor": "2"}, RangeError, "a number above 0, got '2'"),
    "three": ({"scale_factor": (1, 2, 3)}, ShapeError, "must be one number or two, got 3"),
    "no cell left": ({"scale_factor": 0.25}, RangeError, "leaves no cell"),
    "no row": ({"size": (0, 2)}, RangeError, "size must be at least 1, got 0"),
}


@pytest.mark.parametrize("upsample", FORWARD.values(), ids=FORWARD)
@pytest.mark.parametrize(("options", "error", "text"), REFUSED.values(), ids=REFUSED)
def test_what_does_not_fit_is_refused_with_its_reason(upsample, options, error, text):
    with pytest.raises(error, match=text):
        upsample(X, **options)


@pytest.mark.parametrize("upsample", FORWARD.values(), ids=FORWARD)
def test_a_plane_without_channels_is_refused(upsample):
    with pytest.raises(ShapeError, match=r"x must be \(N, C, H, W\)"):
        upsample(X[0], 2)


def test_a_gradient_of_another_shape_is_refused():
    with pytest.raises(ShapeError, match=r"output's shape \(1, 4, 4\), got \(1, 3, 3\)"):
        upsample_nearest2d_backward(np.ones((1, 3, 3)), (1, 2, 2), 2)
