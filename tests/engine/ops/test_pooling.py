import numpy as np
import pytest

import engine
from engine import (
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
from tests.engine.numerical import numerical_gradient

X = [[[1, 2, 5, 3], [4, 0, 5, 1], [7, 7, 0, 2]]]
CASES = {
    "side by side": {"kernel_size": 2},
    "overlapping": {"kernel_size": 3, "stride": 2},
    "padded": {"kernel_size": 3, "stride": 2, "padding": 1},
    "asymmetric padding": {"kernel_size": (2, 3), "stride": (3, 1), "padding": ((0, 1), (1, 0))},
    "ceil": {"kernel_size": (3, 2), "stride": (2, 3), "padding": (1, 0), "ceil_mode": True},
}
MAX_CASES = CASES | {"dilated": {"kernel_size": 2, "dilation": (2, 3)}}
LP_CASES = {name: options for name, options in CASES.items() if "padding" not in options} | {
    "ceil": {"kernel_size": (3, 2), "stride": (2, 3), "ceil_mode": True}
}
each_max_case = pytest.mark.parametrize("options", MAX_CASES.values(), ids=MAX_CASES)
each_case = pytest.mark.parametrize("options", CASES.values(), ids=CASES)


def test_each_window_gives_its_largest_cell_and_where_it_lay():
    pooled = max_pool2d(X, (2, 2), stride=(1, 2))
    assert pooled.output.tolist() == [[[4, 5], [7, 5]]]
    assert pooled.switches.tolist() == [[[4, 2], [8, 6]]]  # of equal cells the first


@each_max_case
def test_replaying_the_trace_equals_the_operation(rng, options):
    x = rng.integers(-99, 99, size=(2, 3, 9, 7))
    trace, pooled = engine.trace.max_pool2d(x, **options), max_pool2d(x, **options)
    assert np.array_equal(trace.replay(), pooled.output)
    assert [step.switch for step in trace] == pooled.switches.ravel().tolist()


def test_a_step_shows_the_window_and_the_winner():
    step = engine.trace.max_pool2d(X, 2, padding=1)[1]
    assert (step.rows, step.columns) == ((-1, 0), (1, 2))
    assert step.inside.tolist() == [[False, False], [True, True]]
    assert step.window[1].tolist() == [2, 5]
    assert (step.winner, step.switch, step.value) == ((1, 1), 2, 5)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.uint8, np.int64, np.bool_])
def test_the_dtype_is_kept_and_padding_never_wins(dtype):
    x = np.zeros((1, 2, 3), dtype)
    output = max_pool2d(x, 2, padding=1).output
    assert output.dtype == dtype
    assert not output.any()


def test_a_nan_wins():
    assert np.isnan(max_pool2d([[[1.0, np.nan], [9.0, 3.0]]], 2).output).all()


def test_two_windows_with_the_same_winner_add_their_gradients():
    x = [[[0, 9, 0]]]
    switches = max_pool2d(x, (1, 2), stride=1).switches
    assert max_pool2d_backward([[[2, 3]]], switches, (1, 1, 3)).tolist() == [[[0, 5, 0]]]


def test_a_tie_is_won_by_the_first_cell_in_row_order_and_counted():
    step = engine.trace.max_pool2d([[[0, 7, 1], [7, 2, 7]]], (2, 3))[0]
    assert (step.winner, step.switch, step.ties) == ((0, 1), 1, 3)


def test_minus_infinity_wins_against_padding():
    assert max_pool2d(np.full((1, 2, 2), -np.inf), 2, padding=1).switches.tolist() == [[[0, 1], [2, 3]]]


def test_the_last_of_several_nans_wins_in_operation_and_trace():
    x = [[[1, np.nan, 2], [np.nan, 5, 6], [1, np.nan, 9]]]
    assert max_pool2d(x, 3).switches.tolist() == [[[7]]]
    assert engine.trace.max_pool2d(x, 3)[0].switch == 7


def test_a_pool_of_single_cells_does_not_share_memory_with_its_input():
    x = np.arange(6.0).reshape(1, 2, 3)
    pooled, averaged = max_pool2d(x, 1), avg_pool2d(x, 1)
    x[:] = 9
    assert pooled.output.tolist() == averaged.tolist() == [[[0, 1, 2], [3, 4, 5]]]
    assert pooled.switches.tolist() == [[[0, 1, 2], [3, 4, 5]]]


