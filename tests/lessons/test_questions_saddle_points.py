"""Questions of "Saddle points": torch finds the eigenvalues and takes the steps; the lesson's numbers are checked."""

import math

import numpy as np
import pytest
import torch

from app.i18n import words
from app.lessons.questions.saddle_points import QUESTIONS
from engine.landscape import (
    SURFACES,
    basins,
    coin_share,
    curvature,
    drawn_field_shares,
    escaped_at,
    index_law,
    minima_share,
    minima_share_limit,
    parse,
    trajectory,
)

SEEDS = range(50)
EN = words("en")
SADDLE, TURNED = SURFACES["saddle"], parse("2*x*y")
NUDGES = (1e-3, 1e-8, 1e-16)


def causes(question):
    return {value: question.said(sentence, EN) for value, sentence in question.causes}


def escape(key, start, surface=SADDLE, lr=0.01, **options):
    path = trajectory(key, surface, start, 6000, lr=lr, **options)
    return escaped_at(path, surface, margin=1, radius=1)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_smaller_eigenvalue_is_the_one_torch_finds(seed):
    question = QUESTIONS["smaller-eigenvalue"](seed)
    v = question.values
    hessian = torch.tensor([[v["a"], v["b"]], [v["b"], v["c"]]], dtype=torch.float64)
    assert [question.answer, v["large"]] == pytest.approx(torch.linalg.eigvalsh(hessian).tolist())
    assert ("saddle" in v["kind"]) == (torch.linalg.det(hessian) < 0)


@pytest.mark.parametrize("seed", range(12))
def test_the_ridge_is_left_when_torch_has_left_it(seed):
    question = QUESTIONS["steps-off-the-ridge"](seed)
    v = question.values
    point = torch.tensor([-1.5, v["nudge"]], dtype=torch.float64, requires_grad=True)
    optimizer, steps = torch.optim.SGD([point], lr=v["lr"]), 0
    while point[1] <= 1:
        optimizer.zero_grad()
        (point[0] ** 2 - point[1] ** 2).backward()
        optimizer.step()
        steps += 1
    assert question.answer == steps == math.ceil(v["power"] * math.log(10) / math.log(v["factor"]))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_saddle_free_step_doubles_the_distance_along_the_ridge(seed):
    question = QUESTIONS["saddle-free-step"](seed)
    v = question.values
    y = torch.tensor(float(v["y"]), requires_grad=True)
    (-v["b"] * (y - v["q"]) ** 2).backward()
    assert question.answer == v["y"] - y.grad.item() / abs(-2 * v["b"]) == 2 * v["y"] - v["q"]
    assert "Newton's method" in causes(question)[v["q"]]


@pytest.mark.parametrize("seed", SEEDS)
def test_coins_leave_as_many_saddles_as_are_counted_out(seed):
    question = QUESTIONS["coins-and-saddles"](seed)
    v = question.values
    throws = torch.cartesian_prod(*[torch.tensor([0, 1])] * v["n"]).sum(dim=1)
    mixed = ((throws > 0) & (throws < v["n"])).double().mean()
    assert question.answer == v["count"] * mixed


def test_the_saddle_that_looks_like_a_minimum_along_the_axes():
    values, vectors = curvature(parse("x^2 + 4*x*y + y^2"), (0.0, 0.0))
    assert values == pytest.approx([-2, 6])
    assert vectors == pytest.approx(np.array([[1, -1], [1, 1]]) / math.sqrt(2))
    assert parse("x^2 + 4*x*y + y^2").value(3.0, -3.0) == -2 * 9


@pytest.mark.parametrize(("key", "steps"), [
    ("sgd", [349, 931, 1861]), ("momentum", [72, 185, 366]), ("nesterov", [67, 174, 345]),
    ("adagrad", [1942, 1942, 1943]), ("rmsprop", [24, 25, 26]), ("adam", [91, 91, 92]),
])  # fmt: skip
def test_the_table_of_escapes(key, steps):
    assert [escape(key, (-1.5, nudge)) for nudge in NUDGES] == steps
    assert escape(key, (-1.5, 0)) is None


