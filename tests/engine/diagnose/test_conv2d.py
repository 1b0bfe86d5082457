import numpy as np
import pytest

from engine import RangeError, ShapeError, conv2d
from engine.diagnose import conv2d_answer
from engine.ops.activation import identity, relu, sigmoid, tanh
from tests.engine.cs231n import BIAS, OUTPUT, WEIGHT, X

OPTIONS = {"stride": 2, "padding": 1}


@pytest.fixture
def problem(rng):
    return {
        "x": rng.normal(size=(3, 7, 6)),
        "weight": rng.normal(size=(4, 3, 3, 2)),
        "bias": rng.normal(size=4),
    }


def diagnosis(answer, problem, **options):
    verdict = conv2d_answer(answer, **problem, **options)
    return verdict.cause, verdict.detail


def test_the_published_numbers_are_right():
    verdict = conv2d_answer(OUTPUT, X, WEIGHT, BIAS, **OPTIONS)
    assert verdict.right
    assert (verdict.cause, verdict.first_difference) == (None, None)


def test_one_wrong_number_is_found_and_not_explained():
    answer = np.array(OUTPUT)
    answer[1, 0, 2] += 4
    verdict = conv2d_answer(answer, X, WEIGHT, BIAS, **OPTIONS)
    assert not verdict.right
    assert verdict.first_difference == (1, 0, 2)
    assert (verdict.expected, verdict.got, verdict.cause) == (-3, 1, None)


@pytest.mark.parametrize("decimals", [1, 2, 3, 8])
def test_a_rounded_answer_is_right(problem, decimals):
    assert conv2d_answer(np.round(conv2d(**problem), decimals), **problem).right


def test_a_rounded_answer_with_one_slip_is_wrong(problem):
    answer = np.round(conv2d(**problem), 2)
    answer[2, 1, 1] += 0.02
    assert conv2d_answer(answer, **problem).first_difference == (2, 1, 1)


def test_zeros_are_no_rounding_of_small_numbers(problem):
    small = {**problem, "weight": problem["weight"] / 100, "bias": None}
    assert not conv2d_answer(np.zeros((4, 5, 5)), **small).right


def test_an_answer_in_float32_is_right(problem):
    arrays = {name: array.astype(np.float32) for name, array in problem.items()}
    assert conv2d_answer(conv2d(**arrays), **problem).right


def test_a_nan_in_the_answer_is_a_difference(problem):
    answer = conv2d(**problem)
    answer[0, 0, 1] = np.nan
    assert conv2d_answer(answer, **problem).first_difference == (0, 0, 1)


MISTAKES = {
    "flipped-kernel": (lambda x, w, b: conv2d(x, w[:, :, ::-1, ::-1], b), {}),
    "no-bias": (lambda x, w, _: conv2d(x, w), {}),
    "bias-per-channel": (lambda x, w, b: conv2d(x, w, 3 * b), {}),
    "sign": (lambda x, w, b: conv2d(x, -w, b), {"of": "weight"}),
    "filters-swapped": (lambda x, w, b: conv2d(x, w, b)[[1, 0, 3, 2]], {"order": (1, 0, 3, 2)}),
    "channels-swapped": (lambda x, w, b: conv2d(x[::-1], w, b), {"order": (2, 1, 0)}),
    "swapped-axes": (lambda x, w, b: conv2d(x, w, b).swapaxes(1, 2), {"of": "output"}),
    "channels-last": (lambda x, w, b: np.moveaxis(conv2d(x, w, b), 0, -1), {"of": "output"}),
    "other-stride": (lambda x, w, b: conv2d(x, w, b, stride=(2, 1)), {"stride": (2, 1)}),
    "other-padding": (lambda x, w, b: conv2d(x, w, b, padding=1), {"padding": ((1, 1), (1, 1))}),
    "other-dilation": (lambda x, w, b: conv2d(x, w, b, dilation=2), {"dilation": (2, 2)}),
}


@pytest.mark.parametrize("cause", MISTAKES)
def test_a_mistake_is_recognised(problem, cause):
    mistaken, detail = MISTAKES[cause]
    answer = mistaken(problem["x"], problem["weight"], problem["bias"])
    assert diagnosis(answer, problem) == (cause, detail)


@pytest.mark.parametrize("cause", MISTAKES)
def test_a_rounded_mistake_is_recognised(problem, cause):
    mistaken, detail = MISTAKES[cause]
    answer = np.round(mistaken(problem["x"], problem["weight"], problem["bias"]), 2)
    assert diagnosis(answer, problem) == (cause, detail)


@pytest.mark.parametrize("after", [relu, sigmoid, tanh])
@pytest.mark.parametrize("cause", MISTAKES)
def test_a_mistake_before_an_activation_is_recognised(problem, cause, after):
    mistaken, detail = MISTAKES[cause]
    answer = after(mistaken(problem["x"], problem["weight"], problem["bias"]))
    assert diagnosis(answer, problem, after=after) == (cause, detail)


@pytest.mark.parametrize("after", [relu, sigmoid, tanh])
def test_the_sums_before_an_activation_are_recognised(problem, after):
    assert diagnosis(np.round(conv2d(**problem), 2), problem, after=after) == ("activation", {})


@pytest.mark.parametrize("after", [relu, sigmoid, tanh])
def test_an_activated_answer_may_be_rounded(problem, after):
    answer = np.round(after(conv2d(**problem)), 2)
    assert conv2d_answer(answer, **problem, after=after).right
    answer[2, 1, 1] += 0.02
    assert conv2d_answer(answer, **problem, after=after).first_difference == (2, 1, 1)


SMALL = np.array([[[0.004, 0.003], [0.002, 0.001]]])


