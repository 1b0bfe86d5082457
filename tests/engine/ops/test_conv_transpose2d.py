import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional

import engine
from engine import RangeError, ShapeError, conv2d, conv2d_backward, conv_transpose2d, conv_transpose2d_backward
from engine.geometry import Geometry, transposed_geometry
from engine.ops import windows
from tests.engine.numerical import numerical_gradient
from tests.engine.strategies import geometries, small

CASES = {
    "plain": {},
    "stride": {"stride": 2},
    "stride of a pair": {"stride": (1, 3)},
    "stride larger than the kernel": {"stride": (4, 5)},
    "padding": {"padding": 1},
    "padding of a pair": {"stride": 2, "padding": (2, 1)},
    "padding larger than the stamp reaches over": {"stride": (3, 2), "padding": (4, 3)},
    "output_padding": {"stride": (2, 3), "output_padding": (1, 2)},
    "output_padding below the dilation": {"dilation": 3, "output_padding": (2, 1)},
    "output_padding of a stride larger than the kernel": {"stride": 5, "output_padding": (4, 3), "padding": 1},
    "dilation": {"dilation": (3, 2)},
    "groups": {"groups": 2, "padding": 1},
    "depthwise": {"groups": 4, "stride": 2},
    "everything": {"groups": 2, "stride": (2, 3), "padding": (1, 2), "output_padding": (1, 2), "dilation": (2, 1)},
}
each_case = pytest.mark.parametrize("options", CASES.values(), ids=CASES)


