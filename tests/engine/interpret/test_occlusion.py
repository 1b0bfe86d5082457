"""Occlusion by recomputing only what a patch changes, beside whole networks run on covered pictures."""

import copy

import numpy as np
import pytest
import torch
from torch import nn

from engine import RangeError, ShapeError
from engine.interpret.occlusion import Occluder, occlude
from engine.interpret.patches import Answers, Grid
from engine.interpret.recompute import Changed, Rectangles
from engine.nets import NETS
from engine.nets.architecture import Architecture, Norm, Stage
from engine.nets.initial import he_
from engine.nets.network import Network

TINY = Architecture(
    name="tiny",
    title="Tiny",
    source="a test",
    input_shape=(3, 29, 33),
    stages=(
        Stage("conv1", "conv1", "conv2d", out_channels=6, kernel_size=5, stride=2, padding=1),
        Stage("relu1", "ReLU", "relu"),
        Stage("norm1", "LRN", "local_response_norm", norm=Norm(alpha=0.5)),
        Stage("pool1", "pool1", "max_pool2d", kernel_size=3, stride=2, ceil_mode=True),
        Stage("conv2", "conv2", "conv2d", out_channels=8, kernel_size=3, padding=1, groups=2),
        Stage("relu2", "ReLU", "relu"),
        Stage("pool2", "pool2", "max_pool2d", kernel_size=3, stride=2, padding=1),
        Stage("drop", "dropout", "dropout", p=0.5),
        Stage("fc", "fc", "linear", out_channels=7),
        Stage("softmax", "softmax", "softmax"),
    ),
)
POOLED = TINY.with_pooled_head(5)
LARGE = ("alexnet-2012", "alexnet", "zfnet", "vgg16")  # with the mean of each map and one linear layer: no gigabyte


def drawn(architecture, seed=0):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return he_(Network(architecture)).eval()


def brute(net, x, corners, size, cover, target, unit):
    """Return what the network answers when it reads every covered picture whole."""
    covered = np.repeat(x[None], len(corners), 0)
    for picture, (top, left) in zip(covered, corners, strict=True):
        rows, columns = slice(max(top, 0), max(top + size, 0)), slice(max(left, 0), max(left + size, 0))
        picture[:, rows, columns] = np.broadcast_to(cover, x.shape)[:, rows, columns]
    with torch.inference_mode():
        values = {"undisturbed": dict(net.walk(torch.from_numpy(x[None])))}
        values["covered"] = dict(net.walk(torch.from_numpy(covered)))
    stage, index = unit
    numbers = values["covered"][stage][:, index].double().reshape(len(corners), -1).numpy()
    strongest = int(values["undisturbed"][stage][0, index].argmax())
    logits = values["covered"][net.architecture.logits].double()
    probability = torch.softmax(logits, 1)[:, target].numpy()
    return Answers(probability, logits.argmax(1).numpy(), numbers.sum(1), numbers[:, strongest])


def assert_same(found, expected, tolerance):
    for name in ("probability", "total", "peak"):
        want = getattr(expected, name)
        np.testing.assert_allclose(
            getattr(found, name), want, rtol=0, atol=tolerance * max(np.ptp(want), np.abs(want).max()), err_msg=name
        )
    np.testing.assert_array_equal(found.label, expected.label)


