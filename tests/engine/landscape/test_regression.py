"""Linear and logistic regression as surfaces: by hand, beside torch, in batches."""

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from engine import RangeError, ShapeError
from engine.landscape import Regression, critical_points, curvature, trajectories, trajectory, two_scales

LOSSES = {"linear": F.mse_loss, "logistic": F.binary_cross_entropy_with_logits}


@pytest.fixture(params=LOSSES)
def model(request):
    return request.param


@pytest.fixture
def problem(model, rng):
    features = rng.normal(size=(17, 2))
    targets = rng.normal(size=17) if model == "linear" else (rng.random(17) < 0.4).astype(float)
    return Regression(model, features, targets)


def test_linear_loss_of_two_examples_by_hand():
    # z = (1 * 2 + 2 * 0, 1 * 0 + 2 * 1) = (2, 2), targets (1, 4): (1 + 4) / 2
    problem = Regression("linear", [[2, 0], [0, 1]], [1, 4])
    assert problem.value(1, 2) == 2.5
    # 2 (z - t) = (2, -4): f_x = 2 * 2 / 2, f_y = -4 * 1 / 2;  H = mean of 2 a a^T
    assert problem.gradient(1, 2) == (2, -2)
    assert problem.hessian(1, 2) == (4, 0, 1)


def test_logistic_loss_where_nothing_is_known_is_log_2():
    problem = Regression("logistic", [[1, 1], [3, 1]], [0, 1])
    assert problem.value(0, 0) == pytest.approx(math.log(2))
    # p = 1/2: slopes 1/2 and -1/2: f_x = (1/2 - 3/2) / 2, f_y = 0; p (1 - p) = 1/4
    assert problem.gradient(0, 0) == (-0.5, 0)
    assert problem.hessian(0, 0) == (1.25, 0.5, 0.25)


def test_likelihood_of_the_targets_is_exp_of_minus_n_losses():
    problem = Regression("logistic", [[1, 1], [3, 1], [-2, 1]], [0, 1, 1])
    p = [1 / (1 + math.exp(-(0.3 * a + 0.2))) for a in (1, 3, -2)]
    assert math.exp(-3 * problem.value(0.3, 0.2)) == pytest.approx((1 - p[0]) * p[1] * p[2])


def test_loss_gradient_and_hessian_are_torchs(problem, model, rng):
    features, targets = torch.from_numpy(problem.features), torch.from_numpy(problem.targets)
    for point in rng.normal(size=(5, 2)):
        leaf = torch.tensor(point, requires_grad=True)
        loss = lambda weights: LOSSES[model](features @ weights, targets)  # noqa: E731
        (gradient,) = torch.autograd.grad(loss(leaf), leaf)
        hessian = torch.autograd.functional.hessian(loss, leaf)
        np.testing.assert_allclose(problem.value(*point), loss(leaf).item(), rtol=1e-12)
        np.testing.assert_allclose(problem.gradient(*point), gradient.numpy(), rtol=1e-10, atol=1e-14)
        xx, xy, yy = problem.hessian(*point)
        np.testing.assert_allclose([[xx, xy], [xy, yy]], hessian.numpy(), rtol=1e-10)


def test_grid_of_weights_gets_what_each_pair_gets(problem):
    x, y = np.linspace(-1, 1, 4)[None, :], np.linspace(-2, 2, 3)[:, None]
    for ask in (problem.value, problem.gradient, problem.hessian):
        grid, alone = np.atleast_1d(ask(x, y)), np.atleast_1d(ask(float(x[0, 3]), float(y[1, 0])))
        np.testing.assert_allclose(grid[..., 1, 3], alone if grid.ndim > 2 else alone[0], rtol=1e-12)


def test_confident_scores_overflow_nothing():
    problem = Regression("logistic", [[1000, 0], [-1000, 0]], [1, 1])
    assert problem.value(5, 0) == 2500
    assert problem.gradient(5, 0) == (500, 0)


def test_lowest_loss_is_the_least_squares_solution(rng):
    problem = Regression("linear", rng.normal(size=(30, 2)), rng.normal(size=30))
    solution = np.linalg.lstsq(problem.features, problem.targets, rcond=None)[0]
    (point,) = critical_points(problem, (-2, 2, -2, 2), starts=5)
    assert point.kind == "minimum"
    np.testing.assert_allclose((point.x, point.y), solution, rtol=1e-9)


