import numpy as np
import pytest
import torch

import engine
from engine import RangeError, ShapeError, max_pool2d, max_pool2d_backward

X = [[[1, 2, 5, 3], [4, 0, 5, 1], [7, 7, 0, 2]]]
CASES = {
    "side by side": {"kernel_size": 2},
    "overlapping": {"kernel_size": 3, "stride": 2},
    "padded": {"kernel_size": 3, "stride": 2, "padding": 1},
    "pairs": {"kernel_size": (2, 3), "stride": (3, 1), "padding": (1, 0)},
    "dilated": {"kernel_size": 2, "dilation": (2, 3)},
    "gaps": {"kernel_size": 1, "stride": (2, 3)},
}


def test_each_window_gives_its_largest_cell_and_where_it_lay():
    pooled = max_pool2d(X, (2, 2), stride=(1, 2))
    assert pooled.output.tolist() == [[[4, 5], [7, 5]]]
    assert pooled.switches.tolist() == [[[4, 2], [8, 6]]]  # of equal cells the first


@pytest.mark.parametrize("options", CASES.values(), ids=CASES)
def test_values_and_switches_equal_torch(rng, options):
    x = rng.normal(size=(2, 3, 9, 7))
    x[0, 0, :4, :4] = 1.5  # ties
    ours = max_pool2d(x, **options)
    output, switches = torch.nn.functional.max_pool2d(torch.tensor(x), **options, return_indices=True)
    np.testing.assert_array_equal(ours.output, output)
    np.testing.assert_array_equal(ours.switches, switches)


@pytest.mark.parametrize("options", CASES.values(), ids=CASES)
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


def test_padding_beyond_half_the_kernel_is_refused():
    with pytest.raises(RangeError, match="at most half its kernel_size"):
        max_pool2d(X, 2, padding=2)


def test_a_kernel_larger_than_the_input_is_refused():
    with pytest.raises(ShapeError, match="spans 5"):
        max_pool2d(X, 5)


def test_a_plane_without_channels_is_refused():
    with pytest.raises(ShapeError, match=r"\(N, C, H, W\)"):
        max_pool2d(X[0], 2)


@pytest.mark.parametrize("options", CASES.values(), ids=CASES)
def test_the_gradient_equals_torch(rng, options):
    x = torch.tensor(rng.normal(size=(2, 3, 9, 7)), requires_grad=True)
    output = torch.nn.functional.max_pool2d(x, **options)
    grad = rng.normal(size=output.shape)
    output.backward(torch.tensor(grad))
    ours = max_pool2d_backward(grad, max_pool2d(x.detach().numpy(), **options).switches, tuple(x.shape))
    np.testing.assert_allclose(ours, x.grad, rtol=1e-10, atol=1e-12)


def test_two_windows_with_the_same_winner_add_their_gradients():
    x = [[[0, 9, 0]]]
    switches = max_pool2d(x, (1, 2), stride=1).switches
    assert max_pool2d_backward([[[2, 3]]], switches, (1, 1, 3)).tolist() == [[[0, 5, 0]]]


def test_a_switch_outside_the_input_is_refused():
    with pytest.raises(RangeError, match=r"0\.\.2, got 3"):
        max_pool2d_backward([[[1]]], [[[3]]], (1, 1, 3))


def test_shapes_that_do_not_belong_together_are_refused():
    with pytest.raises(ShapeError, match="do not belong together"):
        max_pool2d_backward([[[1]]], [[[0, 1]]], (1, 1, 3))