def test_ceil_mode_rounds_the_size_up():
    x = np.arange(36).reshape(1, 6, 6)
    assert max_pool2d(x, 3, stride=2).output.tolist() == [[[14, 16], [26, 28]]]
    assert max_pool2d(x, 3, stride=2, ceil_mode=True).output.tolist() == [[[14, 16, 17], [26, 28, 29], [32, 34, 35]]]


def test_the_last_window_of_ceil_mode_has_to_start_on_the_input_or_the_padding_before_it():
    # 3 wide, windows of 2 every 2, padding 1: ceil((5 - 2) / 2) + 1 = 3, but the third would start on column 3
    assert max_pool2d(np.ones((1, 2, 3)), 2, stride=2, padding=1, ceil_mode=True).output.shape == (1, 2, 2)


def test_an_average_divides_by_the_cells_of_its_window():
    x = [[[1, 2, 3], [4, 5, 6], [7, 8, 9]]]
    assert avg_pool2d(x, 2).tolist() == [[[3]]]  # (1 + 2 + 4 + 5) / 4
    assert avg_pool2d(x, 2, ceil_mode=True).tolist() == [[[3, 4.5], [7.5, 9]]]  # (3 + 6) / 2, (7 + 8) / 2, 9 / 1
    assert avg_pool2d(x, 2, padding=1).tolist() == [[[0.25, 1.25], [2.75, 7]]]  # 1 / 4, (2 + 3) / 4, ...
    assert avg_pool2d(x, 2, padding=1, count_include_pad=False).tolist() == [[[1, 2.5], [5.5, 7]]]


def test_the_gradient_of_an_average_spreads_evenly_and_overlaps_add():
    grad = avg_pool2d_backward([[[4, 8]]], (1, 1, 3), (1, 2), stride=1)
    assert grad.tolist() == [[[2, 6, 4]]]


def test_an_average_of_bytes_does_not_overflow():
    assert avg_pool2d(np.full((1, 2, 2), 250, np.uint8), 2).tolist() == [[[250]]]


def test_the_mean_of_each_map_keeps_its_axes():
    assert global_avg_pool2d([[[1, 3], [5, 7]], [[0, 0], [0, 2]]]).tolist() == [[[4]], [[0.5]]]


def test_lp_pooling_goes_from_the_sum_to_the_maximum():
    x = [[[3, 4], [0, 0]]]
    assert lp_pool2d(x, 1, 2).tolist() == [[[7]]]
    assert lp_pool2d(x, 2, 2).tolist() == [[[5]]]
    assert lp_pool2d(x, 200, 2)[0, 0, 0] == pytest.approx(4)


def test_the_gradient_of_a_norm_is_the_direction():
    assert lp_pool2d_backward([[[10]]], [[[3, 4], [0, 0]]], 2, 2).tolist() == [[[6, 8], [0, 0]]]  # 10 * 3 / 5, ...


def test_subsampling_has_one_weight_and_one_bias_for_each_map():
    x = [[[1, 2], [3, 4]], [[1, 1], [1, 1]]]
    assert subsample2d(x, [2, 10], [1, -1]).tolist() == [[[21]], [[39]]]  # 10 * 2 + 1, 4 * 10 - 1
    grads = subsample2d_backward([[[3]], [[1]]], x, [2, 10])
    assert grads.input.tolist() == [[[6, 6], [6, 6]], [[10, 10], [10, 10]]]
    assert (grads.weight.tolist(), grads.bias.tolist()) == ([30, 4], [3, 1])


def traces(x):
    """Return (operation's result, trace) of every pooling but max."""
    maps = np.shape(x)[-3]
    weight, bias = np.arange(1, maps + 1), np.arange(maps) - 1
    for options in CASES.values():
        for counted in (True, False):
            given = {**options, "count_include_pad": counted}
            yield avg_pool2d(x, **given), engine.trace.avg_pool2d(x, **given)
    for options in LP_CASES.values():
        yield lp_pool2d(x, 2, **options), engine.trace.lp_pool2d(x, 2, **options)
    yield global_avg_pool2d(x), engine.trace.global_avg_pool2d(x)
    yield subsample2d(x, weight, bias, (2, 3)), engine.trace.subsample2d(x, weight, bias, (2, 3))


def test_replaying_any_trace_equals_its_operation(rng):
    for output, trace in traces(rng.normal(size=(2, 3, 9, 7))):
        assert trace.output_shape == output.shape
        np.testing.assert_allclose(trace.replay(), output, rtol=1e-12, atol=1e-12)


