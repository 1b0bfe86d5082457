import numpy as np
import pytest
import torch
from hypothesis import given
from torch.nn import functional

from engine import conv2d, conv2d_backward
from engine.geometry import resolve_padding
from engine.ops import windows
from tests.engine.cs231n import BIAS, OUTPUT, WEIGHT, X
from tests.engine.numerical import numerical_gradient
from tests.engine.strategies import geometries

CASES = {
    "plain": {},
    "stride": {"stride": 2},
    "stride of a pair": {"stride": (1, 3)},
    "stride larger than the kernel": {"stride": (4, 5)},
    "stride leaves an unused border": {"stride": (2, 3), "padding": (1, 0)},
    "padding": {"padding": 2},
    "padding of a pair": {"padding": (0, 3)},
    "padding larger than the kernel": {"padding": (4, 5)},
    "asymmetric padding": {"padding": ((2, 0), (1, 3)), "stride": (2, 1)},
    "same": {"padding": "same"},
    "same, dilated": {"padding": "same", "dilation": (3, 2)},
    "valid": {"padding": "valid"},
    "dilation": {"dilation": 2},
    "dilation of a pair": {"dilation": (3, 2), "padding": 1},
    "groups": {"groups": 2, "padding": 1},
    "depthwise": {"groups": 4, "stride": 2},
    "everything": {"groups": 2, "stride": (2, 1), "padding": (2, 1), "dilation": (1, 2)},
}
each_case = pytest.mark.parametrize("options", CASES.values(), ids=CASES)


def drawn(rng, options, batch=(3,), kernel_size=(3, 2)):
    weight = rng.normal(size=(8, 4 // options.get("groups", 1), *kernel_size))
    return rng.normal(size=(*batch, 4, 11, 9)), weight, rng.normal(size=8)


def torch_conv2d(x, weight, bias, **options):
    padding = options.pop("padding", 0)
    (top, bottom), (left, right) = resolve_padding(
        padding, x.shape[-2:], weight.shape[2:], dilation=options.get("dilation", 1)
    )
    return functional.conv2d(functional.pad(x, (left, right, top, bottom)), weight, bias, **options)


def close(actual, expected):
    np.testing.assert_allclose(actual, expected, rtol=1e-10, atol=1e-12)


def test_the_cs231n_example_gives_the_published_numbers():
    assert conv2d(X, WEIGHT, BIAS, stride=2, padding=1).tolist() == OUTPUT


def test_one_window_is_the_sum_of_its_products():
    assert conv2d([[[1, 2], [3, 4]]], [[[[10, 20], [30, 40]]]]).tolist() == [[[300]]]


def test_the_filter_is_not_flipped():
    assert conv2d([[[1, 0, 0]]], [[[[5, 7]]]]).tolist() == [[[5, 0]]]


def test_bias_is_added_once_however_many_channels():
    assert conv2d(np.ones((3, 1, 1)), np.ones((1, 3, 1, 1)), [10]).tolist() == [[[13.0]]]


@each_case
def test_conv2d_agrees_with_torch(rng, options):
    x, weight, bias = drawn(rng, options)
    expected = torch_conv2d(*map(torch.from_numpy, (x, weight, bias)), **options)
    close(conv2d(x, weight, bias, **options), expected)


@each_case
def test_backward_agrees_with_autograd(rng, options):
    arrays = drawn(rng, options)
    tensors = [torch.tensor(array, requires_grad=True) for array in arrays]
    output = torch_conv2d(*tensors, **options)
    grad_output = rng.normal(size=output.shape)
    output.backward(torch.from_numpy(grad_output))
    gradients = conv2d_backward(grad_output, arrays[0], arrays[1], **options)
    for gradient, tensor in zip(gradients, tensors, strict=True):
        close(gradient, tensor.grad)


@pytest.mark.parametrize("padding", ["same", 1, 0])
def test_pointwise_filters_agree_with_torch(rng, padding):
    x, weight, bias = drawn(rng, {}, kernel_size=(1, 1))
    expected = torch_conv2d(*map(torch.from_numpy, (x, weight, bias)), padding=padding)
    close(conv2d(x, weight, bias, padding=padding), expected)


@pytest.mark.parametrize("tile_bytes", [1, 3000, 30_000])
@pytest.mark.parametrize("options", [CASES["everything"], CASES["plain"]], ids=["everything", "plain"])
def test_the_size_of_a_tile_does_not_change_results(rng, monkeypatch, options, tile_bytes):
    x, weight, bias = drawn(rng, options)
    output = conv2d(x, weight, bias, **options)
    gradients = conv2d_backward(output, x, weight, **options)
    monkeypatch.setattr(windows, "TILE_BYTES", tile_bytes)
    close(conv2d(x, weight, bias, **options), output)
    for gradient, expected in zip(conv2d_backward(output, x, weight, **options), gradients, strict=True):
        close(gradient, expected)


@given(geometries())
def test_every_legal_geometry_gives_what_its_windows_say(geometry):
    x = np.arange(np.prod(geometry.input_size)).reshape(1, *geometry.input_size) % 7
    weight = np.arange(np.prod(geometry.kernel_size)).reshape(1, 1, *geometry.kernel_size) - 3
    options = {name: getattr(geometry, name) for name in ("stride", "padding", "dilation")}
    padded = np.pad(x[0], geometry.padding)
    rows = geometry.window_rows + geometry.padding[0][0]
    columns = geometry.window_columns + geometry.padding[1][0]
    windows = padded[rows[:, None, :, None], columns[None, :, None, :]]
    assert np.array_equal(conv2d(x, weight, **options)[0], (windows * weight).sum(axis=(2, 3)))


def test_the_oracle_rejects_true_convolution(rng):
    x, weight, _ = drawn(rng, {})
    flipped = conv2d(x, weight[:, :, ::-1, ::-1])
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        close(flipped, functional.conv2d(torch.from_numpy(x), torch.from_numpy(weight)))


def test_the_numerical_gradient_rejects_a_forgotten_factor(rng):
    x, weight = rng.normal(size=(1, 3, 3)), rng.normal(size=(1, 1, 2, 2))
    expected = numerical_gradient(lambda changed: (conv2d(changed, weight) ** 2).sum(), x)
    gradient = conv2d_backward(conv2d(x, weight), x, weight).input
    assert not np.allclose(gradient, expected, rtol=1e-3, atol=0)
    np.testing.assert_allclose(2 * gradient, expected, rtol=1e-5, atol=1e-7)


def test_same_with_stride_gives_the_size_divided_rounded_up(rng):
    x, weight, _ = drawn(rng, {})
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (0, 1)))
    output = conv2d(x, weight, stride=2, padding="same")
    assert output.shape == (3, 8, 6, 5)
    close(output, conv2d(padded, weight, stride=2))


