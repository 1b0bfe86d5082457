"""Every pooling against torch: C, H and W all different, all the options, legal geometry at random."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st

import engine
from engine.geometry import Geometry

SHAPE = (2, 3, 10, 7)
WINDOWS = {
    "side by side": {"kernel_size": 2},
    "overlapping": {"kernel_size": 3, "stride": 2},
    "gaps": {"kernel_size": 1, "stride": (2, 3)},
    "pairs": {"kernel_size": (2, 3), "stride": (3, 1)},
    "stride larger than the kernel": {"kernel_size": 2, "stride": (5, 4)},
    "one window": {"kernel_size": (10, 7)},
}
CASES = {
    f"{name}, padding {padding}, {'ceil' if ceil_mode else 'floor'}": {
        **options,
        "padding": padding,
        "ceil_mode": ceil_mode,
    }
    for name, options in WINDOWS.items()
    for padding in (0, 1, (1, 0), (0, 1))
    for ceil_mode in (False, True)
    if np.all(2 * np.array(padding) <= options["kernel_size"])
}
MAX_CASES = CASES | {
    "dilated": {"kernel_size": 2, "dilation": (2, 3)},
    "dilated, padded, ceil": {"kernel_size": 3, "stride": 2, "padding": 1, "dilation": (3, 2), "ceil_mode": True},
}
LP_CASES = {name: options for name, options in CASES.items() if not np.any(options["padding"])}
each_case = pytest.mark.parametrize("options", CASES.values(), ids=CASES)
each_max_case = pytest.mark.parametrize("options", MAX_CASES.values(), ids=MAX_CASES)


def close(ours, torchs):
    assert ours.shape == tuple(torchs.shape)
    np.testing.assert_allclose(ours, torchs.detach(), rtol=1e-10, atol=1e-12)


def differentiated(rng, x, operation):
    """Return torch's output, a random gradient of it, and the gradient of x."""
    given_x = torch.tensor(x, requires_grad=True)
    output = operation(given_x)
    grad = rng.normal(size=output.shape)
    output.backward(torch.tensor(grad))
    return output, grad, given_x.grad


@each_max_case
def test_max_pooling_gives_torchs_values_switches_and_gradient(rng, options):
    x = rng.normal(size=SHAPE)
    x[0, 0, :5, :5] = 1.5  # ties
    ours = engine.max_pool2d(x, **options)
    output, grad, grad_x = differentiated(rng, x, lambda t: F.max_pool2d(t, **options))
    _, switches = F.max_pool2d(torch.tensor(x), **options, return_indices=True)
    np.testing.assert_array_equal(ours.output, output.detach())
    np.testing.assert_array_equal(ours.switches, switches)
    close(engine.max_pool2d_backward(grad, ours.switches, x.shape), grad_x)


@pytest.mark.parametrize("count_include_pad", [True, False])
@each_case
def test_average_pooling_gives_torchs_values_and_gradient(rng, options, count_include_pad):
    options = {**options, "count_include_pad": count_include_pad}
    x = rng.normal(size=SHAPE)
    output, grad, grad_x = differentiated(rng, x, lambda t: F.avg_pool2d(t, **options))
    close(engine.avg_pool2d(x, **options), output)
    close(engine.avg_pool2d_backward(grad, x.shape, **options), grad_x)


@pytest.mark.parametrize("norm_type", [1, 2, 3, 1.5])
@pytest.mark.parametrize("options", LP_CASES.values(), ids=LP_CASES)
def test_lp_pooling_gives_torchs_values_and_gradient(rng, options, norm_type):
    options = {name: value for name, value in options.items() if name != "padding"}
    x = rng.uniform(0.1, 3, size=SHAPE)
    output, grad, grad_x = differentiated(rng, x, lambda t: F.lp_pool2d(t, norm_type, **options))
    close(engine.lp_pool2d(x, norm_type, **options), output)
    close(engine.lp_pool2d_backward(grad, x, norm_type, **options), grad_x)


def test_lp_pooling_of_negative_numbers_and_of_zeros_is_torchs(rng):
    x = np.array([[[-3.0, 4.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0], [-1.0, -1.0, 2.0, -3.0], [-1.0, 0.5, 1.0, 1.0]]])
    for norm_type in (1, 2, 3):
        output, grad, grad_x = differentiated(rng, x, lambda t, p=norm_type: F.lp_pool2d(t, p, 2))
        close(engine.lp_pool2d(x, norm_type, 2), output)
        close(engine.lp_pool2d_backward(grad, x, norm_type, 2), grad_x)
    assert engine.lp_pool2d(x, 2, 2)[0, 0].tolist() == [5, 0]
    assert np.isnan(engine.lp_pool2d(x, 3, 2)[0, 1, 0])


