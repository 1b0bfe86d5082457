"""Questions of "Optimizers": torch.optim takes the steps; the lesson's numbers are checked too."""

import math

import numpy as np
import pytest
import torch

from app.i18n import words
from app.lessons.questions.optimizers import QUESTIONS
from engine.landscape import SURFACES, parse, ravine, record, trajectory, tune

SEEDS = range(50)
EN = words("en")
SQUARE = parse("x^2")
SLOPE = parse("x")


def causes(question):
    return {value: question.said(sentence, EN) for value, sentence in question.causes}


def descend(kind, loss, start, steps, **options):
    point = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    optimizer = kind([point], **options)
    for _ in range(steps):
        optimizer.zero_grad()
        loss(point).backward()
        optimizer.step()
    return point.detach()


def fed(kind, gradients, **options):
    point = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    optimizer = kind([point], **options)
    path = [0.0]
    for gradient in gradients:
        point.grad = torch.full_like(point, gradient)
        optimizer.step()
        path.append(point.item())
    return path, optimizer.state[point]


def steps_to(path, share):
    distance = np.hypot(*path.T)
    return int(np.nonzero(distance > share * distance[0])[0].max()) + 1


@pytest.mark.parametrize("seed", SEEDS)
def test_momentum_leads_where_torch_goes(seed):
    question = QUESTIONS["velocity"](seed)
    v = question.values

    def half_square(point):
        return point[0] ** 2 / 2

    assert question.answer == descend(torch.optim.SGD, half_square, [v["start"]], 3, lr=v["lr"], momentum=v["mu"])[0]
    assert v["v3"] == v["mu"] * v["v2"] + v["x2"]
    plain = descend(torch.optim.SGD, half_square, [v["start"]], 3, lr=v["lr"])[0].item()
    assert plain == question.answer or "without momentum" in causes(question)[plain]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_second_step_of_adagrad_is_as_long_as_torchs(seed):
    question = QUESTIONS["second-adagrad-step"](seed)
    v = question.values
    path, state = fed(torch.optim.Adagrad, (v["first"], v["second"]), lr=v["lr"])
    assert question.answer == pytest.approx(path[1] - path[2])
    assert v["sum"] == state["sum"]
    assert "first step" in causes(question)[v["lr"]]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_corrected_mean_is_the_one_torch_keeps(seed):
    question = QUESTIONS["corrected-mean"](seed)
    v = question.values
    _, state = fed(torch.optim.Adam, (v["g1"], v["g2"], v["g3"]), betas=(0.5, 0.5))
    assert v["m"] == state["exp_avg"]
    assert question.answer == v["m"] / 0.875
    assert "without the correction" in causes(question)[v["m"]]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_first_step_of_adam_leads_where_torch_goes(seed):
    question = QUESTIONS["first-step"](seed)
    v = question.values
    end = descend(
        torch.optim.Adam, lambda p: v["a"] * p[0] ** 2 + v["b"] * p[1] ** 2, [v["x"], v["y"]], 1, lr=float(v["lr"])
    )
    assert question.answer == pytest.approx(end[1].item(), abs=1e-6)
    assert abs(question.answer - v["y"]) == v["lr"]


def test_the_steps_of_momentum_in_the_lesson():
    walked = record("momentum", SQUARE, (1, 0), 12, lr=0.1, momentum=0.9)
    assert walked.path[:5, 0] == pytest.approx([1, 0.8, 0.46, 0.062, -0.3086])
    assert walked.inner["momentum_buffer"][:3, 0] == pytest.approx([2, 3.4, 3.98])
    assert round(walked.path[:, 0].min(), 2) == -0.71
    assert trajectory("sgd", SQUARE, (1, 0), 3, lr=0.1)[3, 0] == pytest.approx(0.512)
    ahead = trajectory("nesterov", SQUARE, (1, 0), 12, lr=0.1, momentum=0.9)[:, 0]
    assert [round(x, 3) for x in ahead[1:4].tolist()] == [0.62, 0.222, -0.108]
    assert round(ahead.min(), 2) == -0.42


def test_the_best_momentum_takes_the_root_of_the_condition_number():
    lr, mu = 4 / 121, (9 / 11) ** 2
    assert (round(lr, 3), round(mu, 2)) == (0.033, 0.67)
    assert steps_to(trajectory("momentum", ravine(100), (-10, 1), 500, lr=lr, momentum=mu), 1e-3) == 48


def test_a_steady_slope_carries_momentum_ten_times_as_far():
    moves = record("momentum", SLOPE, (0, 0), 200, lr=1.0, momentum=0.9).moves[:, 0]
    assert moves[-1] == pytest.approx(-10)


