import math

import numpy as np
import pytest
import torch

import engine
from engine import RangeError
from engine.landscape import layer_run, profile
from engine.landscape.dead_units import EXAMPLES, UNITS


def of(name, **options):
    f, back = getattr(engine, name), getattr(engine, f"{name}_backward")
    return profile(lambda x: f(x, **options), lambda x: back(np.ones_like(x), x, **options))


def test_relu_reaches_from_0_to_infinity_and_its_mean_is_that_of_half_a_normal():
    told = of("relu")
    assert (told.low, told.high, told.slope_low, told.slope_high) == (0, math.inf, 0, 1)
    assert told.mean == pytest.approx(1 / math.sqrt(2 * math.pi), rel=1e-6)  # 0.3989
    assert told.saturates == (True, False)


def test_selu_keeps_the_mean_of_noise_at_0():
    assert of("selu").mean == pytest.approx(0, abs=1e-6)


def test_what_is_between_two_numbers_is_told_to_be():
    assert of("sigmoid")[:4] == (0, 1, 0, 0.25)
    assert of("tanh")[:4] == (-1, 1, 0, 1)
    assert of("tanh").mean == pytest.approx(0, abs=1e-12)
    assert of("tanh").saturates == (True, True)
    assert of("elu", alpha=2.0)[:2] == (pytest.approx(-2), math.inf)


def test_a_slope_however_small_goes_on_for_ever():
    assert of("leaky_relu", negative_slope=0.01)[:2] == (-math.inf, math.inf)
    assert of("leaky_relu", negative_slope=0.0)[:2] == (0, math.inf)
    assert of("softplus", beta=0.25)[:2] == (0, math.inf)


def test_gelu_dips_where_its_slope_is_0():
    told = of("gelu")  # minimum of x Phi(x) at x = -0.7518: -0.7518 * 0.22609 = -0.16997
    assert told.low == pytest.approx(-0.16997, abs=1e-5)
    assert told.slope_high == pytest.approx(1.1289, abs=1e-4)


def test_the_layer_learns_as_torch_does():
    run = layer_run("relu", lr=0.03, bias=-0.5, steps=3, seed=4)
    rng = np.random.default_rng(4)
    x, teacher = rng.normal(size=(EXAMPLES, 8)), rng.normal(size=(8, 1)) / np.sqrt(8)
    weight = torch.tensor(rng.normal(size=(UNITS, 8)) * 0.5, requires_grad=True)  # sqrt(2 / 8)
    bias = torch.full((UNITS,), -0.5, dtype=torch.float64, requires_grad=True)
    out = torch.tensor(rng.normal(size=(1, UNITS)) / 8, requires_grad=True)
    shift = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    target, optimizer = torch.tensor(3 * np.tanh(2 * x @ teacher)), torch.optim.SGD([weight, bias, out, shift], lr=0.03)
    for step in range(4):
        z = torch.nn.functional.linear(torch.tensor(x), weight, bias)
        loss = torch.nn.functional.mse_loss(torch.nn.functional.linear(torch.relu(z), out, shift), target)
        assert run.losses[step] == pytest.approx(loss.item(), rel=1e-10)
        optimizer.zero_grad()
        loss.backward()
        if step < 3:
            optimizer.step()
    np.testing.assert_allclose(run.after, z.detach(), rtol=1e-9, atol=1e-10)


def test_a_dead_unit_is_below_0_on_every_example():
    run = layer_run("relu", lr=0.1, bias=0.0, steps=60, seed=0)
    assert run.dead[0] == 0
    assert run.dead[-1] == (run.after <= 0).all(axis=0).mean() > 0.4
    low = layer_run("relu", lr=0.05, bias=-8.0, steps=0, seed=0)
    assert low.dead[0] == (low.before <= 0).all(axis=0).mean() > 0.9
    assert np.array_equal(low.before, low.after)


def test_a_leaky_layer_has_no_dead_unit():
    assert layer_run("leaky_relu", lr=0.1, bias=-8.0, steps=20, seed=0).dead.max() == 0


def test_descent_that_diverges_is_stopped():
    run = layer_run("relu", lr=0.3, bias=0.0, steps=60, seed=0)
    assert len(run.losses) < 60
    assert np.isfinite(run.after).all()


def test_an_activation_that_is_none_is_refused():
    with pytest.raises(RangeError, match="unknown activation: softmax"):
        layer_run("softmax", lr=0.1, bias=0, steps=1, seed=0)
