"""Every optimizer beside torch.optim and by hand, on floats and on arrays."""

import math

import numpy as np
import pytest
import torch

from engine import RangeError
from engine.landscape import OPTIMIZERS, SURFACES, record, schedule, trajectories, trajectory
from tests.engine.landscape.torch_paths import KINDS, torch_path

# lr is chosen so that 200 steps stay finite on all three surfaces.
OPTIONS = {
    "sgd": [
        {"lr": 1e-3},
        {"lr": 1e-3, "weight_decay": 0.3},
        {"lr": 1e-3, "momentum": 0.8, "dampening": 0.3, "weight_decay": 0.1},
        {"lr": 1e-3, "momentum": 0.5, "nesterov": True},
        {"lr": 1e-3, "momentum": 0.5, "dampening": -0.5},
        {"lr": 1e-6, "maximize": True, "weight_decay": 0.1},
    ],
    "momentum": [{"lr": 1e-4}, {"lr": 1e-4, "momentum": 0.99, "dampening": 0.5}],
    "nesterov": [{"lr": 1e-4}, {"lr": 1e-4, "momentum": 0.6, "weight_decay": 0.2}],
    "adagrad": [
        {},
        {"lr": 0.1, "lr_decay": 0.02},
        {"lr": 0.1, "initial_accumulator_value": 0.7, "eps": 1e-3, "weight_decay": 0.1},
    ],
    "adadelta": [{}, {"rho": 0.7}, {"lr": 0.5, "rho": 0.95, "eps": 1e-4, "weight_decay": 0.05}],
    "rmsprop": [
        {},
        {"lr": 0.02, "alpha": 0.9},
        {"momentum": 0.8, "lr": 1e-3},
        {"centered": True},
        {"centered": True, "momentum": 0.5, "alpha": 0.98, "eps": 1e-2, "weight_decay": 0.1, "lr": 1e-3},
    ],
    "adam": [
        {},
        {"lr": 0.05},
        {"lr": 0.02, "betas": (0.5, 0.99), "eps": 1e-3},
        {"lr": 0.02, "weight_decay": 0.2},
        {"lr": 0.02, "amsgrad": True, "betas": (0.9, 0.8)},
        {"lr": 0.02, "weight_decay": 0.2, "decoupled_weight_decay": True},
        {"lr": 0.02, "betas": (0.0, 0.0)},
        {"lr": 0.02, "maximize": True},
    ],
    "adamw": [{}, {"lr": 0.05, "weight_decay": 0.3}, {"lr": 0.05, "amsgrad": True, "betas": (0.8, 0.7)}],
    "adamax": [{}, {"lr": 0.05, "betas": (0.8, 0.95), "eps": 1e-3}, {"lr": 0.05, "weight_decay": 0.1}],
    "nadam": [
        {},
        {"lr": 0.01, "momentum_decay": 0.02, "betas": (0.8, 0.95)},
        {"lr": 0.05, "weight_decay": 0.1},
        {"lr": 0.05, "weight_decay": 0.1, "decoupled_weight_decay": True},
    ],
    "amsgrad": [{}, {"lr": 0.05, "betas": (0.9, 0.7)}],
    "radam": [
        {},
        {"lr": 1e-3, "betas": (0.8, 0.9)},
        {"lr": 1e-3, "weight_decay": 0.1, "eps": 1e-3},
        {"lr": 1e-3, "weight_decay": 0.1, "decoupled_weight_decay": True},
        {"lr": 1e-3, "betas": (0.9, 0.5)},
    ],
}
CASES = [(key, options) for key, table in OPTIONS.items() for options in table]
STARTS = {"saddle": (-1.5, 1e-3), "rosenbrock": (-1.2, 1.0), "himmelblau": (-0.5, -1.0)}
SCHEDULERS = {
    "step": (schedule("step", step_size=7, gamma=0.5), lambda o: torch.optim.lr_scheduler.StepLR(o, 7, 0.5)),
    "exponential": (schedule("exponential", gamma=0.97), lambda o: torch.optim.lr_scheduler.ExponentialLR(o, 0.97)),
    "cosine": (
        schedule("cosine", eta_min=1e-4),
        lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, 60, eta_min=1e-4),
    ),
    "warm-up": (
        schedule("warm-up", start_factor=0.1, total_iters=20),
        lambda o: torch.optim.lr_scheduler.LinearLR(o, start_factor=0.1, total_iters=20),
    ),
    "1/t": (
        schedule("1/t", decay=0.2),
        lambda o: torch.optim.lr_scheduler.LambdaLR(o, lambda t: 1 / (1 + 0.2 * t)),
    ),
    "one-cycle": (
        schedule("one-cycle", pct_start=0.25, div_factor=10),
        lambda o: torch.optim.lr_scheduler.OneCycleLR(
            o, 0.02, total_steps=61, pct_start=0.25, div_factor=10, cycle_momentum=False
        ),
    ),
}