def test_whole_batch_is_gradient_descent_and_every_epoch_sees_every_example_once(problem):
    start = (0.5, -0.5)
    np.testing.assert_allclose(
        trajectory("adam", problem.in_batches(17), start, 30, lr=0.05),
        trajectory("adam", problem, start, 30, lr=0.05),
        rtol=1e-9,
    )
    batches = problem.in_batches(5, seed=4)
    assert batches.steps_per_epoch == 4
    gradients = batches.gradient_for(None)
    seen = [gradients(0.1, 0.2) for _ in range(8)]
    sizes = [5, 5, 5, 2]  # 17 = 3 * 5 + 2
    for epoch in (seen[:4], seen[4:]):
        total = np.array(sizes) @ np.array(epoch) / 17
        np.testing.assert_allclose(total, problem.gradient(0.1, 0.2), rtol=1e-12)
    assert seen[0] != seen[4]


def test_walks_in_batches_are_repeated_by_their_seed(problem):
    paths = [trajectory("sgd", problem.in_batches(4, seed=s), (1, 1), 20, lr=0.1) for s in (1, 1, 2)]
    np.testing.assert_array_equal(paths[0], paths[1])
    assert (paths[0][1:] != paths[2][1:]).any()
    together = trajectories("sgd", problem.in_batches(4, seed=1), [(1, 1), (0, 2)], 20, lr=0.1)
    np.testing.assert_allclose(together[0], paths[0], rtol=1e-10)


def test_walk_in_batches_is_torchs_on_the_same_batches(problem, model):
    rng, point = np.random.default_rng(6), torch.tensor([1.0, 1.0], dtype=torch.float64, requires_grad=True)
    optimizer, waiting = torch.optim.Adam([point], lr=0.05), []
    for _ in range(12):
        waiting = waiting or np.array_split(rng.permutation(17), [6, 12])
        chosen = torch.from_numpy(waiting.pop(0))
        optimizer.zero_grad()
        features, targets = torch.from_numpy(problem.features), torch.from_numpy(problem.targets)
        LOSSES[model](features[chosen] @ point, targets[chosen]).backward()
        optimizer.step()
    got = trajectory("adam", problem.in_batches(6, seed=6), (1, 1), 12, lr=0.05)[-1]
    np.testing.assert_allclose(got, point.detach().numpy(), rtol=1e-10)


def test_normalising_makes_a_ravine_a_bowl():
    raw = two_scales()
    assert raw.features.min(0) == pytest.approx((0, 1), abs=120)
    assert raw.features[:, 0].max() <= 2000
    assert 1 <= raw.features[:, 1].min() <= raw.features[:, 1].max() <= 5
    steep, round_ = (curvature(problem, (0.0, 0.0)).values for problem in (raw, raw.normalised()))
    assert steep[1] / steep[0] > 1e5
    assert round_[1] / round_[0] < 2
    np.testing.assert_allclose(raw.normalised().features.mean(0), 0, atol=1e-12)
    np.testing.assert_allclose(raw.normalised().features.std(0), 1)


def test_normalising_leaves_an_intercept_alone():
    problem = Regression("linear", [[10, 1], [30, 1]], [1, 2]).normalised()
    np.testing.assert_array_equal(problem.features, [[-1, 1], [1, 1]])
    np.testing.assert_array_equal(problem.targets, [1, 2])


def test_wrong_examples_are_refused():
    with pytest.raises(ShapeError, match=r"features must be \(N, 2\) and targets \(N,\), got \(2, 3\) and \(2,\)"):
        Regression("linear", np.ones((2, 3)), [1, 2])
    with pytest.raises(RangeError, match="targets of logistic regression must be from 0 to 1"):
        Regression("logistic", np.ones((2, 2)), [0, 2])
    with pytest.raises(RangeError, match="a model is linear or logistic, got 'cubic'"):
        Regression("cubic", np.ones((2, 2)), [0, 2])
    with pytest.raises(RangeError, match="features and targets must be finite"):
        Regression("linear", [[1, math.inf]], [0])
    with pytest.raises(RangeError, match="batch_size must be at most the 24 examples, got 25"):
        two_scales().in_batches(25)
