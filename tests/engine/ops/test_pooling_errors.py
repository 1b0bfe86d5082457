"""What a pooling refuses, and in which words."""

import numpy as np
import pytest

import engine
from engine import (
    RangeError,
    ShapeError,
    avg_pool2d,
    avg_pool2d_backward,
    global_avg_pool2d,
    lp_pool2d,
    lp_pool2d_backward,
    max_pool2d,
    max_pool2d_backward,
    subsample2d,
    subsample2d_backward,
)

X = [[[1, 2, 5, 3], [4, 0, 5, 1], [7, 7, 0, 2]]]


def test_padding_beyond_half_the_kernel_is_refused():
    with pytest.raises(RangeError, match="at most half its kernel_size"):
        max_pool2d(X, 2, padding=2)


def test_a_kernel_larger_than_the_input_is_refused():
    with pytest.raises(ShapeError, match="spans 5"):
        max_pool2d(X, 5)


def test_a_plane_without_channels_is_refused():
    with pytest.raises(ShapeError, match=r"\(N, C, H, W\)"):
        max_pool2d(X[0], 2)


def test_a_switch_outside_the_input_is_refused():
    with pytest.raises(RangeError, match=r"0\.\.2, got 3"):
        max_pool2d_backward([[[1]]], [[[3]]], (1, 1, 3))


def test_a_switch_that_is_no_whole_number_is_refused():
    with pytest.raises(RangeError, match="switches must be whole numbers, got float64"):
        max_pool2d_backward([[[1]]], [[[0.5]]], (1, 1, 3))


def test_shapes_that_do_not_belong_together_are_refused():
    with pytest.raises(ShapeError, match="do not belong together"):
        max_pool2d_backward([[[1]]], [[[0, 1]]], (1, 1, 3))


def test_a_window_wholly_on_padding_is_refused():
    with pytest.raises(RangeError, match=r"lies wholly on padding; lower padding or dilation \(4, 4\)"):
        max_pool2d(np.ones((1, 3, 3)), 2, padding=1, dilation=4)


def test_asymmetric_padding_beyond_half_the_kernel_is_refused():
    with pytest.raises(RangeError, match=r"kernel_size \(2, 2\), got \(\(0, 2\), \(0, 0\)\)"):
        avg_pool2d(X, 2, padding=((0, 2), (0, 0)))


@pytest.mark.parametrize("norm_type", [0, -1, np.inf, np.nan, True, "2", None])
def test_a_power_that_is_no_number_above_zero_is_refused(norm_type):
    with pytest.raises(RangeError, match="norm_type must be a number above 0, got"):
        lp_pool2d(X, norm_type, 2)


def test_a_weight_for_another_number_of_maps_is_refused():
    with pytest.raises(ShapeError, match=r"weight must hold one number for each of 1 maps, got shape \(2,\)"):
        subsample2d(X, [1, 2], [1])


@pytest.mark.parametrize("backward", [
    lambda grad: avg_pool2d_backward(grad, (1, 3, 4), 2),
    lambda grad: lp_pool2d_backward(grad, X, 2, 2),
    lambda grad: subsample2d_backward(grad, X, [1]),
    lambda grad: engine.trace.pool_backward(engine.trace.max_pool2d(X, 2), grad),
])  # fmt: skip
def test_a_gradient_of_another_shape_is_refused(backward):
    with pytest.raises(ShapeError, match=r"grad_output must have the output's shape \(1, 1, 2\), got \(1, 2, 2\)"):
        backward(np.ones((1, 2, 2)))


def test_the_mean_of_a_plane_without_channels_is_refused():
    with pytest.raises(ShapeError, match=r"\(N, C, H, W\)"):
        global_avg_pool2d(X[0])
