import numpy as np
import pytest

import engine
from engine import ShapeError
from engine.diagnose import conv2d_cell
from engine.ops.activation import identity, relu, sigmoid, tanh

STEP = 7


@pytest.fixture
def trace(rng):
    x, weight = rng.normal(size=(3, 7, 6)), rng.normal(size=(2, 3, 3, 2))
    return engine.trace.conv2d(x, weight, [1.5, -2.0])


def test_the_value_is_right(trace):
    assert conv2d_cell(trace[STEP].value, trace, STEP).right


def test_the_rounded_value_is_right(trace):
    assert conv2d_cell(round(trace[STEP].value, 2), trace, STEP).right


def test_a_wrong_guess_is_told_where_and_what(trace):
    verdict = conv2d_cell(123.25, trace, STEP)
    assert not verdict.right
    assert verdict.first_difference == (0, 1, 2)
    assert (verdict.expected, verdict.got, verdict.cause) == (trace[STEP].value, 123.25, None)


MISTAKES = {
    "no-bias": (lambda trace, step: step.products.sum(), {}),
    "one-channel": (lambda trace, step: step.channel_sums[2], {"channel": 2}),
    "flipped-kernel": (lambda trace, step: (step.window[:, ::-1, ::-1] * step.weight).sum() + step.bias, {}),
    "bias-per-channel": (lambda trace, step: step.products.sum() + 3 * step.bias, {}),
    "sign": (lambda trace, step: step.products.sum() - step.bias, {"of": "bias"}),
    "neighbour-window": (lambda trace, step: trace[STEP + 1].value, {"index": (0, 0, 1, 3)}),
}


@pytest.mark.parametrize("decimals", [15, 3])
@pytest.mark.parametrize("cause", MISTAKES)
def test_a_mistake_is_recognised(trace, cause, decimals):
    mistaken, detail = MISTAKES[cause]
    verdict = conv2d_cell(round(mistaken(trace, trace[STEP]), decimals), trace, STEP)
    assert (verdict.cause, verdict.detail) == (cause, detail)


@pytest.mark.parametrize("cause", MISTAKES)
def test_a_mistake_before_an_activation_is_recognised(trace, cause):
    mistaken, detail = MISTAKES[cause]
    verdict = conv2d_cell(tanh(mistaken(trace, trace[STEP])), trace, STEP, after=tanh)
    assert (verdict.cause, verdict.detail) == (cause, detail)


@pytest.mark.parametrize("after", [sigmoid, tanh])
def test_the_sum_before_an_activation_is_recognised(trace, after):
    verdict = conv2d_cell(round(trace[STEP].value, 3), trace, STEP, after=after)
    assert (verdict.cause, verdict.expected) == ("activation", after(trace[STEP].value))


def one_cell(*products, bias=0):
    x = np.array(products).reshape(-1, 1, 1)
    return engine.trace.conv2d(x, np.ones((1, *x.shape)), [bias])


@pytest.mark.parametrize(("guess", "right"), [(0.004, True), (0, False), (0.005, False), (0.0043, False)])
def test_a_small_activated_value_is_no_zero(guess, right):
    assert conv2d_cell(guess, one_cell(0.004), 0, after=relu).right == right


def test_the_activation_is_no_cause_where_it_changes_nothing():
    assert conv2d_cell(7, one_cell(5), 0, after=relu).cause is None


@pytest.mark.parametrize("guess", [1e-6, 0.4, 7])
def test_where_an_activation_gives_zero_for_everything_nothing_is_explained(guess):
    verdict = conv2d_cell(guess, one_cell(-5, -6), 0, after=lambda sums: sums * 0)
    assert (verdict.right, verdict.cause) == (False, None)


@pytest.mark.parametrize("after", [identity, relu])
def test_zero_is_right_where_the_terms_cancel(after):
    assert conv2d_cell(0, one_cell(0.1, 0.2, -0.3), 0, after=after).right


def test_the_same_window_under_another_filter_is_recognised(trace):
    other = trace.step_at((0, 1, 1, 2))
    assert conv2d_cell(other.value, trace, STEP).detail == {"index": (0, 1, 1, 2)}


def test_a_channel_of_a_group_keeps_its_number():
    trace = engine.trace.conv2d(np.array([1, 2, 4, 8]).reshape(4, 1, 1), np.ones((2, 2, 1, 1), int), groups=2)
    assert conv2d_cell(8, trace, 1).detail == {"channel": 3}


def test_two_numbers_are_no_guess(trace):
    with pytest.raises(ShapeError, match=r"guess must be one number, got shape \(2,\)"):
        conv2d_cell([1, 2], trace, STEP)


def test_a_word_is_no_guess(trace):
    with pytest.raises(ShapeError, match="guess must hold real numbers"):
        conv2d_cell("two", trace, STEP)
