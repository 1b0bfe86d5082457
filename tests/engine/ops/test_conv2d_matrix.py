import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import engine
from engine import RangeError, ShapeError, conv2d, conv2d_backward, conv2d_matrix
from tests.engine.strategies import geometries

# Dumoulin & Visin 2016, sec. 4.1: a 3 x 3 kernel over 4 x 4 is this 4 x 16 matrix (0 stands for no entry).
KERNEL = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
MATRIX = [
    [1, 2, 3, 0, 4, 5, 6, 0, 7, 8, 9, 0, 0, 0, 0, 0],
    [0, 1, 2, 3, 0, 4, 5, 6, 0, 7, 8, 9, 0, 0, 0, 0],
    [0, 0, 0, 0, 1, 2, 3, 0, 4, 5, 6, 0, 7, 8, 9, 0],
    [0, 0, 0, 0, 0, 1, 2, 3, 0, 4, 5, 6, 0, 7, 8, 9],
]
CASES = {
    "plain": {},
    "stride": {"stride": (2, 3)},
    "padding larger than the kernel": {"padding": (4, 3)},
    "asymmetric padding": {"padding": ((2, 0), (0, 3))},
    "same": {"padding": "same", "stride": 2},
    "dilation": {"dilation": (2, 3), "padding": 2},
    "groups": {"groups": 2, "padding": 1},
    "depthwise": {"groups": 4},
}