def test_one_patch_on_a_network_worked_by_hand():
    net = Network(
        Architecture(
            "hand",
            "Hand",
            "",
            (1, 3, 3),
            (
                Stage("conv", "conv", "conv2d", out_channels=1, kernel_size=2),
                Stage("relu", "ReLU", "relu"),
                Stage("fc", "fc", "linear", out_channels=2),
                Stage("softmax", "softmax", "softmax"),
            ),
        )
    ).double()
    weights = {
        "conv.weight": [[[[1, 0], [0, 1]]]],
        "conv.bias": [-8],
        "fc.weight": [[1, 1, 1, 1], [0, 0, 0, 2]],
        "fc.bias": [0, 0],
    }
    net.load_state_dict({key: torch.tensor(value, dtype=torch.float64) for key, value in weights.items()})
    occluder = Occluder(net, [[[1, 2, 3], [4, 5, 6], [7, 8, 9]]], target=1)
    # sums of the diagonals less 8: 1+5, 2+6, 4+8, 5+9 give -2, 0, 4, 6; after the ReLU 0, 0, 4, 6: logits 10 and 12
    assert occluder.undisturbed.total.tolist() == [10]
    assert occluder.undisturbed.label.tolist() == [1]
    assert occluder.undisturbed.probability == pytest.approx(1 / (1 + np.exp(-2)))
    found = occluder.at([(2, 2), (0, 0)], 1)
    # without the 9 the last sum is 5 - 8 < 0: 0, 0, 4, 0: logits 4 and 0; without the 1 nothing changes
    assert found.total.tolist() == [4, 10]
    assert found.peak.tolist() == [0, 6]
    assert found.label.tolist() == [0, 1]
    np.testing.assert_allclose(found.probability, [1 / (1 + np.exp(4)), 1 / (1 + np.exp(-2))], rtol=1e-12)


@pytest.mark.parametrize("architecture", [TINY, POOLED], ids=["linear head", "pooled head"])
@pytest.mark.parametrize("unit", [("relu2", 3), ("conv1", 5), ("norm1", 0), ("pool2", 7)], ids=str)
def test_random_patches_answer_as_the_whole_network_in_float64(rng, architecture, unit):
    net, x = drawn(architecture).double(), rng.normal(size=TINY.input_shape)
    for size in (1, 2, 7, 13, 29, 40):
        corners = rng.integers(-3, 33, size=(12, 2))
        found = Occluder(net, x, cover=0.3, target=2, unit=unit).at(corners, size)
        assert_same(found, brute(net, x, corners, size, 0.3, 2, unit), 1e-10)