def test_what_the_lesson_says_beside_the_table():
    assert round(math.log(10) / math.log(1.02)) == 116
    assert escape("adagrad", (-1.5, 1e-3), lr=0.1) == 25
    speed = np.roots([1, -(1 + 0.9 + 0.02), 0.9]).max()
    assert (round(speed, 3), round(math.log(10) / math.log(speed))) == (1.107, 23)
    path = trajectory("sgd", SADDLE, (-1.5, 1e-8), 1000, lr=0.01)
    assert (abs(SADDLE.value(path[:, 0], path[:, 1])) < 1e-3).sum() == 564


@pytest.mark.parametrize(("key", "steps"), [
    ("sgd", [349, 931]), ("momentum", [72, 185]), ("rmsprop", [184, 314]), ("adam", [430, 788]),
])  # fmt: skip
def test_a_saddle_turned_by_45_degrees_slows_those_who_go_by_signs(key, steps):
    assert curvature(TURNED, (0.0, 0.0)).values == pytest.approx([-2, 2])
    starts = [((-1.5 + nudge) / math.sqrt(2), (-1.5 - nudge) / math.sqrt(2)) for nudge in NUDGES[:2]]
    assert [escape(key, start, TURNED) for start in starts] == steps


def test_noise_drives_off_the_ridge():
    steps, quieter = ([escape("sgd", (-1.5, 0), noise=size, seed=seed) for seed in range(5)] for size in (0.01, 0.001))
    assert (min(steps), max(steps)) == (375, 567)
    assert [b - a for a, b in zip(steps, quieter, strict=True)] == pytest.approx([116] * 5, abs=1)


def test_newton_goes_into_the_saddle_and_the_saddle_free_one_out_of_it():
    assert trajectory("newton", SADDLE, (-1.5, 1e-3), 2)[1:].tolist() == [[0, 0], [0, 0]]
    path = trajectory("saddle-free-newton", SADDLE, (-1.5, 1e-8), 30)
    assert path[1] == pytest.approx([0, 2e-8], abs=1e-7)
    assert int((path[:, 1] > 1).argmax()) == 27
    start = ((-1.5 + 1e-8) / math.sqrt(2), (-1.5 - 1e-8) / math.sqrt(2))
    assert escape("saddle-free-newton", start, TURNED, lr=1.0) == 27


@pytest.mark.parametrize(("n", "coins", "matrices"), [
    (1, 0.5, 0.5), (2, 0.25, 0.146), (3, 0.125, 0.0249), (5, 0.031, 0.00014), (10, 0.00098, 2.3e-14),
    (20, 9.5e-7, 7.8e-52),
])  # fmt: skip
def test_the_table_of_minima(n, coins, matrices):
    assert (coin_share(n), minima_share(n)) == (pytest.approx(coins, rel=0.02), pytest.approx(matrices, rel=0.02))


def test_how_rare_minima_are():
    assert minima_share(2) == pytest.approx((2 - math.sqrt(2)) / 4)
    assert coin_share(100) == pytest.approx(1e-30, rel=0.3)
    assert minima_share_limit(12) == pytest.approx(3 ** (-(12**2) / 4))


@pytest.mark.parametrize(("height", "index"), [(0, 0.5), (-0.5, 0.34), (-1, 0.20), (-1.5, 0.07), (-2, 0)])
def test_the_index_falls_with_the_height(height, index):
    assert round(index_law(height), 2) == index


@pytest.mark.parametrize(("n", "share", "rounding"), [
    (2, 0.25, 0), (3, 0.123, 0.0005), (4, 0.06, 0.005), (5, 0.03, 0.005),
])  # fmt: skip
def test_all_heights_together_hold_more_minima(n, share, rounding):
    estimate = drawn_field_shares(n, 100_000, seed=2)[0]
    assert estimate.value == pytest.approx(share, abs=4 * estimate.error + rounding)


def test_newton_reaches_no_minimum_from_a_third_of_the_starts():
    ends = basins("newton", "himmelblau", (-6, 6, -6, 6), size=64, lr=1.0)
    assert (ends.labels < 0).mean() == pytest.approx(1 / 3, abs=0.05)
    free = basins("saddle-free-newton", "himmelblau", (-6, 6, -6, 6), size=64, lr=1.0)
    assert (free.labels >= 0).all()