def drawn(rng, options, batch=(3,), kernel_size=(3, 2)):
    weight = rng.normal(size=(4, 6 // options.get("groups", 1) if options.get("groups", 1) != 4 else 2, *kernel_size))
    filters = weight.shape[1] * options.get("groups", 1)
    return rng.normal(size=(*batch, 4, 7, 5)), weight, rng.normal(size=filters)


def close(actual, expected):
    np.testing.assert_allclose(actual, expected, rtol=1e-10, atol=1e-12)


def test_every_cell_stamps_the_filter_and_overlaps_add():
    x, weight = [[[1, 2], [3, 4]]], [[[[1, 1, 1], [1, 1, 1], [1, 1, 1]]]]
    assert conv_transpose2d(x, weight, stride=2).tolist() == [
        [
            [1, 1, 3, 2, 2],
            [1, 1, 3, 2, 2],
            [4, 4, 10, 6, 6],
            [3, 3, 7, 4, 4],
            [3, 3, 7, 4, 4],
        ]
    ]


def test_the_filter_is_stamped_as_it_is_and_not_flipped():
    assert conv_transpose2d([[[0, 1, 0]]], [[[[5, 7]]]]).tolist() == [[[0, 5, 7, 0]]]


def test_padding_crops_each_side_by_its_own_amount():
    x, weight = [[[1, 2, 3]]], [[[[1, 10]]]]
    assert conv_transpose2d(x, weight).tolist() == [[[1, 12, 23, 30]]]
    assert conv_transpose2d(x, weight, padding=((0, 0), (2, 1))).tolist() == [[[23]]]


def test_output_padding_adds_cells_that_only_hold_the_bias():
    assert conv_transpose2d([[[3]]], [[[[2]]]], [1], stride=2, output_padding=(0, 1)).tolist() == [[[7, 1]]]


def test_output_padding_uncovers_what_padding_cropped_at_the_end():
    options = {"stride": 2, "padding": (0, 1)}
    assert conv_transpose2d([[[1, 2]]], [[[[1, 2, 3]]]], **options).tolist() == [[[2, 5, 4]]]
    assert conv_transpose2d([[[1, 2]]], [[[[1, 2, 3]]]], **options, output_padding=(0, 1)).tolist() == [[[2, 5, 4, 6]]]


@each_case
def test_conv_transpose2d_agrees_with_torch(rng, options):
    x, weight, bias = drawn(rng, options)
    expected = functional.conv_transpose2d(*map(torch.from_numpy, (x, weight, bias)), **options)
    close(conv_transpose2d(x, weight, bias, **options), expected)


@each_case
def test_backward_agrees_with_autograd(rng, options):
    arrays = drawn(rng, options)
    tensors = [torch.tensor(array, requires_grad=True) for array in arrays]
    output = functional.conv_transpose2d(*tensors, **options)
    grad_output = rng.normal(size=output.shape)
    output.backward(torch.from_numpy(grad_output))
    gradients = conv_transpose2d_backward(grad_output, arrays[0], arrays[1], **options)
    for gradient, tensor in zip(gradients, tensors, strict=True):
        close(gradient, tensor.grad)


@pytest.mark.parametrize("options", [{}, {"dilation": 2, "output_padding": 1}], ids=["plain", "output_padding"])
def test_pointwise_filters_agree_with_autograd(rng, options):
    arrays = drawn(rng, {}, kernel_size=(1, 1))
    tensors = [torch.tensor(array, requires_grad=True) for array in arrays]
    output = functional.conv_transpose2d(*tensors, **options)
    close(conv_transpose2d(*arrays, **options), output.detach())
    (output**2).sum().backward()
    gradients = conv_transpose2d_backward(2 * output.detach().numpy(), arrays[0], arrays[1], **options)
    for gradient, tensor in zip(gradients, tensors, strict=True):
        close(gradient, tensor.grad)


def test_asymmetric_padding_crops_the_uncropped_output(rng):
    x, weight, bias = drawn(rng, {})
    whole = conv_transpose2d(x, weight, bias, stride=2)
    assert np.array_equal(conv_transpose2d(x, weight, bias, stride=2, padding=((2, 0), (1, 3))), whole[:, :, 2:, 1:-3])


def test_gradients_with_asymmetric_padding_agree_with_central_differences(rng):
    x, weight, bias = drawn(rng, {"groups": 2}, batch=())
    options = {"groups": 2, "stride": 2, "padding": ((2, 0), (1, 3)), "dilation": (1, 2)}
    output = conv_transpose2d(x, weight, bias, **options)
    gradients = conv_transpose2d_backward(2 * output, x, weight, **options)
    inputs = (x, weight, bias)
    for k, gradient in enumerate(gradients):

        def loss(changed, k=k):
            return (conv_transpose2d(*(changed if i == k else inputs[i] for i in range(3)), **options) ** 2).sum()

        np.testing.assert_allclose(gradient, numerical_gradient(loss, inputs[k]), rtol=1e-5, atol=1e-6)


@given(geometries())
def test_it_is_the_gradient_of_every_convolution(geometry):
    options = {name: getattr(geometry, name) for name in ("stride", "padding", "dilation")}
    rng = np.random.default_rng(7)
    x = rng.integers(-9, 9, size=(2, *geometry.input_size))
    weight = rng.integers(-9, 9, size=(3, 2, *geometry.kernel_size))
    grad = rng.integers(-9, 9, size=(3, *geometry.output_size))
    whole = conv_transpose2d(grad, weight, stride=options["stride"], dilation=options["dilation"])
    (top, bottom), (left, right) = (geometry.padding[0], geometry.padding[1])
    reached = np.pad(whole, ((0, 0), (0, geometry.unused[0]), (0, geometry.unused[1])))
    rows, columns = slice(top, reached.shape[1] - bottom), slice(left, reached.shape[2] - right)
    assert np.array_equal(reached[:, rows, columns], conv2d_backward(grad, x, weight, **options).input)


def test_output_padding_chooses_among_the_inputs_that_a_stride_makes_alike(rng):
    weight = rng.normal(size=(4, 3, 3, 3))
    for size, output_padding in ((10, 0), (11, 1), (12, 2)):
        x = rng.normal(size=(3, size, size))
        y = conv2d(x, weight, stride=3, padding=1)
        back = conv_transpose2d(y, weight, stride=3, padding=1, output_padding=output_padding)
        assert (y.shape, back.shape) == ((4, 4, 4), x.shape)
        close(back, conv2d_backward(y, x, weight, stride=3, padding=1).input)


@st.composite
def options_of(draw):
    stride, dilation = (draw(st.tuples(small, small)) for _ in range(2))
    return {
        "stride": stride,
        "dilation": dilation,
        "padding": tuple(draw(st.tuples(st.integers(0, 3), st.integers(0, 3))) for _ in range(2)),
        "output_padding": tuple(draw(st.integers(0, max(stride[i], dilation[i]) - 1)) for i in (0, 1)),
    }


@given(st.tuples(small, small), st.tuples(small, small), options_of())
def test_every_legal_geometry_has_the_size_of_the_formula_and_both_traces_replay(size, kernel_size, options):
    rng = np.random.default_rng(3)
    x, weight = rng.integers(-9, 9, (2, *size)), rng.integers(-9, 9, (2, 1, *kernel_size))
    wanted = tuple(
        (size[i] - 1) * options["stride"][i]
        - sum(options["padding"][i])
        + options["dilation"][i] * (kernel_size[i] - 1)
        + 1
        + options["output_padding"][i]
        for i in (0, 1)
    )
    if min(wanted) < 1:
        with pytest.raises(ShapeError, match="lower padding"):
            conv_transpose2d(x, weight, **options)
        return
    output = conv_transpose2d(x, weight, [5], **options)
    assert output.shape[1:] == wanted
    assert np.array_equal(engine.trace.conv_transpose2d(x, weight, [5], **options).replay(), output)
    assert np.array_equal(engine.trace.conv_transpose2d_stamps(x, weight, [5], **options).replay(), output)


@each_case
def test_replaying_both_traces_gives_the_operation(rng, options):
    x, weight, bias = (rng.integers(-9, 9, array.shape) for array in drawn(rng, options, batch=(2,)))
    output = conv_transpose2d(x, weight, bias, **options)
    assert np.array_equal(engine.trace.conv_transpose2d(x, weight, bias, **options).replay(), output)
    assert np.array_equal(engine.trace.conv_transpose2d_stamps(x, weight, bias, **options).replay(), output)


def test_a_stamp_says_where_it_lands_and_what_is_cropped():
    step = engine.trace.conv_transpose2d_stamps([[[1, 2], [3, 4]]], [[[[1, 2], [3, 4]]]], stride=2, padding=1)[1]
    assert step.index == (0, 0, 0, 1)
    assert (step.rows, step.columns) == ((-1, 0), (1, 2))
    assert step.inside.tolist() == [[False, False], [True, False]]
    assert step.products.tolist() == [[[2, 4], [6, 8]]]
    assert (step.filters, step.value) == (range(1), 2)


def test_stamps_tell_how_the_output_stands_after_some_of_them():
    trace = engine.trace.conv_transpose2d_stamps([[[1, 2, 3]]], [[[[1, 10]]]], [100])
    assert trace.after(0).tolist() == [[[100, 100, 100, 100]]]
    assert trace.after(2).tolist() == [[[101, 112, 120, 100]]]


def test_a_gathered_cell_reads_the_zero_inserted_x_with_the_rotated_filter():
    trace = engine.trace.conv_transpose2d(
        [[[1, 2], [3, 4]]], [[[[1, 2, 3], [4, 5, 6], [7, 8, 9]]]], stride=2, padding=1
    )
    step = trace[1]
    assert trace.padding == (1, 1)
    assert (step.rows, step.columns) == ((-1, 0, 1), (0, 1, 2))
    assert step.read.tolist() == [[False] * 3, [True, False, True], [False] * 3]
    assert step.window.tolist() == [[[0, 0, 0], [1, 0, 2], [0, 0, 0]]]
    assert step.weight.tolist() == [[[9, 8, 7], [6, 5, 4], [3, 2, 1]]]
    assert step.value == 1 * 6 + 2 * 4


def test_zeros_are_inserted_between_the_cells_only():
    assert engine.zero_insert([[1, 2], [3, 4]], (2, 3)).tolist() == [[1, 0, 0, 2], [0, 0, 0, 0], [3, 0, 0, 4]]


@pytest.mark.parametrize("tile_bytes", [1, 3000])
def test_the_size_of_a_tile_does_not_change_results(rng, monkeypatch, tile_bytes):
    x, weight, bias = drawn(rng, CASES["everything"])
    output = conv_transpose2d(x, weight, bias, **CASES["everything"])
    gradients = conv_transpose2d_backward(output, x, weight, **CASES["everything"])
    monkeypatch.setattr(windows, "TILE_BYTES", tile_bytes)
    close(conv_transpose2d(x, weight, bias, **CASES["everything"]), output)
    for gradient, expected in zip(
        conv_transpose2d_backward(output, x, weight, **CASES["everything"]), gradients, strict=True
    ):
        close(gradient, expected)


@pytest.mark.parametrize("dtype", [np.float32, np.uint8, np.bool_])
def test_integers_are_added_exactly_and_floats_keep_their_type(dtype):
    output = conv_transpose2d(np.ones((1, 20, 20), dtype), np.ones((1, 1, 19, 19), dtype))
    assert output.dtype == (np.float32 if dtype == np.float32 else np.int64)
    assert output.max() == 361


def test_the_operations_do_not_change_their_inputs(rng):
    arrays = drawn(rng, CASES["everything"])
    copies = [array.copy() for array in arrays]
    output = conv_transpose2d(*arrays, **CASES["everything"])
    conv_transpose2d_backward(output, *arrays[:2], **CASES["everything"])
    assert all(np.array_equal(array, copy) for array, copy in zip(arrays, copies, strict=True))


REFUSED = {
    "channels": ({"x": np.ones((3, 5, 5))}, ShapeError, "weight expects 2 input channels, x has 3"),
    "groups": ({"groups": 3}, ShapeError, "2 input channels cannot be divided into 3 groups"),
    "bias": ({"bias": [1]}, ShapeError, r"bias must hold one number for each of 3 filters, got shape \(1,\)"),
    "axes of x": ({"x": np.ones((5, 5))}, ShapeError, r"x must be \(N, C, H, W\)"),
    "axes of weight": ({"weight": np.ones((2, 2, 2))}, ShapeError, r"weight must be \(C_in, C_out / groups"),
    "words": ({"padding": "same"}, RangeError, "padding of a transposed convolution must be numbers, got 'same'"),
    "everything cropped": ({"padding": 3}, ShapeError, "padding crops 6 of only 6 rows or columns; lower padding"),
    "output_padding": (
        {"stride": 2, "output_padding": 2},
        RangeError,
        "output_padding must be below stride 2 or dilation 1, got 2",
    ),
    "negative": ({"output_padding": -1}, RangeError, "output_padding must be at least 0, got -1"),
}


@pytest.mark.parametrize(("changes", "error", "text"), REFUSED.values(), ids=REFUSED)
def test_what_does_not_fit_is_refused_with_its_reason(changes, error, text):
    arguments = {"x": np.ones((2, 5, 5)), "weight": np.ones((2, 3, 2, 2)), **changes}
    with pytest.raises(error, match=text):
        conv_transpose2d(**arguments)


def test_a_gradient_of_another_shape_is_refused():
    with pytest.raises(ShapeError, match=r"output's shape \(1, 3, 3\), got \(1, 2, 2\)"):
        conv_transpose2d_backward(np.ones((1, 2, 2)), np.ones((1, 2, 2)), np.ones((1, 1, 2, 2)))


def test_the_geometry_is_that_of_the_convolution_that_is_transposed():
    assert transposed_geometry(3, 3, stride=2, padding=1) == Geometry.of(5, 3, stride=2, padding=1)
    assert transposed_geometry((3, 2), (2, 3), stride=(2, 3), output_padding=(1, 2)) == Geometry.of(
        (7, 8), (2, 3), stride=(2, 3)
    )


def test_the_oracle_rejects_a_flipped_filter(rng):
    x, weight, _ = drawn(rng, {})
    expected = functional.conv_transpose2d(torch.from_numpy(x), torch.from_numpy(weight))
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        close(conv_transpose2d(x, weight[:, :, ::-1, ::-1]), expected)