@pytest.mark.parametrize(("key", "lengths"), [
    ("adagrad", [1, 0.71, 0.58, 0.5]), ("rmsprop", [10, 7.1, 5.8]), ("adam", [1, 1, 1]), ("adadelta", [0.0032]),
])  # fmt: skip
def test_steps_on_a_steady_slope(key, lengths):
    for slope in ("x", "1000*x"):
        moves = -record(key, parse(slope), (0, 0), 4, lr=1.0).moves[: len(lengths), 0]
        assert moves == pytest.approx(lengths, rel=0.02)


def test_the_hundredth_step_of_adagrad_is_a_tenth():
    moves = -record("adagrad", SLOPE, (0, 0), 100, lr=1.0).moves[:, 0]
    assert moves[-1] == pytest.approx(0.1)


def test_adagrad_goes_the_same_way_in_both_coordinates():
    assert trajectory("sgd", "ravine", (-10, 1), 1, lr=0.1)[1] == pytest.approx([-9, -9])
    assert trajectory("adagrad", "ravine", (-10, 1), 1, lr=0.1)[1] == pytest.approx([-9.9, 0.9])


def test_the_two_steps_of_adam_in_the_lesson():
    walked = record("adam", SQUARE, (1, 0), 2, lr=0.1)
    assert walked.path[:, 0] == pytest.approx([1, 0.9, 0.8004], abs=5e-5)
    m, v = (walked.inner[name][:, 0] for name in ("exp_avg", "exp_avg_sq"))
    assert (m, v) == (pytest.approx([0.2, 0.36]), pytest.approx([0.004, 0.007236]))
    corrected = (m / (1 - 0.9 ** np.array([1, 2])), v / (1 - 0.999 ** np.array([1, 2])))
    assert corrected[0] == pytest.approx([2, 1.895], abs=5e-4)
    assert corrected[1] == pytest.approx([4, 3.620], abs=5e-4)
    assert round(math.sqrt(corrected[1][1]), 3) == 1.903
    assert round(0.1 * 0.2 / math.sqrt(0.004), 3) == 0.316


def test_adam_does_not_notice_a_thousandfold_loss():
    path, larger = (trajectory("adam", parse(f"{k}*(x^2 + 3*y^2)"), (1, 2), 50, lr=0.1, eps=0) for k in (1, 1000))
    np.testing.assert_allclose(path, larger, rtol=1e-9)


def test_a_turned_landscape_turns_the_path_of_gradient_descent_but_not_of_adam():
    plain, turned = parse("x^2 + 10*y^2"), parse("((x + y)^2 + 10*(y - x)^2)/2")
    turn = np.array([[1, -1], [1, 1]]) / math.sqrt(2)

    def apart(key):
        path = trajectory(key, plain, (2, 1), 20, lr=0.05)
        return abs(trajectory(key, turned, turn @ [2, 1], 20, lr=0.05) - path @ turn.T).max()

    assert apart("sgd") < 1e-12
    assert apart("adam") > 0.1


def test_decay_is_divided_in_adam_and_not_in_adamw():
    steep = parse("10*x")
    assert trajectory("adam", steep, (1, 0), 1, weight_decay=0.01)[1, 0] == pytest.approx(0.999, abs=1e-9)
    assert trajectory("adamw", steep, (1, 0), 1, weight_decay=0.01)[1, 0] == pytest.approx(0.99899, abs=1e-9)
    assert 1 * (1 - 0.001 * 0.01) == 0.99999


@pytest.mark.parametrize(("key", "printed"), [
    ("sgd", [4.5, 1.6, 4.8]), ("momentum", [0.0044, 0.00009, 0.017]), ("adagrad", [5.8, 3.5, 0.037]),
    ("rmsprop", [0.98, 0.051, 0.0058]), ("adam", [5.9, 0.00012, 0.0000015]),
])  # fmt: skip
def test_the_table_of_the_race(key, printed):
    start, surface = (-1.5, 2.0), SURFACES["rosenbrock"]
    by_default = surface.value(*trajectory(key, surface, start, 500)[-1].tolist())
    narrow, wide = (tune(key, surface, start, 500, highest=highest) for highest in (1.0, 10.0))
    assert [by_default, narrow.score, wide.score] == pytest.approx(printed, rel=0.05)
    if key == "adam":
        assert round(narrow.lr, 2) == 0.97
    if key == "momentum":
        assert sum(score == math.inf for _, score in wide.trials) == 25


@pytest.mark.parametrize(("seed", "winner"), [(0, "rmsprop"), (1, "momentum")])
def test_another_seed_has_another_winner(seed, winner):
    keys = ("sgd", "momentum", "adagrad", "rmsprop", "adam")
    scores = {key: tune(key, "rosenbrock", (-1.5, 2.0), 120, tuning_seed=seed).score for key in keys}
    assert min(scores, key=scores.__getitem__) == winner