@pytest.mark.parametrize("stride", [1, 2, 3, 5])
def test_whole_grid_answers_as_the_whole_network(rng, stride):
    net, x = drawn(TINY).double(), rng.normal(size=TINY.input_shape)
    grid = Grid(29, 33, 8, stride)
    *_, found = occlude(net, x, size=8, stride=stride, target=0, unit=("relu2", 1))
    corners = stride * np.stack(np.indices(grid.shape), -1).reshape(-1, 2)
    expected = brute(net, x, corners, 8, 0.0, 0, ("relu2", 1))
    assert found.probability.shape == grid.shape == ((29 - 8) // stride + 1, (33 - 8) // stride + 1)
    assert_same(Answers(*(getattr(found, name).ravel() for name in vars(found))), expected, 1e-10)


@pytest.mark.parametrize("name", [pytest.param(n, marks=pytest.mark.slow) if n == "vgg16" else n for n in NETS])
def test_every_network_answers_as_it_does_whole(rng, name):
    architecture = NETS[name].with_pooled_head(10) if name in LARGE else NETS[name]
    net = drawn(architecture)
    x = rng.normal(size=architecture.input_shape).astype(np.float32)
    side = architecture.input_shape[1]
    size = side // 7
    corners = np.array([(0, 0), (side - size, side - size), (side // 2, 0), tuple(rng.integers(0, side - size, 2))])
    occluder = Occluder(net, x, cover=9.0)  # far from the picture, so that the answers differ a lot
    expected = brute(net, x, corners, size, 9.0, occluder.target, occluder.unit)
    found = occluder.at(corners, size)
    assert_same(found, expected, 1e-5)
    for name in ("probability", "total"):
        error = np.abs(getattr(found, name) - getattr(expected, name)).max()
        assert error <= 1e-4 * np.ptp(getattr(expected, name))


def test_patch_shows_its_part_of_a_covering_picture(rng):
    net, x, cover = drawn(TINY).double(), *rng.normal(size=(2, *TINY.input_shape))
    corners = [(3, 4), (20, 25)]
    found = Occluder(net, x, cover=cover, target=1, unit=("relu1", 2)).at(corners, 6)
    assert_same(found, brute(net, x, corners, 6, cover, 1, ("relu1", 2)), 1e-10)


def test_each_channel_can_be_covered_by_a_number_of_its_own(rng):
    net, x, colour = drawn(TINY).double(), rng.normal(size=TINY.input_shape), np.array([0.1, -2, 3])
    found = Occluder(net, x, cover=colour, target=1, unit=("relu1", 2)).at([(5, 5)], 9)
    assert_same(found, brute(net, x, [(5, 5)], 9, colour[:, None, None], 1, ("relu1", 2)), 1e-10)


def test_patch_that_changes_no_pixel_changes_no_answer(rng):
    net, x = drawn(TINY).double(), rng.normal(size=TINY.input_shape)
    occluder = Occluder(net, x, cover=x)
    found = occluder.at([(8, 8)], 11)
    np.testing.assert_allclose(found.total, occluder.undisturbed.total, rtol=1e-12)
    np.testing.assert_allclose(found.probability, occluder.undisturbed.probability, rtol=1e-12)


def test_patch_in_cells_that_no_window_reads_changes_nothing(rng):
    narrow = Architecture(
        "narrow",
        "Narrow",
        "",
        (1, 8, 8),
        (
            Stage("conv", "conv", "conv2d", out_channels=2, kernel_size=3, stride=3),
            Stage("relu", "ReLU", "relu"),
            Stage("fc", "fc", "linear", out_channels=2),
            Stage("softmax", "softmax", "softmax"),
        ),
    )  # windows end at cell 6: the last row and column are read by none
    occluder = Occluder(drawn(narrow).double(), rng.normal(size=(1, 8, 8)), cover=9.0)
    found = occluder.at([(7, 7), (6, 6)], 1)
    assert found.total[0] == occluder.undisturbed.total[0]
    assert found.probability[0] == pytest.approx(occluder.undisturbed.probability[0], rel=1e-12)


def test_target_and_unit_are_the_strongest_unless_told(rng):
    net, x = drawn(TINY).double(), rng.normal(size=TINY.input_shape)
    occluder = Occluder(net, x)
    with torch.inference_mode():
        values = dict(net.walk(torch.from_numpy(x[None])))
    assert occluder.target == int(values["fc"].argmax())
    assert occluder.unit == ("relu2", int(values["relu2"][0].amax((1, 2)).argmax()))
    assert occluder.undisturbed.peak[0] == pytest.approx(float(values["relu2"].max()))
    assert Occluder(net, x, unit=("conv1", None)).unit == ("conv1", int(values["conv1"][0].amax((1, 2)).argmax()))


def test_unit_behind_the_maps_is_one_number(rng):
    net, x = drawn(TINY).double(), rng.normal(size=TINY.input_shape)
    found = Occluder(net, x, unit=("fc", 4), target=4).at([(0, 0), (9, 9)], 10)
    assert_same(found, brute(net, x, [(0, 0), (9, 9)], 10, 0.0, 4, ("fc", 4)), 1e-10)
    np.testing.assert_array_equal(found.total, found.peak)


def test_positions_come_coarse_to_fine_and_each_once():
    steps, levels = zip(*Grid(224, 224, 32, 8).coarse_to_fine(), strict=True)
    assert steps == (8, 4, 2, 1)
    assert [len(level) for level in levels] == [16, 33, 120, 456]  # 4 x 4 of 25 x 25, then the rest of 7 x 7, 13 x 13
    every = np.concatenate(levels)
    assert len(np.unique(every, axis=0)) == len(every) == 625


@pytest.mark.parametrize("sides", [(8, 8), (8, 30), (40, 9)], ids=str)
def test_every_position_of_small_and_narrow_grids_comes(sides):
    grid = Grid(*sides, 8, 1)
    every = np.concatenate([places for _, places in grid.coarse_to_fine()])
    assert sorted(map(tuple, every.tolist())) == [tuple(place) for place in np.ndindex(grid.shape)]


def test_first_picture_is_there_after_a_tenth_of_the_positions(rng):
    first = next(occlude(drawn(TINY), rng.normal(size=TINY.input_shape), size=4, stride=1))
    known = first.label >= 0
    assert 0 < known.sum() <= known.size / 10
    assert np.isfinite(first.total[known]).all()
    assert np.isnan(first.total[~known]).all()


def test_work_stops_when_nobody_asks_for_more(rng, monkeypatch):
    asked = []
    monkeypatch.setattr(
        Occluder, "at", lambda self, corners, size, at=Occluder.at: asked.append(1) or at(self, corners, size)
    )
    sweep = occlude(drawn(TINY), rng.normal(size=TINY.input_shape), size=4, stride=1)
    next(sweep), next(sweep)
    sweep.close()
    assert len(asked) == 2


def test_network_is_left_as_it_was(rng):
    net = drawn(TINY).train()
    before = copy.deepcopy(net.state_dict())
    x = rng.normal(size=TINY.input_shape)
    first, second = (Occluder(net, x).at([(4, 4)], 9).total[0] for _ in range(2))
    assert first == second  # no dropout, though the network is being trained
    assert all(module.training for module in net.modules())
    assert not any(module._forward_hooks for module in net.modules())
    assert all(torch.equal(before[key], value) for key, value in net.state_dict().items())


def test_bfloat16_is_near_and_the_network_stays_float32(rng):
    net, x = drawn(TINY), rng.normal(size=TINY.input_shape)
    corners = rng.integers(0, 20, size=(30, 2))
    exact = Occluder(net, x, target=1, unit=("relu2", 1)).at(corners, 8)
    near = Occluder(net, x, target=1, unit=("relu2", 1), dtype=torch.bfloat16).at(corners, 8)
    error = np.abs(near.probability - exact.probability).max()
    assert 0 < error < 0.05
    assert next(net.parameters()).dtype == torch.float32


def test_windows_that_overlap_a_changed_span_are_changed():
    spans = np.array([[0, 1], [4, 6], [9, 10], [5, 5]])
    changed = Rectangles(spans, spans).seen_by(Stage("", "", "conv2d", 1, kernel_size=3, stride=2, padding=1), (5, 5))
    # window i reads cells 2 i - 1 to 2 i + 1: cell 0 is in window 0; 4, 5 in 2 and 3; 9 in 4 and no other of five
    assert changed.rows.tolist() == [[0, 1], [2, 4], [4, 5], [2, 2]]


def test_a_network_without_maps_must_be_told_its_unit():
    flat = Architecture(
        "flat",
        "Flat",
        "",
        (1, 2, 2),
        (Stage("fc", "fc", "linear", out_channels=2), Stage("softmax", "softmax", "softmax")),
    )
    with pytest.raises(RangeError, match="Flat has no ReLU over maps; name a unit"):
        Occluder(Network(flat), np.ones((1, 2, 2)))


@pytest.mark.parametrize(
    ("options", "problem", "sentence"),
    [
        ({"target": 7}, RangeError, "fc has 7 maps or units; there is no 7"),
        ({"unit": ("relu2", 8)}, RangeError, "relu2 has 8 maps or units; there is no 8"),
        ({"unit": ("relu9", 0)}, RangeError, "tiny has no stage relu9"),
        ({"cover": [1.0, 2.0]}, ShapeError, r"a cover must be one number, one for each of 3 channels.*got \(2,\)"),
    ],
    ids=["target", "map", "stage", "cover"],
)
def test_what_does_not_fit_is_refused(rng, options, problem, sentence):
    with pytest.raises(problem, match=sentence):
        Occluder(drawn(TINY), rng.normal(size=TINY.input_shape), **options)


def test_a_picture_of_another_size_is_refused():
    with pytest.raises(ShapeError, match=r"Tiny reads one picture of shape \(3, 29, 33\), got \(3, 29, 29\)"):
        Occluder(drawn(TINY), np.ones((3, 29, 29)))


def test_a_patch_larger_than_the_picture_has_no_grid():
    with pytest.raises(ShapeError, match="kernel spans 9 but padded input is only 8"):
        _ = Grid(8, 8, 9, 1).shape


def test_covered_rectangle_is_gathered_out_of_the_cover():
    picture, cover = torch.arange(4.0).reshape(1, 2, 2), torch.full((1, 2, 2), 9.0)
    changed = Changed.covered(picture, cover, Rectangles(np.array([[0, 1]]), np.array([[1, 2]])))
    assert changed.whole()[0, 0].tolist() == [[0, 9], [2, 3]]
    after = changed.through(Stage("relu", "", "relu"), nn.ReLU(), -picture)
    assert after.whole()[0, 0].tolist() == [[0, 9], [-2, -3]]