@pytest.mark.parametrize("answer", [np.zeros((1, 2, 2)), SMALL + 0.004, np.round(SMALL, 2)], ids=str)
def test_an_activation_makes_no_small_number_right(answer):
    assert conv2d_answer(SMALL, SMALL, [[[[1]]]], after=relu).right
    assert not conv2d_answer(answer, SMALL, [[[[1]]]], after=relu).right


def test_the_activation_is_no_cause_where_it_changes_nothing():
    assert conv2d_answer(SMALL + 1, SMALL, [[[[1]]]], after=relu).cause is None


@pytest.mark.parametrize("off", [1e-6, 0.004, 0.4, 1.0, 25.0])
def test_what_gives_the_right_answer_explains_no_wrong_one(rng, off):
    x, weight = -rng.integers(1, 9, size=(2, 4, 4)), rng.integers(1, 9, size=(2, 2, 3, 3))
    verdict = conv2d_answer(np.full((2, 2, 2), off), x, weight, [0, 0], after=relu)
    assert (verdict.right, verdict.expected, verdict.cause) == (False, 0, None)


@pytest.mark.parametrize("after", [identity, relu])
def test_zeros_are_right_where_the_terms_cancel(after):
    x, weight = np.array([0.1, 0.2, 0.3]).reshape(3, 1, 1), [[[[1]], [[1]], [[-1]]]]
    assert conv2d_answer([[[0]]], x, weight, after=after).right


def test_the_numbers_of_a_float32_answer_are_right_in_any_type(problem):
    answer = sigmoid(conv2d(**problem)).astype(np.float32).astype(np.float64)
    assert conv2d_answer(answer, **problem, after=sigmoid).right


def test_stride_and_padding_mistaken_together_are_recognised(problem):
    answer = conv2d(**problem, stride=1, padding=1)
    detail = {"stride": (1, 1), "padding": ((1, 1), (1, 1))}
    assert diagnosis(answer, problem, stride=2) == ("other-stride", detail)


def test_a_mistaken_stride_of_the_same_output_size_is_recognised():
    x, weight = np.arange(36.0).reshape(1, 6, 6), np.ones((1, 1, 3, 3))
    answer = conv2d(x, weight, stride=2)
    assert answer.shape == conv2d(x, weight, stride=3).shape
    assert conv2d_answer(answer, x, weight, stride=3).detail == {"stride": (2, 2)}


def test_a_transposed_input_is_recognised(rng, problem):
    square = {**problem, "x": rng.normal(size=(3, 7, 7))}
    answer = conv2d(square["x"].swapaxes(1, 2), square["weight"], square["bias"])
    assert diagnosis(answer, square) == ("swapped-axes", {"of": "input"})


def test_an_input_read_in_the_wrong_axis_order_is_recognised(problem):
    reread = problem["x"].reshape(7, 6, 3).transpose(2, 0, 1)
    answer = conv2d(reread, problem["weight"], problem["bias"])
    assert diagnosis(answer, problem) == ("channels-last", {"of": "input"})


def test_a_shape_is_explained_even_if_the_numbers_are_wrong(problem):
    cause, detail = diagnosis(np.zeros((4, 3, 3)), problem)
    assert cause == "wrong-shape"
    assert detail == {"wanted": (4, 5, 5), "got": (4, 3, 3), "stride": (2, 2)}


SHAPES = {
    "stride": ((2, 5, 5), {"stride": (1, 1)}),
    "stride before padding": ((2, 2, 2), {"stride": (3, 3)}),
    "one axis": ((2, 5, 3), {"stride": (1, 2)}),
    "padding": ((2, 4, 4), {"padding": ((2, 2), (2, 2))}),
    "two options": ((2, 7, 7), {"stride": (1, 1), "padding": ((2, 2), (2, 2))}),
}


@pytest.mark.parametrize(("shape", "changes"), SHAPES.values(), ids=SHAPES)
def test_a_wrong_shape_names_only_options_that_differ(shape, changes):
    verdict = conv2d_answer(np.zeros(shape), X, WEIGHT, BIAS, **OPTIONS)
    options = {name: value for name, value in verdict.detail.items() if name not in ("wanted", "got")}
    assert (verdict.cause, options) == ("wrong-shape", changes)


def test_a_wrong_shape_may_come_from_the_dilation_alone():
    verdict = conv2d_answer(np.zeros((1, 7, 7)), np.ones((1, 9, 9)), np.ones((1, 1, 2, 2)))
    assert verdict.detail == {"wanted": (1, 8, 8), "got": (1, 7, 7), "dilation": (2, 2)}


@pytest.mark.parametrize("shape", [(4, 99, 99), (2, 5, 5), (5, 5), ()])
def test_a_shape_that_no_option_gives_is_only_told(problem, shape):
    verdict = conv2d_answer(np.zeros(shape), **problem)
    assert (verdict.cause, verdict.first_difference) == ("wrong-shape", None)
    assert verdict.detail == {"wanted": (4, 5, 5), "got": shape}


def test_numbers_out_of_nowhere_have_no_cause(problem, rng):
    assert diagnosis(rng.normal(size=(4, 5, 5)), problem) == (None, {})


def test_a_batch_is_refused():
    with pytest.raises(ShapeError, match=r"x must be one image \(C, H, W\), got shape \(1, 1, 3, 3\)"):
        conv2d_answer([[[1]]], np.ones((1, 1, 3, 3)), np.ones((1, 1, 3, 3)))


def test_an_answer_in_words_is_refused(problem):
    with pytest.raises(ShapeError, match="answer must hold real numbers"):
        conv2d_answer("three", **problem)


def test_the_problem_is_checked_like_the_operation(problem):
    with pytest.raises(RangeError, match="stride must be at least 1, got 0"):
        conv2d_answer([[[1]]], **problem, stride=0)
