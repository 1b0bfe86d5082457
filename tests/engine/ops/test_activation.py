import numpy as np
import pytest
import torch

import engine
from engine import ShapeError
from engine.ops.activation import ACTIVATIONS
from tests.engine.numerical import numerical_gradient

NAMES = ("relu", "sigmoid", "tanh")


def test_relu_keeps_what_is_positive():
    assert engine.relu([-2, 0, 3]).tolist() == [0, 0, 3]


def test_sigmoid_of_zero_is_a_half():
    assert engine.sigmoid([0]).tolist() == [0.5]


@pytest.mark.parametrize("name", NAMES)
def test_activations_agree_with_torch(rng, name):
    x = np.append(rng.normal(size=8), [0, 1000, -1000, 30, -30])
    np.testing.assert_allclose(ACTIVATIONS[name](x), getattr(torch, name)(torch.from_numpy(x)), rtol=1e-10, atol=1e-15)


@pytest.mark.parametrize("name", NAMES)
def test_gradients_agree_with_autograd(rng, name):
    x, grad_output = np.append(rng.normal(size=8), [0, 1000, -1000]), rng.normal(size=11)
    tensor = torch.tensor(x, requires_grad=True)
    getattr(torch, name)(tensor).backward(torch.from_numpy(grad_output))
    gradient = getattr(engine, f"{name}_backward")(grad_output, x)
    np.testing.assert_allclose(gradient, tensor.grad, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_gradients_are_the_derivatives(rng, name):
    x, grad_output = rng.normal(size=(2, 3)), rng.normal(size=(2, 3))
    expected = numerical_gradient(lambda changed: (ACTIVATIONS[name](changed) * grad_output).sum(), x)
    gradient = getattr(engine, f"{name}_backward")(grad_output, x)
    np.testing.assert_allclose(gradient, expected, rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_floating_dtypes_are_kept(name, dtype):
    assert ACTIVATIONS[name](np.array([-1, 0, 2], dtype)).dtype == dtype


@pytest.mark.parametrize("dtype", ["uint8", "int32", "int64"])
def test_relu_keeps_integers_and_the_others_make_float64(dtype):
    x = np.array([1, 2], dtype)
    assert engine.relu(x).dtype == dtype
    assert engine.sigmoid(x).dtype == engine.tanh(x).dtype == np.float64


@pytest.mark.parametrize("name", NAMES)
def test_inputs_are_not_mutated(name):
    x = np.array([-1.0, 2.0])
    ACTIVATIONS[name](x)[:] = 9
    assert x.tolist() == [-1, 2]


def test_not_a_number_stays_visible():
    assert np.isnan(engine.relu([np.nan, 1])).tolist() == [True, False]


def test_a_gradient_of_another_shape_is_refused():
    with pytest.raises(ShapeError, match=r"grad_output must have the shape of x \(2,\), got \(3,\)"):
        engine.relu_backward([1, 2, 3], [1, 2])
