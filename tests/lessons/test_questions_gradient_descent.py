"""Questions of "Gradient descent": torch takes the steps and the slopes; the lesson's numbers are checked too."""

import math
from urllib.parse import parse_qsl

import numpy as np
import pytest
import torch
from torch.nn.functional import binary_cross_entropy_with_logits
from torch.utils.data import DataLoader

from app import paths
from app.exhibits.batch_sizes.params import Params
from app.exhibits.batch_sizes.scene import BatchSizesScene
from app.i18n import words
from app.lessons.questions.gradient_descent import QUESTIONS
from engine.landscape import SURFACES, critical_points, curvature, endpoints, parse, ravine, trajectories, trajectory

SEEDS = range(50)
EN = words("en")
RAW, NORMALISED = SURFACES["two-scales"], SURFACES["two-scales-normalised"]


def causes(question):
    return {value: question.said(sentence, EN) for value, sentence in question.causes}


def descend(loss, start, lr, steps):
    point = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([point], lr=lr)
    for _ in range(steps):
        optimizer.zero_grad()
        loss(point).backward()
        optimizer.step()
    return point.detach()


def lowest(loss, domain):
    (minimum,) = critical_points(loss, domain)
    return minimum


def steps_to(path, share):
    """The first step from which a path stays within a share of its first distance from 0."""
    distance = np.hypot(*path.T)
    return int(np.nonzero(distance > share * distance[0])[0].max()) + 1


@pytest.mark.parametrize("seed", SEEDS)
def test_three_steps_lead_where_torch_goes(seed):
    question = QUESTIONS["steps-in-a-bowl"](seed)
    v = question.values
    assert question.answer == descend(lambda x: v["half"] * x[0] ** 2, [v["start"]], v["lr"], 3)[0]
    assert question.answer == v["start"] * v["factor"] ** 3


@pytest.mark.parametrize("seed", SEEDS)
def test_a_learning_rate_fails_above_the_coefficient_and_not_below(seed):
    question = QUESTIONS["largest-curvature"](seed)
    v = question.values
    for change, comes in ((0.99, True), (1.01, False)):
        c = question.answer * change
        end = descend(lambda p, c=c: v["flat"] * p[0] ** 2 + c * p[1] ** 2, [0.0, 1.0], v["lr"], 20)
        assert (abs(end[1]) < 1) == comes
    assert v["lr"] * 2 * v["flat"] < 2, "the other direction is no problem"


@pytest.mark.parametrize("seed", SEEDS)
def test_a_logistic_slope_is_the_one_of_torch(seed):
    question = QUESTIONS["logistic-gradient"](seed)
    a, t = (torch.tensor([float(question.values[f"{name}{i}"]) for i in range(4)]) for name in "at")
    weight = torch.zeros(1, requires_grad=True)
    binary_cross_entropy_with_logits(a * weight, t).backward()
    assert question.answer == weight.grad
    assert "mean" in causes(question)[4 * question.answer]


@pytest.mark.parametrize("seed", SEEDS)
def test_steps_are_counted_as_a_data_loader_does(seed):
    question = QUESTIONS["steps-of-training"](seed)
    v = question.values
    assert question.answer == v["epochs"] * len(DataLoader(range(v["count"]), batch_size=v["batch"]))


def test_the_step_of_the_lesson():
    surface = parse("x^2 + 2*y^2")
    assert surface.gradient(3.0, -1.0) == (6, -4)
    assert trajectory("sgd", surface, (3, -1), 1, lr=0.1)[1] == pytest.approx([2.4, -0.6])
    assert surface.value(2.4, -0.6) == pytest.approx(6.48)
    assert round(0.1 * (6**2 + 4**2), 9) == 5.2


@pytest.mark.parametrize(("lr", "path"), [
    (0.01, [1, 0.9, 0.81, 0.729]), (0.1, [1, 0, 0, 0]), (0.15, [1, -0.5, 0.25, -0.125]), (0.2, [1, -1, 1, -1]),
    (0.21, [1, -1.1, 1.21, -1.331]),
])  # fmt: skip
def test_the_paths_in_the_bowl(lr, path):
    assert trajectory("sgd", parse("5*x^2"), (1, 0), 3, lr=lr)[:, 0] == pytest.approx(path)


def test_the_zig_zag_of_the_lesson():
    assert curvature(ravine(100), (0.0, 0.0)).values.tolist() == [1, 100]
    assert trajectory("sgd", ravine(100), (-10, 1), 1, lr=0.0198)[1] == pytest.approx([-9.802, -0.98])
    assert steps_to(trajectory("sgd", ravine(100), (-10, 1), 2000, lr=0.01), 1e-3) == 687


@pytest.mark.parametrize(("condition", "steps"), [(1, 1), (10, 35), (100, 346), (1000, 3454)])
def test_a_narrower_ravine_takes_more_steps(condition, steps):
    path = trajectory("sgd", ravine(condition), (-10, 1), 4000, lr=2 / (1 + condition))
    assert steps_to(path, 1e-3) == steps


