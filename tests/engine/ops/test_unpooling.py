import numpy as np
import pytest
import torch

import engine
from engine import RangeError, ShapeError, max_pool2d, max_pool2d_backward, max_unpool2d, max_unpool2d_backward
from tests.engine.numerical import numerical_gradient

CASES = {
    "side by side": {"kernel_size": 2},
    "pairs": {"kernel_size": (2, 3)},
    "gaps": {"kernel_size": 2, "stride": (3, 4)},
    "padded": {"kernel_size": (2, 3), "stride": (2, 3), "padding": 1},
}
OVERLAPPING = {"overlapping": {"kernel_size": 3, "stride": 2}, "dense": {"kernel_size": (3, 2), "stride": 1}}
ALL_CASES = CASES | OVERLAPPING
each_case = pytest.mark.parametrize("options", CASES.values(), ids=CASES)
each_overlapping = pytest.mark.parametrize("options", OVERLAPPING.values(), ids=OVERLAPPING)


def test_values_return_to_where_they_were_found():
    switches = [[[4, 2], [8, 6]]]
    assert max_unpool2d([[[4, 5], [7, 9]]], switches, (3, 4)).tolist() == [[[0, 0, 5, 0], [4, 0, 9, 0], [7, 0, 0, 0]]]


@each_case
def test_max_unpool2d_agrees_with_torch(rng, options):
    pooled = max_pool2d(rng.normal(size=(2, 3, 9, 7)), **options)
    x = rng.normal(size=pooled.output.shape)
    expected = torch.ops.aten.max_unpool2d(torch.from_numpy(x), torch.from_numpy(pooled.switches), [9, 7])
    np.testing.assert_array_equal(max_unpool2d(x, pooled.switches, (9, 7)), expected)


@pytest.mark.parametrize("options", ALL_CASES.values(), ids=ALL_CASES)
def test_the_gradient_is_autograds_where_switches_are_shared_too(rng, options):
    pooled = max_pool2d(rng.normal(size=(2, 3, 9, 7)), **options)
    x = torch.tensor(rng.normal(size=pooled.output.shape), requires_grad=True)
    output = torch.ops.aten.max_unpool2d(x, torch.from_numpy(pooled.switches), [9, 7])
    grad = rng.normal(size=output.shape)
    output.backward(torch.from_numpy(grad))
    np.testing.assert_array_equal(max_unpool2d_backward(grad, pooled.switches), x.grad)


def test_the_gradient_is_autograds_of_functional_max_unpool2d(rng):
    x = torch.tensor(rng.normal(size=(2, 3, 8, 6)))
    values, switches = torch.nn.functional.max_pool2d(x, 2, return_indices=True)
    values.requires_grad_()
    back = torch.nn.functional.max_unpool2d(values, switches, 2)
    grad = rng.normal(size=back.shape)
    back.backward(torch.from_numpy(grad))
    np.testing.assert_array_equal(max_unpool2d_backward(grad, switches.numpy()), values.grad)


@each_case
def test_unpooling_what_was_pooled_keeps_every_maximum(rng, options):
    x = rng.normal(size=(2, 3, 9, 7))
    pooled = max_pool2d(x, **options)
    back = max_unpool2d(pooled.output, pooled.switches, (9, 7))
    assert np.array_equal(back[back != 0], x[back != 0])
    assert (back != 0).sum() == pooled.output.size


def test_of_values_that_share_a_switch_the_last_stays_while_the_gradient_adds():
    switches = max_pool2d([[[0, 9, 0, 0]]], (1, 3), stride=1).switches
    assert switches.tolist() == [[[1, 1]]]
    assert max_unpool2d([[[2, 3]]], switches, (1, 4)).tolist() == [[[0, 3, 0, 0]]]
    assert max_pool2d_backward([[[2, 3]]], switches, (1, 1, 4)).tolist() == [[[0, 5, 0, 0]]]


