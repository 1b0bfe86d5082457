"""Learning rates tuned by a budget and a seed."""

import math

import numpy as np
import pytest

from engine import RangeError
from engine.landscape import SURFACES, escaped_at, learning_rates, trajectory, tune


def test_best_rate_is_the_one_whose_path_ends_lowest():
    tuned = tune("sgd", "rosenbrock", (-1.5, 2.0), 50, budget=12, tuning_seed=3)
    finals = []
    for lr in learning_rates(12, 3, 1e-4, 1.0):
        end = trajectory("sgd", "rosenbrock", (-1.5, 2.0), 50, lr=lr)[-1]
        finals.append((SURFACES["rosenbrock"].value(*end) if np.isfinite(end).all() else math.inf, lr))
    assert (tuned.score, tuned.lr) == min(finals)
    assert len(tuned.trials) == 12


def test_in_a_bowl_the_rate_nearest_to_1_is_best():
    # x = (1 - lr) x: one step with lr = 1 is at the minimum
    tuned = tune("sgd", "bowl", (1, 1), 5, budget=40, lowest=0.1, highest=1.9)
    assert abs(tuned.lr - 1) == min(abs(lr - 1) for lr, _ in tuned.trials)


def test_optimizers_tuned_alike_tried_the_same_rates():
    tried = [[lr for lr, _ in tune(key, "bowl", (1, 1), 3, budget=6).trials] for key in ("sgd", "adam", "adamw")]
    assert tried[0] == tried[1] == tried[2]
    assert all(1e-4 <= lr <= 1 for lr in tried[0])
    assert tried[0] != [lr for lr, _ in tune("sgd", "bowl", (1, 1), 3, budget=6, tuning_seed=1).trials]


def test_score_may_be_the_step_of_escape():
    def score(path):
        step = escaped_at(path, "saddle", margin=0.1, radius=0.1)
        return math.inf if step is None else step

    tuned = tune("sgd", "saddle", (0.5, 1e-3), 100, score=score, highest=0.4)
    assert tuned.lr == max(lr for lr, _ in tuned.trials)  # the larger the rate, the sooner
    assert tuned.score == escaped_at(
        trajectory("sgd", "saddle", (0.5, 1e-3), 100, lr=tuned.lr), "saddle", margin=0.1, radius=0.1
    )


def test_if_every_rate_diverges_there_is_no_best():
    tuned = tune("sgd", "rosenbrock", (-1.5, 2.0), 200, budget=4, lowest=1.0, highest=2.0)
    assert math.isnan(tuned.lr)
    assert tuned.score == math.inf


def test_impossible_budgets_are_refused():
    with pytest.raises(RangeError, match="budget must be at least 1, got 0"):
        tune("sgd", "bowl", (1, 1), 3, budget=0)
    with pytest.raises(RangeError, match="lowest must be a number above 0, got 0"):
        tune("sgd", "bowl", (1, 1), 3, lowest=0)
    with pytest.raises(RangeError, match=r"lowest must be at most highest, got 1\.0 and 0\.5"):
        tune("sgd", "bowl", (1, 1), 3, lowest=1, highest=0.5)
    with pytest.raises(RangeError, match="lr is what is tuned"):
        tune("sgd", "bowl", (1, 1), 3, lr=0.1)
