"""Shapes and axes that a caller names: what is none is refused in a sentence, never by NumPy."""

import numpy as np
import pytest

import engine
from engine import EngineError, RangeError, ShapeError

GRAD = np.ones((1, 2, 2))
BACKWARD = {
    "max_pool2d": lambda shape: engine.max_pool2d_backward(GRAD, np.zeros((1, 2, 2), int), shape),
    "avg_pool2d": lambda shape: engine.avg_pool2d_backward(GRAD, shape, 2),
    "global_avg_pool2d": lambda shape: engine.global_avg_pool2d_backward(np.ones((1, 1, 1)), shape),
    "upsample_nearest2d": lambda shape: engine.upsample_nearest2d_backward(GRAD, shape, 2),
    "upsample_bilinear2d": lambda shape: engine.upsample_bilinear2d_backward(GRAD, shape, 2),
}
each_backward = pytest.mark.parametrize("backward", BACKWARD.values(), ids=BACKWARD)


@each_backward
@pytest.mark.parametrize(("shape", "error", "text"), [
    ((4, 4), ShapeError, r"input_shape must be \(N, C, H, W\) or \(C, H, W\), got \(4, 4\)"),
    ((1, 1, 1, 4, 4), ShapeError, r"got \(1, 1, 1, 4, 4\)"),
    ((), ShapeError, r"got \(\)"),
    (16, ShapeError, "input_shape must be the shape of x, got 16"),
    ("144", ShapeError, "input_shape must be the shape of x, got '144'"),
    (None, ShapeError, "input_shape must be the shape of x, got None"),
    ((1, -1, 4), RangeError, "input_shape must be at least 1, got -1"),
    ((1, 4, 1.5), RangeError, "input_shape must be a whole number, got 1.5"),
], ids=str)  # fmt: skip
def test_a_shape_that_no_images_have_is_refused(backward, shape, error, text):
    with pytest.raises(error, match=text):
        backward(shape)


def test_a_shape_may_be_a_list():
    assert engine.avg_pool2d_backward(GRAD, [1, 4, 4], 2).shape == (1, 4, 4)
    assert engine.max_pool2d_backward(GRAD, np.zeros((1, 2, 2), int), [1, 4, 4]).shape == (1, 4, 4)
    assert engine.flatten_backward(np.ones(8), [2, 4]).shape == (2, 4)


@pytest.mark.parametrize("shape", [4, "4", None, (-1, 4), (2.0, 2)])
def test_flattened_numbers_need_a_shape_to_return_to(shape):
    with pytest.raises(EngineError, match="input_shape must be"):
        engine.flatten_backward(np.ones(4), shape)


@pytest.mark.parametrize("dim", [2, -3, 1.0, "1", None, True, (0, 1)])
@pytest.mark.parametrize("name", ["softmax", "log_softmax", "flatten"])
def test_an_axis_that_is_not_there_is_refused(name, dim):
    with pytest.raises(RangeError, match=r"x of shape \(2, 3\) has no axis"):
        getattr(engine, name)(np.ones((2, 3)), dim)
