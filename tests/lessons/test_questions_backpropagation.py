"""Questions of "Backwards through a network": torch differentiates, and the lesson's example is done by hand."""

import numpy as np
import pytest
import torch
from torch.nn.functional import conv2d, cross_entropy, linear, max_pool2d, relu

from app.i18n import words
from app.lessons.questions.backpropagation import QUESTIONS

SEEDS = range(50)
EN = words("en")
X = torch.tensor([[1.0, 0, 2], [3, 1, 0], [0, 2, 1]], dtype=torch.float64)[None, None]
W = torch.tensor([[1.0, -1], [2, 0]], dtype=torch.float64)[None, None]
DY = torch.tensor([[1.0, 2], [0, -1]], dtype=torch.float64)[None, None]


def gradients(x, weight, grad):
    x, weight = x.clone().requires_grad_(), weight.clone().requires_grad_()
    conv2d(x, weight).backward(grad)
    return x.grad[0, 0], weight.grad[0, 0]


def tensor(question, name):
    return torch.from_numpy(np.ascontiguousarray(question.tensors[name]))[None]


def causes(question):
    return {value: question.said(sentence, EN) for value, sentence in question.causes}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_weight_gets_what_torch_gives_it(seed):
    question = QUESTIONS["weight-gradient"](seed)
    v, grad = question.values, tensor(question, "dY")
    _, of_weights = gradients(tensor(question, "x"), torch.zeros_like(grad), grad)
    assert question.answer == of_weights[v["row"], v["column"]]
    assert question.answer == sum(v[pixel] * v[share] for pixel, share in zip("abcd", "pqrs", strict=True))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_pixel_gets_what_torch_gives_it(seed):
    question = QUESTIONS["input-gradient"](seed)
    v, weight, grad = question.values, tensor(question, "weight"), tensor(question, "dY")
    of_pixels, _ = gradients(torch.zeros(1, 1, 3, 3, dtype=torch.float64), weight, grad)
    assert question.answer == of_pixels[v["row"], v["column"]]
    unturned = conv2d(grad, weight, padding=1)[0, 0, v["row"], v["column"]].item()
    assert unturned == question.answer or "as it is" in causes(question)[unturned]


@pytest.mark.parametrize("seed", SEEDS)
def test_as_much_passes_the_gates_as_torch_lets_through(seed):
    question = QUESTIONS["through-the-gates"](seed)
    x = tensor(question, "x").clone().requires_grad_()
    max_pool2d(relu(x), 2).backward(tensor(question, "dY"))
    assert question.answer == x.grad.sum()
    assert question.values["open"] == (x.grad != 0).sum() > 0
    assert question.values["closed"] == 4 - question.values["open"] > 0


def test_the_lessons_example():
    of_pixels, of_weights = gradients(X, W, DY)
    assert of_weights.tolist() == [[0, 4], [3, 0]]
    assert of_pixels.tolist() == [[1, 1, -2], [2, 3, 1], [0, -2, 0]]
    assert DY.sum() == 2
    assert torch.equal(conv2d(DY, W.flip(2, 3), padding=1)[0, 0], of_pixels), "full correlation, turned kernel"
    assert torch.equal(conv2d(X, DY)[0, 0], of_weights), "dY slides over x"


def test_the_matrix_of_the_lesson():
    pixels = torch.eye(9, dtype=torch.float64).reshape(9, 1, 3, 3)
    c = conv2d(pixels, W).reshape(9, 4).T
    w00, w01, w10, w11 = W.flatten().tolist()
    assert c[0].tolist() == [w00, w01, 0, w10, w11, 0, 0, 0, 0]
    assert c[:, 4].tolist() == [w11, w10, w01, w00]
    torch.testing.assert_close(c @ X.flatten(), conv2d(X, W).flatten())
    torch.testing.assert_close((c.T @ DY.flatten()).reshape(3, 3), gradients(X, W, DY)[0])
    places = conv2d(pixels, torch.ones_like(W))
    assert (places.numel(), (places == 0).sum()) == (36, 20)


def test_softmax_with_cross_entropy_gives_what_was_said_minus_what_should_have_been():
    logits = torch.tensor([2.0, 1, 0], requires_grad=True)
    loss = cross_entropy(logits[None], torch.tensor([1]))
    loss.backward()
    assert round(loss.item(), 3) == 1.408
    assert [round(p, 3) for p in torch.softmax(logits, 0).tolist()] == [0.665, 0.245, 0.090]
    assert [round(g, 3) for g in logits.grad.tolist()] == [0.665, -0.755, 0.090]
    assert abs(logits.grad.sum()) < 1e-6


def central(f, x, eps):
    return (f(x + eps) - f(x - eps)) / (2 * eps)


def test_central_differences_and_where_they_fail():
    def cube(x):
        return x**3

    def gate(x):
        return max(0.0, x)

    assert round(central(cube, 2, 0.1), 6) == 12.01
    assert round((cube(2.1) - cube(2)) / 0.1, 6) == 12.61
    assert abs(central(cube, 2, 1e-5) - 12) == pytest.approx(2e-10, rel=0.1)
    assert abs(central(cube, 2, 1e-12) - 12) == pytest.approx(0.001, rel=0.1)
    assert {central(gate, 0, eps) for eps in (0.5, 0.25, 2**-20)} == {0.5}
    assert central(gate, 0.001, 0.01) == pytest.approx(0.55)
    assert central(lambda x: max(x, 3.0), 3.0, 0.25) == 0.5
    x = torch.zeros(1, requires_grad=True)
    relu(x).backward()
    assert x.grad == 0


def test_the_small_network_has_38_parameters():
    weight, bias, linear_weight, linear_bias = (torch.zeros(shape) for shape in ((2, 1, 3, 3), 2, (2, 8), 2))
    pooled = max_pool2d(relu(conv2d(torch.zeros(1, 1, 6, 6), weight, bias)), 2)
    assert linear(pooled.flatten(1), linear_weight, linear_bias).shape == (1, 2)
    assert sum(part.numel() for part in (weight, bias, linear_weight, linear_bias)) == 38