def test_global_average_pooling_gives_torchs_values_and_gradient(rng):
    x = rng.normal(size=SHAPE)
    output, grad, grad_x = differentiated(rng, x, lambda t: F.adaptive_avg_pool2d(t, 1))
    close(engine.global_avg_pool2d(x), output)
    close(engine.global_avg_pool2d_backward(grad, x.shape), grad_x)


@pytest.mark.parametrize("kernel_size", [2, (3, 2)])
def test_subsampling_is_torchs_depthwise_convolution_with_equal_weights(rng, kernel_size):
    x, weight, bias = rng.normal(size=SHAPE), rng.normal(size=3), rng.normal(size=3)
    rows, columns = np.broadcast_to(kernel_size, 2).tolist()
    tensors = [torch.tensor(values, requires_grad=True) for values in (x, weight, bias)]
    filters = tensors[1].reshape(3, 1, 1, 1).expand(3, 1, rows, columns)
    output = F.conv2d(tensors[0], filters, tensors[2], stride=(rows, columns), groups=3)
    grad = rng.normal(size=output.shape)
    output.backward(torch.tensor(grad))
    close(engine.subsample2d(x, weight, bias, kernel_size), output)
    ours = engine.subsample2d_backward(grad, x, weight, kernel_size)
    for got, wanted in zip(ours, tensors, strict=True):
        close(got, wanted.grad)


@pytest.mark.parametrize("ceil_mode", [False, True])
def test_asymmetric_padding_is_torchs_on_an_input_padded_beforehand(rng, ceil_mode):
    x = rng.normal(size=SHAPE)
    options = {"stride": (2, 3), "ceil_mode": ceil_mode}
    lowest = F.pad(torch.tensor(x), (0, 1, 1, 0), value=-np.inf)
    zeros = F.pad(torch.tensor(x), (0, 1, 1, 0))
    padding = ((1, 0), (0, 1))  # top, bottom; left, right
    close(engine.max_pool2d(x, 3, padding=padding, **options).output, F.max_pool2d(lowest, 3, **options))
    close(engine.avg_pool2d(x, 3, padding=padding, **options), F.avg_pool2d(zeros, 3, **options))


@st.composite
def poolings(draw):
    """Draw a size and every option that torch takes for it."""
    kernel = draw(st.tuples(st.integers(1, 5), st.integers(1, 5)))
    options = {
        "kernel_size": kernel,
        "stride": draw(st.tuples(st.integers(1, 6), st.integers(1, 6))),
        "padding": tuple(draw(st.integers(0, size // 2)) for size in kernel),
        "ceil_mode": draw(st.booleans()),
    }
    dilation = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    spans = [gap * (size - 1) + 1 for gap, size in zip(dilation, kernel, strict=True)]
    return tuple(draw(st.integers(span, 20)) for span in spans), options, dilation


@given(poolings(), st.integers(0, 2**32 - 1))
def test_every_legal_pooling_is_torchs(drawn, seed):
    size, options, dilation = drawn
    x = np.random.default_rng(seed).integers(-4, 5, size=(2, 3, *size)).astype(float)  # ties are frequent
    ours = engine.max_pool2d(x, **options, dilation=dilation)
    output, switches = F.max_pool2d(torch.tensor(x), **options, dilation=dilation, return_indices=True)
    np.testing.assert_array_equal(ours.output, output)
    np.testing.assert_array_equal(ours.switches, switches)
    close(engine.avg_pool2d(x, **options), F.avg_pool2d(torch.tensor(x), **options))
    inside = engine.avg_pool2d(x, **options, count_include_pad=False)
    close(inside, F.avg_pool2d(torch.tensor(x), **options, count_include_pad=False))


@given(poolings())
def test_what_each_window_reads_is_told_in_two_ways_alike(drawn):
    size, options, dilation = drawn
    geometry = Geometry.of(size, **options, dilation=dilation)
    for axis, windows in enumerate((geometry.window_rows, geometry.window_columns)):
        for place, (cells, read) in enumerate(geometry.reads(axis)):
            inside = (windows[:, place] >= 0) & (windows[:, place] < size[axis])
            assert np.flatnonzero(inside).tolist() == list(range(cells.start, cells.stop))
            assert windows[inside, place].tolist() == list(range(size[axis]))[read]