def test_two_scales_before_and_after_they_are_normalised():
    for loss, eigenvalues, condition, bound in (
        (RAW, (5.45, 2_784_825), 510_546, 7.18e-7),
        (NORMALISED, (1.51, 2.49), 1.64, 0.8045),
    ):
        low, high = curvature(loss, (0.0, 0.0)).values
        assert (low, high) == pytest.approx(eigenvalues, rel=3e-3)
        assert high / low == pytest.approx(condition, rel=2e-3)
        assert 2 / high == pytest.approx(bound, rel=1e-3)
    along, _, across = RAW.hessian(0.0, 0.0)
    assert (round(along, -5), round(across)) == (2.8e6, 21)


def test_steps_until_the_loss_is_within_one_of_its_minimum():
    low, high = curvature(RAW, (0.0, 0.0)).values
    _, vectors = curvature(RAW, (0.0, 0.0))
    minimum = lowest(RAW, (0, 0.1, -20, 60))
    offset = vectors @ (np.array([0.01, -10.0]) - [minimum.x, minimum.y])

    def above(t):  # a quadratic: each eigenvector has its own factor
        return sum(0.5 * c * o**2 * (1 - 7e-7 * c) ** (2 * t) for c, o in zip((low, high), offset, strict=True))

    assert above(1_029_536) > 1 > above(1_029_537)
    path = trajectory("sgd", NORMALISED, (-20, -20), 4, lr=0.5)
    left = NORMALISED.value(path[:, 0], path[:, 1]) - lowest(NORMALISED, (-30, 80, -30, 80)).value
    assert left[3] > 1 > left[4]


@pytest.mark.parametrize(("batch", "steps", "left"), [
    (24, 1, ["3926", "1358", "0.000"]), (4, 6, ["1005", "1.57", "0.045"]), (1, 24, ["5.25", "2.12", "1.40"]),
])  # fmt: skip
def test_the_table_of_batches(batch, steps, left):
    minimum = lowest(NORMALISED, (-30, 80, -30, 80)).value
    for epochs, printed in zip((1, 5, 100), left, strict=True):
        above = []
        for seed in range(20):
            loss = NORMALISED.in_batches(batch, seed=seed)
            assert loss.steps_per_epoch == steps
            end = endpoints("sgd", loss, [(-20, -20)], epochs * steps, lr=0.05)[0]
            above.append(NORMALISED.value(*end.tolist()) - minimum)
        digits = len(printed.partition(".")[2])
        assert f"{np.mean(above):.{digits}f}" == printed


@pytest.mark.parametrize(("lr", "deviation"), [(0.1, 0.23), (0.01, 0.07)])
def test_a_noisy_walk_rests_as_badly_as_the_lesson_says(lr, deviation):
    assert round(math.sqrt(lr / (2 - lr)), 2) == deviation
    starts = np.zeros((400, 2))
    ends = endpoints("sgd", "bowl", starts, 1000, lr=lr, noise=1.0, seed=list(range(400)))
    assert ends.std() == pytest.approx(deviation, rel=0.1)


@pytest.mark.parametrize(("schedule", "deviation"), [("constant", 0.58), ("1/t", 0.07), ("cosine", 0.10)])
def test_a_schedule_lets_the_walk_come_to_rest(schedule, deviation):
    starts = np.tile([[10.0, 10.0]], (400, 1))
    paths = trajectories("sgd", "bowl", starts, 500, lr=0.5, noise=1.0, seed=list(range(400)), schedule=schedule)
    assert paths[:, -1].std() == pytest.approx(deviation, rel=0.1)


def test_the_logistic_loss_begins_at_the_logarithm_of_two():
    zeros = torch.zeros(8)
    assert round(binary_cross_entropy_with_logits(zeros, torch.ones(8)).item(), 3) == 0.693


def test_the_normalised_flats_are_reached_after_eleven_steps():
    rate = 0.9 * 2 / curvature(NORMALISED, (0.0, 0.0)).values[1]
    path = trajectory("sgd", NORMALISED, (-20, -20), 40, lr=rate)
    above = NORMALISED.value(path[:, 0], path[:, 1]) - lowest(NORMALISED, (-30, 80, -30, 80)).value
    assert int((above <= 0.01 * above[0]).argmax()) == 11


def caption(language, link):
    """Return what a lesson writes below the exhibit of a link."""
    text = (paths.TEMPLATES / "lessons" / language / "gradient-descent.md").read_text()
    return text.split(f"::: exhibit batch-sizes?{link}\n")[1].split(":::")[0]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_caption_of_the_schedules_says_how_far_above_the_minimum_both_runs_end(language):
    link = "tab=schedules&schedule=cosine&batch=1&share=40&steps=400&step=400"
    scene = BatchSizesScene(Params.model_validate(dict(parse_qsl(link))))
    cosine, constant = (float(run.losses[-1]) - scene.loss.least for run in scene.runs)
    assert (f"{constant:.2f}", f"{cosine:.4f}") == ("0.19", "0.0001")
    assert "0.19" in caption(language, link)
    assert "0.0001" in caption(language, link)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_caption_of_the_likelihood_has_both_products(language):
    link = "tab=likelihood&model=logistic&x=0&y=0"
    for query, product in ((link, "0.00000006"), (link.replace("x=0&y=0", "x=3.3&y=-4.2"), "0.0025")):
        scene = BatchSizesScene(Params.model_validate(dict(parse_qsl(query))))
        likelihood = float(np.prod(scene.terms.factor))
        assert f"{likelihood:.{len(product) - 2}f}" == product
        assert product in caption(language, link)