def weight_for(rng, options):
    return rng.normal(size=(4, 4 // options.get("groups", 1), 3, 2))


def test_a_3_by_3_kernel_over_4_by_4_is_the_published_4_by_16_matrix():
    matrix = conv2d_matrix([[KERNEL]], 4)
    assert matrix.shape == (4, 16)
    assert matrix.dense().tolist() == MATRIX
    assert matrix.entries == 36


def test_its_transpose_is_its_rows_as_columns():
    transposed = conv2d_matrix([[KERNEL]], 4).T
    assert transposed.dense().tolist() == [list(column) for column in zip(*MATRIX, strict=True)]
    assert transposed.rows.tolist() == sorted(transposed.rows)


def test_an_entry_knows_its_weight_also_in_the_transpose():
    matrix = conv2d_matrix([[KERNEL]], 4)
    assert matrix.weights[matrix.row(3)].tolist() == list(range(9))
    for each in (matrix, matrix.T):
        assert np.array_equal(np.ravel(KERNEL)[each.weights], each.values)


def test_a_weight_of_zero_is_stored_and_padding_is_not():
    matrix = conv2d_matrix([[[[0, 7]]]], (1, 2), padding=((0, 0), (1, 0)))
    assert (matrix.rows.tolist(), matrix.columns.tolist()) == ([0, 1, 1], [0, 0, 1])
    assert (matrix.values.tolist(), matrix.weights.tolist()) == ([7, 0, 7], [1, 0, 1])


@pytest.mark.parametrize("options", CASES.values(), ids=CASES)
def test_forwards_it_is_the_convolution(rng, options):
    x, weight = rng.normal(size=(4, 7, 6)), weight_for(rng, options)
    matrix = conv2d_matrix(weight, (7, 6), **options)
    wanted = conv2d(x, weight, **options).ravel()
    np.testing.assert_allclose(matrix @ x.ravel(), wanted, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(matrix.dense() @ x.ravel(), wanted, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("options", CASES.values(), ids=CASES)
def test_backwards_its_transpose_is_the_gradient_of_the_input(rng, options):
    x, weight = rng.normal(size=(4, 7, 6)), weight_for(rng, options)
    grad = rng.normal(size=conv2d(x, weight, **options).shape)
    wanted = conv2d_backward(grad, x, weight, **options).input.ravel()
    np.testing.assert_allclose(
        conv2d_matrix(weight, (7, 6), **options).T @ grad.ravel(), wanted, rtol=1e-12, atol=1e-12
    )


def test_both_directions_equal_torch(rng):
    options = {"stride": (2, 1), "padding": (1, 2), "dilation": (1, 2), "groups": 2}
    x = torch.tensor(rng.normal(size=(1, 4, 7, 6)), requires_grad=True)
    weight = weight_for(rng, options)
    y = torch.nn.functional.conv2d(x, torch.tensor(weight), **options)
    grad = rng.normal(size=y.shape)
    y.backward(torch.tensor(grad))
    matrix = conv2d_matrix(weight, (7, 6), **options)
    np.testing.assert_allclose(matrix @ x.detach().numpy().ravel(), y.detach().numpy().ravel(), rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(matrix.T @ grad.ravel(), x.grad.numpy().ravel(), rtol=1e-10, atol=1e-12)


@given(geometries(), st.sampled_from([(1, 1, 1), (2, 3, 1), (4, 2, 2)]))
def test_any_legal_convolution_and_its_gradient_are_exactly_the_matrix(geometry, layer):
    filters, channels, groups = layer
    rng = np.random.default_rng(math.prod(geometry.input_size))
    x = rng.integers(-9, 10, size=(channels, *geometry.input_size))
    weight = rng.integers(-9, 10, size=(filters, channels // groups, *geometry.kernel_size))
    options = {"stride": geometry.stride, "padding": geometry.padding, "dilation": geometry.dilation, "groups": groups}
    matrix, y = conv2d_matrix(weight, geometry.input_size, **options), conv2d(x, weight, **options)
    assert np.array_equal(matrix @ x.ravel(), y.ravel())
    assert np.array_equal(matrix.T @ y.ravel(), conv2d_backward(y, x, weight, **options).input.ravel())


def test_a_matrix_of_vectors_is_multiplied_column_by_column(rng):
    matrix, vectors = conv2d_matrix([[KERNEL]], 4), rng.integers(-9, 10, size=(16, 3))
    assert np.array_equal(matrix @ vectors, np.array(MATRIX) @ vectors)


@pytest.mark.parametrize(("weight", "x", "dtype"), [
    (np.float32, np.float32, np.float32), (np.int8, np.uint8, np.int64), (np.int64, np.float64, np.float64),
])  # fmt: skip
def test_the_product_has_the_type_that_conv2d_computes_in(weight, x, dtype):
    product = conv2d_matrix(np.full((1, 1, 2, 2), 100, weight), 2) @ np.full(4, 200, x)
    assert product.dtype == dtype
    assert product.tolist() == [80_000]


def test_the_matrix_cannot_be_written_to():
    with pytest.raises(ValueError, match="read-only"):
        conv2d_matrix([[KERNEL]], 4).values[0] = 1


def test_a_step_shows_a_row_and_what_it_meets():
    x = np.arange(16)
    step = engine.trace.matrix_product(conv2d_matrix([[KERNEL]], 4), x)[2]
    assert step.index == (2,)
    assert step.columns.tolist() == [4, 5, 6, 8, 9, 10, 12, 13, 14] == step.x.tolist()
    assert (step.entries.tolist(), step.weights.tolist()) == (list(range(1, 10)), list(range(9)))
    assert step.products.tolist() == [4, 10, 18, 32, 45, 60, 84, 104, 126]
    assert step.partial_sums.tolist()[-1] == step.value == 483


def test_a_row_without_entries_gives_zero():
    trace = engine.trace.matrix_product(conv2d_matrix(np.ones((1, 1, 1, 1)), (1, 3), stride=2).T, [5.0, 7.0])
    assert [step.value for step in trace] == [5, 0, 7]
    assert len(trace[1].entries) == 0


@pytest.mark.parametrize("options", CASES.values(), ids=CASES)
def test_replaying_the_rows_is_the_product(rng, options):
    weight = rng.integers(-9, 10, size=weight_for(rng, options).shape)
    matrix = conv2d_matrix(weight, (7, 6), **options)
    for each in (matrix, matrix.T):
        vector = rng.integers(-9, 10, size=each.shape[1])
        assert np.array_equal(engine.trace.matrix_product(each, vector).replay(), each @ vector)


@pytest.mark.parametrize(("call", "error", "text"), [
    (lambda: conv2d_matrix(KERNEL, 4), ShapeError, r"weight must be .* got shape \(3, 3\)"),
    (lambda: conv2d_matrix([[KERNEL]], 2), ShapeError, "spans 3"),
    (lambda: conv2d_matrix([[KERNEL]] * 3, 4, groups=2), ShapeError, "3 filters cannot be divided into 2 groups"),
    (lambda: conv2d_matrix([[KERNEL]], 1001), RangeError, "may have 1000000 columns, this has 1002001"),
    (lambda: conv2d_matrix([[KERNEL]], 2**31 - 1), RangeError, "may have 1000000 columns"),
    (lambda: conv2d_matrix([[KERNEL]], 400), RangeError, "may have 1000000 entries, this has 1425636"),
    (lambda: conv2d_matrix([[[[1]]]], 100).dense(), RangeError, "16000000 cells, this has 10000 x 10000"),
    (lambda: conv2d_matrix([[KERNEL]], 4) @ np.ones(15), ShapeError, r"16 columns multiplies .* got shape \(15,\)"),
    (lambda: conv2d_matrix([[KERNEL]], 4) @ np.ones((16, 1, 1)), ShapeError, "multiplies"),
    (lambda: np.ones(4) @ conv2d_matrix([[KERNEL]], 4), TypeError, "unsupported operand"),
    (lambda: engine.trace.matrix_product(conv2d_matrix([[[[1]]]], 4), np.ones((16, 2))), ShapeError, "one vector"),
])  # fmt: skip
def test_what_does_not_fit_is_refused(call, error, text):
    with pytest.raises(error, match=text):
        call()
