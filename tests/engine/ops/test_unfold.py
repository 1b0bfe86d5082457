import numpy as np
import pytest
import torch
from hypothesis import given

from engine import RangeError, ShapeError, conv2d, fold, fold_backward, unfold, unfold_backward
from tests.engine.numerical import numerical_gradient
from tests.engine.strategies import geometries

X = [[[1, 2, 3], [4, 5, 6], [7, 8, 9]]]
CASES = {
    "plain": {"kernel_size": (3, 2)},
    "stride": {"kernel_size": 2, "stride": (3, 2)},
    "padding": {"kernel_size": (2, 3), "padding": (1, 2)},
    "dilation": {"kernel_size": (2, 3), "dilation": (3, 2)},
    "all at once": {"kernel_size": (3, 2), "stride": (2, 1), "padding": (2, 1), "dilation": (1, 2)},
    "gaps": {"kernel_size": 1, "stride": 3},
}


def test_each_window_is_a_column():
    assert unfold(X, 2).tolist() == [[1, 2, 4, 5], [2, 3, 5, 6], [4, 5, 7, 8], [5, 6, 8, 9]]


def test_fold_adds_each_column_where_its_window_was():
    assert fold(unfold(X, 2), 3, 2).tolist() == [[[1, 4, 3], [8, 20, 12], [7, 16, 9]]]  # read 1, 2 or 4 times


def test_padding_is_read_as_zero_and_dropped_on_the_way_back():
    columns = unfold([[[5]]], 2, padding=1)
    assert columns.tolist() == [[0, 0, 0, 5], [0, 0, 5, 0], [0, 5, 0, 0], [5, 0, 0, 0]]
    assert fold(columns + 100, 1, 2, padding=1).tolist() == [[[420]]]


@pytest.mark.parametrize("options", CASES.values(), ids=CASES)
def test_unfold_equals_torch(rng, options):
    x = rng.normal(size=(2, 3, 9, 7))
    np.testing.assert_array_equal(unfold(x, **options), torch.nn.functional.unfold(torch.tensor(x), **options))
    np.testing.assert_array_equal(unfold(x[1], **options), torch.nn.functional.unfold(torch.tensor(x[1]), **options))


@pytest.mark.parametrize("options", CASES.values(), ids=CASES)
def test_fold_equals_torch(rng, options):
    columns = rng.normal(size=unfold(np.zeros((2, 3, 9, 7)), **options).shape)
    theirs = torch.nn.functional.fold(torch.tensor(columns), (9, 7), **options)
    np.testing.assert_allclose(fold(columns, (9, 7), **options), theirs, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(fold(columns[1], (9, 7), **options), theirs[1], rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("options", CASES.values(), ids=CASES)
def test_the_gradients_equal_torch(rng, options):
    x = torch.tensor(rng.normal(size=(2, 3, 9, 7)), requires_grad=True)
    unfolded = torch.nn.functional.unfold(x, **options)
    grad = rng.normal(size=unfolded.shape)
    unfolded.backward(torch.tensor(grad))
    np.testing.assert_allclose(unfold_backward(grad, (9, 7), **options), x.grad, rtol=1e-10, atol=1e-12)
    columns = torch.tensor(grad, requires_grad=True)
    torch.nn.functional.fold(columns, (9, 7), **options).backward(x.detach())
    np.testing.assert_allclose(fold_backward(x.detach().numpy(), **options), columns.grad, rtol=1e-10, atol=1e-12)


def test_the_gradient_of_unfold_is_the_numerical_one(rng):
    options = {"kernel_size": (2, 3), "stride": (1, 2), "padding": 1}
    x = rng.normal(size=(2, 4, 5))
    grad = rng.normal(size=unfold(x, **options).shape)
    wanted = numerical_gradient(lambda z: float((unfold(z, **options) * grad).sum()), x)
    np.testing.assert_allclose(unfold_backward(grad, (4, 5), **options), wanted, rtol=1e-6, atol=1e-8)


@given(geometries())
def test_what_is_folded_back_is_each_pixel_as_often_as_it_was_read(geometry):
    options = {"stride": geometry.stride, "padding": geometry.padding, "dilation": geometry.dilation}
    x = np.arange(1, 1 + geometry.input_size[0] * geometry.input_size[1]).reshape(1, *geometry.input_size)
    back = fold(unfold(x, geometry.kernel_size, **options), geometry.input_size, geometry.kernel_size, **options)
    assert np.array_equal(back, x * geometry.uses)


def test_the_filters_as_rows_times_the_columns_is_the_convolution(rng):
    x, weight = rng.integers(-9, 10, size=(2, 3, 6, 5)), rng.integers(-9, 10, size=(4, 3, 3, 2))
    options = {"stride": (2, 1), "padding": 1}
    product = weight.reshape(4, -1) @ unfold(x, (3, 2), **options)
    assert np.array_equal(product.reshape(2, 4, 3, 6), conv2d(x, weight, **options))


@pytest.mark.parametrize(("dtype", "added"), [(np.float32, np.float32), (np.uint8, np.int64), (np.bool_, np.int64)])
def test_unfold_keeps_the_dtype_and_fold_adds_integers_exactly(dtype, added):
    columns = unfold(np.ones((1, 3, 3), dtype), 2)
    assert columns.dtype == dtype
    assert fold(columns, 3, 2).dtype == added


def test_the_columns_are_a_copy(rng):
    x = rng.normal(size=(1, 3, 4))
    before = x.copy()
    unfold(x, 1)[:] = 0
    assert np.array_equal(x, before)


@pytest.mark.parametrize(("call", "error", "text"), [
    (lambda: unfold(X[0], 2), ShapeError, r"\(N, C, H, W\) or \(C, H, W\)"),
    (lambda: unfold(X, 4), ShapeError, "spans 4"),
    (lambda: unfold(X, 2, stride=0), RangeError, "stride must be at least 1"),
    (lambda: fold([1, 2], 3, 2), ShapeError, r"got shape \(2,\)"),
    (lambda: fold(np.ones((3, 4)), 3, 2), ShapeError, "holds 4 numbers for each channel; 3 is no multiple"),
    (lambda: fold(np.ones((4, 5)), 3, 2), ShapeError, "make 4 windows, columns has 5"),
])  # fmt: skip
def test_what_does_not_fit_is_refused(call, error, text):
    with pytest.raises(error, match=text):
        call()