@pytest.mark.parametrize("name", ["input", "weight"])
def test_gradients_are_the_derivatives(rng, name):
    x, weight = rng.normal(size=(2, 4, 5, 4)), rng.normal(size=(4, 2, 3, 2))
    options = {"stride": (2, 1), "padding": 1, "groups": 2}
    grad_output = rng.normal(size=conv2d(x, weight, **options).shape)
    losses = {
        "input": (lambda changed: (conv2d(changed, weight, **options) * grad_output).sum(), x),
        "weight": (lambda changed: (conv2d(x, changed, **options) * grad_output).sum(), weight),
    }
    gradient = getattr(conv2d_backward(grad_output, x, weight, **options), name)
    np.testing.assert_allclose(gradient, numerical_gradient(*losses[name]), rtol=1e-6, atol=1e-7)


def test_the_gradient_of_the_bias_counts_output_cells():
    gradients = conv2d_backward(np.ones((2, 1, 3, 3)), np.ones((2, 1, 5, 5)), np.ones((1, 1, 3, 3)))
    assert gradients.bias.tolist() == [18.0]


def test_the_unused_border_has_no_gradient():
    gradients = conv2d_backward(np.ones((1, 1, 1)), np.ones((1, 3, 3)), np.ones((1, 1, 2, 2)), stride=2)
    assert gradients.input.tolist() == [[[1, 1, 0], [1, 1, 0], [0, 0, 0]]]