def test_replaying_any_trace_of_whole_numbers_is_exact(rng):
    for output, trace in traces(rng.integers(-99, 100, size=(3, 9, 7))):
        if "Lp" not in type(trace).__name__:  # a root is not whole
            assert trace.replay().tolist() == output.tolist()


@each_max_case
def test_replaying_the_gradients_trace_of_max_pooling_equals_the_gradient(rng, options):
    x = rng.integers(-9, 10, size=(2, 3, 9, 7))
    pooled = max_pool2d(x, **options)
    grad = rng.integers(-9, 10, size=pooled.output.shape)
    steps = engine.trace.pool_backward(engine.trace.max_pool2d(x, **options), grad)
    assert steps.replay().tolist() == max_pool2d_backward(grad, pooled.switches, x.shape).tolist()


@each_case
def test_replaying_the_gradients_trace_of_an_average_equals_the_gradient(rng, options):
    x = rng.normal(size=(3, 9, 7))
    trace = engine.trace.avg_pool2d(x, **options)
    grad = rng.normal(size=trace.output_shape)
    steps = engine.trace.pool_backward(trace, grad)
    np.testing.assert_allclose(steps.replay(), avg_pool2d_backward(grad, x.shape, **options), rtol=1e-12, atol=1e-12)


def test_replaying_the_gradients_traces_of_norm_and_subsampling_equals_the_gradients(rng):
    x, weight = rng.normal(size=(3, 9, 7)), rng.normal(size=3)
    options = {"kernel_size": 3, "stride": 2, "ceil_mode": True}
    norms, sums = engine.trace.lp_pool2d(x, 2, **options), engine.trace.subsample2d(x, weight, weight)
    grads = [rng.normal(size=trace.output_shape) for trace in (norms, sums)]
    wanted = lp_pool2d_backward(grads[0], x, 2, **options), subsample2d_backward(grads[1], x, weight).input
    for trace, grad, gradient in zip((norms, sums), grads, wanted, strict=True):
        replayed = engine.trace.pool_backward(trace, grad).replay()
        np.testing.assert_allclose(replayed, gradient, rtol=1e-12, atol=1e-12)


def test_a_step_of_the_gradient_tells_what_each_cell_of_the_window_gets():
    forward = engine.trace.max_pool2d([[[1, 5, 2], [0, 3, 4]]], 2, stride=1)
    step = engine.trace.pool_backward(forward, [[[7, 8]]])[1]
    assert (step.grad, step.shares.tolist(), step.value) == (8, [[8, 0], [0, 0]], 8)
    assert step.forward.columns == (1, 2)


@pytest.mark.parametrize("name", ["max", "average", "lp", "subsampling"])
def test_gradients_equal_central_differences(rng, name):
    x = rng.permutation(np.arange(1.0, 64)).reshape(1, 9, 7)  # far apart: no maximum changes hands
    options = {"kernel_size": 3, "stride": 2, "ceil_mode": True}
    forward, backward = {
        "max": (
            lambda t: max_pool2d(t, **options).output,
            lambda grad: max_pool2d_backward(grad, max_pool2d(x, **options).switches, x.shape),
        ),
        "average": (
            lambda t: avg_pool2d(t, **options),
            lambda grad: avg_pool2d_backward(grad, x.shape, **options),
        ),
        "lp": (lambda t: lp_pool2d(t, 3, **options), lambda grad: lp_pool2d_backward(grad, x, 3, **options)),
        "subsampling": (
            lambda t: subsample2d(t, [1.5], [2.0]),
            lambda grad: subsample2d_backward(grad, x, [1.5]).input,
        ),
    }[name]
    grad = rng.normal(size=forward(x).shape)
    numerical = numerical_gradient(lambda t: float((forward(t) * grad).sum()), x)
    np.testing.assert_allclose(backward(grad), numerical, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("kernel_size", "padding"), [(1, 0), ((1, 3), 0), ((3, 1), 0), (2, 0), (6, 3)])
def test_what_is_returned_lies_in_memory_row_by_row(kernel_size, padding):
    pooled = max_pool2d(np.ones((2, 3, 6, 6)), kernel_size, stride=1, padding=padding)
    assert pooled.output.flags.c_contiguous
    assert pooled.switches.flags.c_contiguous
    assert avg_pool2d(np.ones((2, 3, 6, 6)), kernel_size).flags.c_contiguous
