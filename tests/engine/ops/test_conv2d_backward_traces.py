import numpy as np
import pytest
import torch

import engine
from engine import RangeError, ShapeError, conv2d, conv2d_backward
from engine.ops.conv2d_grad_input_trace import spread
from tests.engine.test_trace import CountedCells

CASES = {
    "plain": {},
    "stride": {"stride": (2, 3)},
    "stride larger than the kernel": {"stride": (4, 3)},
    "stride leaves an unused border": {"stride": (2, 5), "padding": (1, 0)},
    "padding larger than the kernel": {"padding": (4, 3)},
    "asymmetric padding": {"padding": ((2, 0), (0, 3)), "stride": (1, 2)},
    "same": {"padding": "same", "stride": 2},
    "dilation": {"dilation": (2, 3), "padding": 2},
    "groups": {"groups": 2, "padding": 1},
    "depthwise": {"groups": 4},
    "everything": {"groups": 2, "stride": (2, 1), "padding": ((2, 1), (0, 1)), "dilation": (1, 2)},
}
each_case = pytest.mark.parametrize("options", CASES.values(), ids=CASES)
VIEWS = {"input": ("scatter", "gather"), "weight": ("stamps", "weights")}
TRACES = {"input": engine.trace.conv2d_grad_input, "weight": engine.trace.conv2d_grad_weight}
each_view = pytest.mark.parametrize(("of", "view"), [(of, view) for of, views in VIEWS.items() for view in views])


