"""The gradient of a convolution's input in four ways that must be one: scatter, gather, C^T dy and conv2d_backward."""

import numpy as np
import pytest

import engine

CASES = {
    "plain": {},
    "stride": {"stride": (2, 3)},
    "stride larger than the kernel": {"stride": (4, 3)},
    "unused border": {"stride": (4, 5), "padding": (1, 0)},
    "padding": {"padding": (1, 2)},
    "padding larger than the kernel": {"padding": (4, 3)},
    "asymmetric padding": {"padding": ((2, 0), (1, 3)), "stride": (1, 2)},
    "same": {"padding": "same", "stride": 2},
    "dilation": {"dilation": (3, 2)},
    "dilation and stride": {"dilation": (2, 3), "stride": (3, 2), "padding": 2},
    "groups": {"groups": 2},
    "depthwise": {"groups": 4, "stride": 2, "padding": 1},
    "everything": {"groups": 2, "stride": (2, 1), "padding": ((2, 1), (0, 1)), "dilation": (1, 2)},
}
each_case = pytest.mark.parametrize("options", CASES.values(), ids=CASES)


def parts(rng, options):
    """x, weight and grad_output, C != H != W; fractions, so that the order of the sums shows."""
    x, weight = rng.normal(size=(4, 9, 7)), rng.normal(size=(8, 4 // options.get("groups", 1), 3, 2))
    return x, weight, rng.normal(size=engine.conv2d(x, weight, **options).shape)


@each_case
def test_scatter_gather_and_the_transposed_matrix_are_one_gradient(rng, options):
    x, weight, grad = parts(rng, options)
    scatter, gather = (
        engine.trace.conv2d_grad_input(grad, x, weight, view=view, **options).replay() for view in ("scatter", "gather")
    )
    transposed = engine.conv2d_matrix(weight, (9, 7), **options).T
    product = (transposed @ grad.ravel()).reshape(x.shape)
    row_by_row = engine.trace.matrix_product(transposed, grad.ravel()).replay().reshape(x.shape)
    direct = engine.conv2d_backward(grad, x, weight, **options).input
    assert np.abs(direct).max() > 1
    for other in (gather, product, row_by_row, transposed.dense() @ grad.ravel(), direct):
        np.testing.assert_allclose(other.reshape(x.shape), scatter, rtol=0, atol=1e-12)


@each_case
def test_stamps_and_single_weights_are_one_gradient(rng, options):
    x, weight, grad = parts(rng, options)
    stamps, weights = (
        engine.trace.conv2d_grad_weight(grad, x, weight, view=view, **options).replay()
        for view in ("stamps", "weights")
    )
    np.testing.assert_allclose(weights, stamps, rtol=0, atol=1e-12)
    np.testing.assert_allclose(engine.conv2d_backward(grad, x, weight, **options).weight, stamps, rtol=0, atol=1e-12)


@each_case
def test_forwards_the_rows_of_the_matrix_are_the_windows_of_the_convolution(rng, options):
    x, weight, grad = parts(rng, options)
    matrix = engine.conv2d_matrix(weight, (9, 7), **options)
    replayed = engine.trace.matrix_product(matrix, x.ravel()).replay().reshape(grad.shape)
    np.testing.assert_allclose(replayed, engine.trace.conv2d(x, weight, **options).replay(), rtol=0, atol=1e-12)
    # <dy, C x> = <C^T dy, x>
    np.testing.assert_allclose(grad.ravel() @ (matrix @ x.ravel()), (matrix.T @ grad.ravel()) @ x.ravel(), rtol=1e-12)


@each_case
def test_a_filter_turned_once_too_often_is_told_apart(rng, options):
    x, weight, grad = parts(rng, options)
    right = engine.trace.conv2d_grad_input(grad, x, weight, view="gather", **options).replay()
    turned = engine.conv2d_matrix(weight[:, :, ::-1, ::-1], (9, 7), **options).T @ grad.ravel()
    assert np.abs(turned.reshape(x.shape) - right).max() > 0.1