def test_values_that_share_a_switch_all_get_what_lies_there_although_one_was_overwritten():
    switches = [[[1, 1]]]
    assert max_unpool2d_backward([[[5, 7, 11, 13]]], switches).tolist() == [[[7, 7]]]
    values = np.array([[[2.0, 3.0]]])
    slopes = numerical_gradient(lambda x: float((max_unpool2d(x, switches, (1, 4)) @ [5, 7, 11, 13]).item()), values)
    np.testing.assert_allclose(slopes, [[[0, 7]]], atol=1e-8)  # of overwriting: the first does not count


@each_overlapping
def test_at_shared_switches_it_is_the_gradient_of_the_unpooling_that_adds(rng, options):
    pooled = max_pool2d(rng.normal(size=(2, 9, 7)), **options)
    assert sum(len(np.unique(plane)) for plane in pooled.switches) < pooled.switches.size
    values, grad = rng.normal(size=pooled.output.shape), rng.normal(size=(2, 9, 7))

    def loss(changed):
        return float((max_pool2d_backward(changed, pooled.switches, (2, 9, 7)) * grad).sum())

    gradient = max_unpool2d_backward(grad, pooled.switches)
    np.testing.assert_allclose(gradient, numerical_gradient(loss, values), rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose((gradient * values).sum(), loss(values), rtol=1e-12)  # <A^T g, v> = <g, A v>


@pytest.mark.parametrize("options", ALL_CASES.values(), ids=ALL_CASES)
def test_replaying_the_trace_gives_the_operation(rng, options):
    pooled = max_pool2d(rng.integers(-99, 99, size=(2, 3, 9, 7)), **options)
    trace = engine.trace.max_unpool2d(pooled.output, pooled.switches, (9, 7))
    assert np.array_equal(trace.replay(), max_unpool2d(pooled.output, pooled.switches, (9, 7)))


def test_a_step_says_what_goes_where():
    step = engine.trace.max_unpool2d([[[4, 5]]], [[[6, 2]]], (2, 4))[0]
    assert (step.index, step.switch, step.row, step.column, step.value) == ((0, 0, 0, 0), 6, 1, 2, 4)


def test_the_trace_tells_which_values_were_overwritten_so_far():
    trace = engine.trace.max_unpool2d([[[1, 2], [3, 4]]], [[[0, 2], [2, 0]]], (1, 3))
    assert [trace.after(steps).tolist()[0][0] for steps in range(5)] == [
        [0, 0, 0],
        [1, 0, 0],
        [1, 0, 2],
        [1, 0, 3],
        [4, 0, 3],
    ]
    assert trace.lost(2) == []
    assert trace.lost(3) == [(0, 0, 0, 1)]
    assert trace.lost(4) == [(0, 0, 0, 0), (0, 0, 0, 1)]


@pytest.mark.parametrize("dtype", [np.float32, np.int64, np.uint8, np.bool_])
def test_the_dtype_is_kept(dtype):
    assert max_unpool2d(np.ones((1, 1, 1), dtype), [[[2]]], (2, 2)).dtype == dtype


REFUSED = {
    "shapes": (([[[1, 2]]], [[[0]]], (2, 2)), ShapeError, r"shape of x \(1, 1, 2\), got \(1, 1, 1\)"),
    "outside": (([[[1]]], [[[4]]], (2, 2)), RangeError, r"switches must lie in 0\.\.3, got 4"),
    "below zero": (([[[1]]], [[[-1]]], (2, 2)), RangeError, r"switches must lie in 0\.\.3, got -1"),
    "fractions": (([[[1]]], [[[0.5]]], (2, 2)), RangeError, "switches must be whole numbers, got float64"),
    "axes": (([[1]], [[0]], (2, 2)), ShapeError, r"x must be \(N, C, H, W\)"),
    "no size": (([[[1]]], [[[0]]], (0, 2)), RangeError, "output_size must be at least 1, got 0"),
}


@pytest.mark.parametrize(("arguments", "error", "text"), REFUSED.values(), ids=REFUSED)
def test_what_does_not_fit_is_refused_with_its_reason(arguments, error, text):
    with pytest.raises(error, match=text):
        max_unpool2d(*arguments)


def test_a_gradient_of_other_channels_is_refused():
    with pytest.raises(ShapeError, match="do not belong together"):
        max_unpool2d_backward(np.ones((2, 4, 4)), np.zeros((1, 2, 2), np.int64))