def whole(rng, options, batch=(2,)):
    """grad_output, x and weight in whole numbers, C != H != W."""
    x = rng.integers(-9, 10, size=(*batch, 4, 7, 6))
    weight = rng.integers(-9, 10, size=(6 if options.get("groups") == 2 else 8, 4 // options.get("groups", 1), 3, 2))
    return rng.integers(-9, 10, size=conv2d(x, weight, **options).shape), x, weight


@pytest.fixture
def small():
    """dY (1, 2, 2), x (1, 3, 3), W (1, 1, 2, 2): everything in the head."""
    return [[[1, 2], [0, -1]]], [[[1, 0, 2], [3, 1, 0], [0, 2, 1]]], [[[[1, -1], [2, 0]]]]


@each_case
@each_view
def test_replaying_integers_is_exact(rng, of, view, options):
    arrays = whole(rng, options)
    replayed = TRACES[of](*arrays, view=view, **options).replay()
    assert np.array_equal(replayed, getattr(conv2d_backward(*arrays, **options), of))
    assert replayed.dtype == np.int64


@each_case
@each_view
def test_replaying_equals_the_gradient(rng, of, view, options):
    arrays = [part + rng.normal(size=part.shape) for part in whole(rng, options)]
    replayed = TRACES[of](*arrays, view=view, **options).replay()
    np.testing.assert_allclose(
        replayed, getattr(conv2d_backward(*arrays, **options), of), rtol=1e-12, atol=1e-12 * abs(replayed).max()
    )


@pytest.mark.parametrize("options", [{}, {"stride": 2, "padding": 1}, {"dilation": 2}, {"groups": 2, "stride": (2, 1)}])
@each_view
def test_replaying_agrees_with_autograd(rng, of, view, options):
    grad, x, weight = (part.astype(np.float64) for part in whole(rng, options))
    inputs = {"input": torch.tensor(x, requires_grad=True), "weight": torch.tensor(weight, requires_grad=True)}
    torch.nn.functional.conv2d(*inputs.values(), **options).backward(torch.tensor(grad))
    replayed = TRACES[of](grad, x, weight, view=view, **options).replay()
    np.testing.assert_allclose(replayed, inputs[of].grad, rtol=1e-10)


@each_case
def test_replaying_the_bias_is_exact(rng, options):
    arrays = whole(rng, options)
    assert np.array_equal(engine.trace.conv2d_grad_bias(arrays[0]).replay(), conv2d_backward(*arrays, **options).bias)


@each_view
def test_an_unbatched_input_gives_unbatched_gradients(rng, of, view):
    arrays = whole(rng, {}, batch=())
    expected = getattr(conv2d_backward(*arrays), of)
    replayed = TRACES[of](*arrays, view=view).replay()
    assert replayed.shape == expected.shape
    assert np.array_equal(replayed, expected)


def test_scatter_stamps_the_filter_times_the_cell(small):
    trace = engine.trace.conv2d_grad_input(*small)
    assert [step.value for step in trace] == [1, 2, 0, -1]
    assert trace[1].stamp.tolist() == [[[2, -2], [4, 0]]]
    assert (trace[1].rows, trace[1].columns) == ((0, 1), (1, 2))
    assert trace.running(1).tolist() == [[[1, -1, 0], [2, 0, 0], [0, 0, 0]]]
    assert trace.running(2).tolist() == [[[1, 1, -2], [2, 4, 0], [0, 0, 0]]]
    assert trace.running(4).tolist() == trace.replay().tolist() == [[[1, 1, -2], [2, 3, 1], [0, -2, 0]]]


def test_gather_reads_the_padded_gradient_with_the_turned_filter(small):
    step = engine.trace.conv2d_grad_input(*small, view="gather")[4]  # the cell in the middle
    assert step.weight.tolist() == [[[0, 2], [-1, 1]]]
    assert step.window.tolist() == [[[1, 2], [0, -1]]]
    assert step.products.tolist() == [[[0, 4], [0, -1]]]
    assert (step.rows, step.columns, step.value) == ((0, 1), (0, 1), 3)


def test_gather_at_a_corner_reads_padding(small):
    step = engine.trace.conv2d_grad_input(*small, view="gather")[0]
    assert step.inside.tolist() == [[False, False], [False, True]]
    assert (step.rows, step.grad_rows, step.value) == ((-1, 0), (-1, 0), 1)


def test_gather_reads_zeros_between_the_cells_of_a_strided_gradient():
    trace = engine.trace.conv2d_grad_input([[[5, 7]]], np.zeros((1, 1, 4)), [[[[1, 10]]]], view="gather", stride=2)
    assert trace.replay().tolist() == [[[5, 50, 7, 70]]]
    assert (trace[1].columns, trace[1].grad_columns) == ((0, 1), (0, -1))
    assert trace[1].window.tolist() == [[[5, 0]]]


def test_gather_swaps_the_axes_of_filters_and_channels(rng):
    arrays = whole(rng, {"groups": 2}, batch=())
    step = engine.trace.conv2d_grad_input(*arrays, view="gather", groups=2).step_at((0, 3, 2, 2))
    assert step.filters == range(3, 6)
    assert np.array_equal(step.weight, arrays[2][3:6, 1, ::-1, ::-1])


def test_the_spread_gradient_has_zeros_between_its_cells():
    geometry = engine.geometry.Geometry.of((5, 7), (1, 1), stride=(2, 3))
    grad = np.arange(1, 10).reshape(3, 3)
    assert spread(grad, geometry)[::2, ::3].tolist() == grad.tolist()
    assert spread(grad, geometry).shape == (5, 7)
    assert spread(grad, geometry).sum() == 45


def test_a_weight_stamp_is_the_window_times_the_cell(small):
    trace = engine.trace.conv2d_grad_weight(*small)
    assert trace[1].stamp.tolist() == [[[0, 4], [2, 0]]]
    assert trace.running(1).tolist() == [[[[1, 0], [3, 1]]]]
    assert trace.running(2).tolist() == [[[[1, 4], [5, 1]]]]
    assert trace.running(4).tolist() == trace.replay().tolist() == [[[[0, 4], [3, 0]]]]


def test_a_weight_collects_what_it_met(small):
    step = engine.trace.conv2d_grad_weight(*small, view="weights")[1]
    assert (step.rows, step.columns) == ((0, 1), (1, 2))
    assert step.window.tolist() == [[[0, 2], [1, 0]]]
    assert step.products.tolist() == [[[0, 4], [0, 0]]]
    assert step.value == 4


def test_a_bias_collects_its_whole_map(small):
    assert engine.trace.conv2d_grad_bias(small[0])[0].value == 2


@each_case
def test_running_gradients_grow_stamp_by_stamp(rng, options):
    arrays = whole(rng, options, batch=())
    for of, stamps in (("input", "scatter"), ("weight", "stamps")):
        trace = TRACES[of](*arrays, view=stamps, **options)
        middle = len(trace) // 2
        step, grown = trace[middle], trace.running(middle + 1) - trace.running(middle)
        shown = step.stamp[:, step.inside] if of == "input" else step.stamp
        assert grown.sum() == shown.sum()
        assert np.count_nonzero(grown) == np.count_nonzero(shown)
        assert np.array_equal(trace.running(len(trace)), trace.replay())


@pytest.mark.parametrize(("of", "view", "cells"), [("input", "scatter", 0), ("weight", "stamps", 9)])
def test_a_stamp_reads_its_window_and_no_more(of, view, cells):
    x = np.ones((1, 64, 60)).view(CountedCells)
    trace = TRACES[of](np.ones((1, 64, 60)), x, np.ones((1, 1, 3, 3)), view=view, padding=1)
    x.read[0] = 0
    assert trace[2000].stamp.sum() == 9
    assert x.read[0] == cells


@each_view
def test_steps_hold_read_only_arrays(small, of, view):
    step = TRACES[of](*small, view=view)[0]
    for name in {"window", "weight", "grad", "inside"} & set(type(step).__slots__):
        held = getattr(step, name)
        if isinstance(held, np.ndarray):
            assert not held.flags.writeable, name


def test_an_unknown_view_is_refused(small):
    with pytest.raises(RangeError, match="unknown view: sideways; have scatter, gather"):
        engine.trace.conv2d_grad_input(*small, view="sideways")
    with pytest.raises(RangeError, match="unknown view: scatter; have stamps, weights"):
        engine.trace.conv2d_grad_weight(*small, view="scatter")


@pytest.mark.parametrize("trace", TRACES.values(), ids=TRACES)
def test_a_gradient_of_another_shape_is_refused(small, trace):
    with pytest.raises(ShapeError, match=r"the output's shape \(1, 2, 2\), got \(1, 1, 2\)"):
        trace([[[1, 2]]], *small[1:])


def test_a_bias_needs_maps():
    with pytest.raises(ShapeError, match=r"must be \(N, C, H, W\) or \(C, H, W\), got shape \(2,\)"):
        engine.trace.conv2d_grad_bias([1, 2])


def test_a_cell_outside_is_refused(small):
    with pytest.raises(RangeError, match=r"no cell \(0, 0, 2, 0\) in an output of shape \(1, 1, 2, 2\)"):
        engine.trace.conv2d_grad_input(*small).step_at((0, 0, 2, 0))