@pytest.mark.parametrize("surface", STARTS)
@pytest.mark.parametrize(("key", "options"), CASES, ids=str)
def test_path_of_200_steps_is_torchs(key, options, surface):
    expected = torch_path(key, surface, STARTS[surface], 200, **options)
    assert np.isfinite(expected).all()
    got = trajectory(key, surface, STARTS[surface], 200, **options)
    np.testing.assert_allclose(got, expected, rtol=1e-10, atol=1e-12)


def test_every_optimizer_of_torch_has_cases_and_torchs_defaults():
    assert OPTIONS.keys() == KINDS.keys()
    for key, (kind, fixed) in KINDS.items():
        ours = OPTIMIZERS[key]()
        theirs = kind([torch.zeros(1)], **fixed).defaults
        for name in ours.option_names():
            if name != "decoupled_weight_decay" or name in theirs:
                assert getattr(ours, name) == theirs[name], (key, name)


@pytest.mark.parametrize("options", [{"clip_norm": 0.7}, {"clip_value": 0.4}, {"clip_norm": 2.0, "clip_value": 0.1}])
@pytest.mark.parametrize("key", ["sgd", "adam"])
def test_clipped_gradients_are_torchs(key, options):
    expected = torch_path(key, "himmelblau", (-0.5, -1.0), 60, lr=0.02, **options)
    got = trajectory(key, "himmelblau", (-0.5, -1.0), 60, lr=0.02, **options)
    np.testing.assert_allclose(got, expected, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("key", ["sgd", "adamw", "nadam"])
@pytest.mark.parametrize("name", SCHEDULERS)
def test_scheduled_learning_rates_are_torchs(name, key):
    ours, theirs = SCHEDULERS[name]
    options = {"lr": 0.02}
    # torch wants one step more than it takes: its scheduler steps after the optimizer's last one, too
    if name == "one-cycle":
        ours = schedule("one-cycle", pct_start=0.25, div_factor=10, total_steps=61)
    if name == "cosine":
        ours = schedule("cosine", eta_min=1e-4, T_max=60)
    expected = torch_path(key, "himmelblau", (-0.5, -1.0), 60, scheduler=theirs, **options)
    got = trajectory(key, "himmelblau", (-0.5, -1.0), 60, schedule=ours, **options)
    np.testing.assert_allclose(got, expected, rtol=1e-10, atol=1e-12)


def test_three_steps_of_momentum_by_hand():
    # x^2 - y^2 from (1, 1), lr 0.25: gx = 2x. v = 2, x = 1/2; v = 1/2 * 2 + 1 = 2, x = 0; v = 1, x = -1/4
    got = trajectory("momentum", "saddle", (1, 1), 3, lr=0.25, momentum=0.5)
    np.testing.assert_array_equal(got[:, 0], [1, 0.5, 0, -0.25])
    # gy = -2y. v = -2, y = 3/2; v = -1 - 3 = -4, y = 5/2; v = -2 - 5 = -7, y = 17/4
    np.testing.assert_array_equal(got[:, 1], [1, 1.5, 2.5, 4.25])


def test_two_steps_of_lion_by_hand():
    # bowl, g = x = 1: x = 1 - 0.25 sign(0.1) = 0.75, m = 0.01 g. Then 0.9 * 0.01 + 0.1 * 0.75 > 0: x = 0.5
    got = trajectory("lion", "bowl", (1, 0), 2, lr=0.25)
    np.testing.assert_array_equal(got, [[1, 0], [0.75, 0], [0.5, 0]])
    # with weight decay 0.4 first 1 - 0.25 * 0.4 = 0.9 of x is kept
    np.testing.assert_allclose(trajectory("lion", "bowl", (1, 0), 1, lr=0.25, weight_decay=0.4)[1, 0], 0.9 - 0.25)


def test_newton_is_at_the_saddle_after_one_step_and_saddle_free_newton_doubles_the_distance_to_it():
    # |H|^-1 g = (2x / 2, -2y / 2): x = x - x, y = y + y
    np.testing.assert_array_equal(trajectory("newton", "saddle", (1.5, 0.25), 1)[1], [0, 0])
    got = trajectory("saddle-free-newton", "saddle", (1.5, 0.25), 1, damping=0)
    np.testing.assert_array_equal(got[1], [0, 0.5])


@pytest.mark.parametrize("damping", [0.0, 0.3])
def test_newton_and_saddle_free_newton_are_those_of_matrices(rng, damping):
    surface = SURFACES["himmelblau"]
    for start in rng.uniform(-4, 4, (20, 2)):
        xx, xy, yy = surface.hessian(*start)
        hessian, gradient = np.array([[xx, xy], [xy, yy]]), np.array(surface.gradient(*start))
        values, vectors = np.linalg.eigh(hessian)
        newton = start - 0.5 * np.linalg.solve(hessian + damping * np.eye(2), gradient)
        saddle_free = start - 0.5 * vectors @ (vectors.T @ gradient / (abs(values) + damping))
        got = trajectory("newton", surface, start, 1, lr=0.5, damping=damping)[1]
        np.testing.assert_allclose(got, newton, rtol=1e-10, atol=1e-12)
        got = trajectory("saddle-free-newton", surface, start, 1, lr=0.5, damping=damping)[1]
        np.testing.assert_allclose(got, saddle_free, rtol=1e-10, atol=1e-12)


def test_a_perturbation_leaves_the_ridge_on_which_gradient_descent_stays():
    ridge = (-1.5, 0.0)
    assert (trajectory("sgd", "saddle", ridge, 2000, lr=0.01)[:, 1] == 0).all()
    kicked = trajectory("perturbed-gd", "saddle", ridge, 2000, lr=0.01, radius=0.01, threshold=1e-3)
    first = np.flatnonzero(kicked[:, 1])[0]
    # 2 |x| <= 1e-3 and x = -1.5 * 0.98^t: for the first time at t = 397, so that row 398 is the first off the ridge
    assert first == math.ceil(math.log(0.0005 / 1.5) / math.log(0.98)) + 1
    # the kick lies in the ball, and the step that follows it stretches y by 1.02
    assert np.hypot(*(kicked[first] / (0.98, 1.02)) - (kicked[first - 1][0], 0)) <= 0.01
    assert abs(kicked[-1, 1]) > 10


@pytest.mark.parametrize("key", OPTIMIZERS)
@pytest.mark.parametrize("shared", [{}, {"noise": 0.3, "seed": 7, "clip_norm": 2.0, "weight_decay": 0.1}], ids=str)
def test_many_starts_together_take_the_path_that_each_takes_alone(key, shared, rng):
    starts = rng.uniform(-2, 2, (5, 2))
    together = trajectories(key, "himmelblau", starts, 25, lr=0.01, **shared)
    assert together.shape == (5, 26, 2)
    for start, path in zip(starts, together, strict=True):
        np.testing.assert_allclose(path, trajectory(key, "himmelblau", start, 25, lr=0.01, **shared), rtol=1e-9)


def test_each_start_may_have_noise_of_its_own(rng):
    starts = np.zeros((3, 2))
    paths = trajectories("sgd", "bowl", starts, 10, noise=1.0, seed=[1, 2, 1])
    np.testing.assert_array_equal(paths[0], paths[2])
    assert (paths[0, 1:] != paths[1, 1:]).all()
    np.testing.assert_allclose(paths[1], trajectory("sgd", "bowl", (0, 0), 10, noise=1.0, seed=2), rtol=1e-12)


def test_noise_has_its_stated_deviation_and_decays_as_stated():
    # g = 0 on a level surface, so each move is -lr * noise
    from engine.landscape import parse

    moves = record("sgd", parse("0*x"), (0, 0), 4000, lr=1.0, noise=0.5, seed=3).moves
    assert np.std(moves) == pytest.approx(0.5, rel=0.02)  # 8,000 draws: 1 / sqrt(16,000) = 0.8 %
    decaying = record("sgd", parse("0*x"), (0, 0), 4000, lr=1.0, noise=0.5, seed=3, noise_decay=0.55).moves
    np.testing.assert_allclose(decaying, moves / (1 + np.arange(4000)[:, None]) ** 0.275, rtol=1e-9, atol=1e-12)


def test_record_shows_the_inner_numbers_of_each_step_by_hand():
    # bowl, gx = x. v = 1, x = 1/2; v = 1/2 + 1/2 = 1, x = 0; v = 1/2 + 0, x = -1/4
    got = record("momentum", "bowl", (1, 0), 3, lr=0.5, momentum=0.5)
    np.testing.assert_array_equal(got.gradients[:, 0], [1, 0.5, 0])
    np.testing.assert_array_equal(got.inner["momentum_buffer"][:, 0], [1, 1, 0.5])
    np.testing.assert_array_equal(got.moves[:, 0], [-0.5, -0.5, -0.25])
    np.testing.assert_array_equal(got.values, [0.5, 0.125, 0, 0.03125])
    np.testing.assert_array_equal(got.rates, [0.5, 0.5, 0.5])


@pytest.mark.parametrize("key", KINDS)
def test_what_record_calls_by_torchs_name_is_torchs(key):
    kind, fixed = KINDS[key]
    point = torch.tensor([-1.2, 1.0], dtype=torch.float64, requires_grad=True)
    optimizer = kind([point], **fixed)
    for _ in range(5):
        optimizer.zero_grad()
        ((1 - point[0]) ** 2 + 100 * (point[1] - point[0] ** 2) ** 2).backward()
        optimizer.step()
    theirs = {name: value for name, value in optimizer.state[point].items() if getattr(value, "shape", ()) == (2,)}
    ours = record(key, "rosenbrock", (-1.2, 1.0), 5).inner
    assert ours.keys() == theirs.keys()
    for name, value in theirs.items():
        np.testing.assert_allclose(ours[name][-1], value.numpy(), rtol=1e-10, err_msg=name)


REFUSED = [
    ({"lr": -1}, r"lr must be a number from 0 on, got -1"),
    ({"lr": math.nan}, r"lr must be a number from 0 on, got nan"),
    ({"lr": "1"}, r"lr must be a number from 0 on, got '1'"),
    ({"betas": (0.9, 1.0)}, r"betas must be a number from 0 on and below 1, got 1.0"),
    ({"betas": 0.9}, r"betas must be two numbers, got 0.9"),
    ({"amsgrad": 1}, r"amsgrad must be true or false, got 1"),
    ({"momentum": 0.9}, r"Adam has no option momentum; it has lr, weight_decay, betas, eps, amsgrad"),
    ({"clip_norm": -1}, r"clip_norm must be a number from 0 on, got -1"),
    ({"seed": -1}, r"seed must be at least 0, got -1"),
    ({"schedule": "sine"}, r"there is no schedule sine; there are constant, step, exponential"),
    ({"maximize": 1}, r"maximize must be true or false"),
]


@pytest.mark.parametrize(("options", "words"), REFUSED, ids=str)
def test_what_adam_cannot_be_asked_is_refused(options, words):
    with pytest.raises(RangeError, match=words):
        trajectory("adam", "saddle", (0, 0), 3, **options)


def test_nesterov_needs_momentum_and_no_dampening():
    with pytest.raises(RangeError, match="nesterov needs momentum above 0 and dampening 0, got momentum 0"):
        trajectory("sgd", "saddle", (0, 0), 3, nesterov=True)
    with pytest.raises(RangeError, match=r"dampening 0\.1"):
        trajectory("nesterov", "saddle", (0, 0), 3, dampening=0.1)


def test_unknown_names_are_answered_with_the_known_ones():
    with pytest.raises(RangeError, match="there is no optimizer 'adamm'; there are sgd, momentum"):
        trajectory("adamm", "saddle", (0, 0), 3)
    with pytest.raises(RangeError, match="there is no surface 'sadle'; there are saddle, monkey-saddle"):
        trajectory("adam", "sadle", (0, 0), 3)


def test_rates_that_grow_beyond_all_floats_end_in_divergence():
    path = trajectory("sgd", "bowl", (1, 1), 400, schedule=schedule("exponential", gamma=10.0))
    assert not np.isfinite(path[-1]).any()
    assert np.isfinite(trajectory("perturbed-gd", "saddle", (1e-9, 0), 9000, lr=0.5, schedule="cosine")[1]).all()


@pytest.mark.parametrize("seed", [1.5, "1", None, [1, 2.5], True])
def test_seed_that_is_no_whole_number_is_refused(seed):
    with pytest.raises(RangeError, match="seed must be a whole number"):
        trajectory("sgd", "bowl", (1, 1), 2, seed=seed)