def test_unbatched_gradients_equal_a_batch_of_one(rng):
    x, weight, _ = drawn(rng, {}, batch=())
    grad_output = rng.normal(size=conv2d(x, weight).shape)
    alone, batch = (
        conv2d_backward(grad_output, x, weight),
        conv2d_backward(grad_output[None], x[None], weight),
    )
    assert np.array_equal(alone.input, batch.input[0])
    assert np.array_equal(alone.weight, batch.weight)


def test_unbatched_equals_a_batch_of_one(rng):
    x, weight, bias = drawn(rng, {}, batch=())
    assert np.array_equal(conv2d(x, weight, bias), conv2d(x[None], weight, bias)[0])


def test_conv2d_is_linear_in_x(rng):
    x, weight, _ = drawn(rng, {})
    other = rng.normal(size=x.shape)
    close(conv2d(2 * x - 3 * other, weight), 2 * conv2d(x, weight) - 3 * conv2d(other, weight))


def test_batch_rows_do_not_mix(rng):
    x, weight, bias = drawn(rng, {})
    changed = x.copy()
    changed[1] = 0
    before, after = conv2d(x, weight, bias), conv2d(changed, weight, bias)
    assert np.array_equal(before[[0, 2]], after[[0, 2]])
    assert not np.array_equal(before[1], after[1])


@pytest.mark.parametrize("layout", ["channels last", "reversed", "every second"])
def test_memory_layout_does_not_matter(rng, layout):
    x, weight, bias = drawn(rng, {})
    views = {
        "channels last": np.ascontiguousarray(x.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2),
        "reversed": np.ascontiguousarray(x[..., ::-1])[..., ::-1],
        "every second": np.repeat(x, 2, axis=3)[..., ::2],
    }
    close(conv2d(views[layout], weight, bias, padding=1), conv2d(x, weight, bias, padding=1))
    close(conv2d(views[layout], weight[..., :1, :1]), conv2d(x, weight[..., :1, :1]))


def test_inputs_are_not_mutated(rng):
    arrays = drawn(rng, {})
    copies = [array.copy() for array in arrays]
    conv2d_backward(conv2d(*arrays, padding=1), *arrays[:2], padding=1)
    assert all(map(np.array_equal, arrays, copies))


def test_read_only_inputs_are_accepted(rng):
    arrays = drawn(rng, {})
    for array in arrays:
        array.flags.writeable = False
    assert conv2d(*arrays).flags.writeable


def test_the_result_does_not_share_memory_with_x():
    x = np.ones((1, 2, 2))
    conv2d(x, np.ones((1, 1, 1, 1)))[:] = 7
    assert x.max() == 1


@pytest.mark.parametrize(
    ("x", "weight", "expected"),
    [
        ("float64", "float64", "float64"),
        ("float32", "float32", "float32"),
        ("float16", "float16", "float16"),
        ("float32", "float64", "float64"),
        ("uint8", "float32", "float32"),
        ("int32", "float32", "float64"),
        ("uint8", "uint8", "int64"),
        ("bool", "bool", "int64"),
        ("int64", "int64", "int64"),
    ],
)
@pytest.mark.parametrize("kernel_size", [1, 2])
def test_the_dtype_is_the_common_one(x, weight, expected, kernel_size):
    x, weight = np.ones((3, 4, 5), x), np.ones((2, 3, kernel_size, kernel_size), weight)
    output = conv2d(x, weight)
    assert output.dtype == expected
    assert {gradient.dtype for gradient in conv2d_backward(output, x, weight)} == {np.dtype(expected)}


def test_bytes_do_not_overflow():
    x, weight = np.full((3, 4, 4), 255, np.uint8), np.full((1, 3, 2, 2), 255, np.uint8)
    assert conv2d(x, weight)[0, 0, 0] == 12 * 255**2


def test_integers_beyond_float64_stay_exact():
    assert conv2d([[[2**53 + 1]]], [[[[1]]]]).tolist() == [[[2**53 + 1]]]


def test_float32_agrees_with_torch_in_float32(rng):
    x, weight, bias = (array.astype(np.float32) for array in drawn(rng, {}))
    expected = functional.conv2d(*map(torch.from_numpy, (x, weight, bias)))
    np.testing.assert_allclose(conv2d(x, weight, bias), expected, rtol=1e-4, atol=1e-5)
