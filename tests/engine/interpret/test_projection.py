"""Deconvnet, gradient and guided backpropagation: a network solved by hand, torch's autograd, and what must hold."""

import numpy as np
import pytest
import torch

from engine import RangeError, ShapeError
from engine.interpret.forward_pass import ForwardPass
from engine.interpret.projection import project, project_known
from engine.interpret.relu_rules import RELU_RULES
from engine.nets import NETS, find
from engine.nets.architecture import Architecture, Stage
from engine.nets.network import Network
from tests.engine.interpret.by_autograd import expected
from tests.engine.interpret.small_networks import ROUNDED_UP, SMALL, STRIDE_AND_OVERLAP, drawn, layers, picture

METHODS = tuple(RELU_RULES)

# Two rows of four pixels. conv1 has two filters of one weight, 1 and -1; pool1 takes the largest of four, its
# 2x2 windows overlap; conv2 adds 2 * map 0 - map 1.
BY_HAND = Architecture(
    name="hand",
    title="by hand",
    source="",
    input_shape=(1, 2, 4),
    stages=(
        Stage("conv1", "conv1", "conv2d", out_channels=2, kernel_size=1),
        Stage("relu1", "ReLU", "relu"),
        Stage("pool1", "pool1", "max_pool2d", kernel_size=2, stride=1),
        Stage("conv2", "conv2", "conv2d", out_channels=1, kernel_size=1),
        Stage("softmax", "softmax", "softmax"),
    ),
)
X = np.array([[[1.0, 3.0, 2.0, -1.0], [0.0, -2.0, 1.0, -4.0]]])


def by_hand() -> Network:
    state = {
        "conv1.weight": torch.tensor([1.0, -1.0], dtype=torch.float64).reshape(2, 1, 1, 1),
        "conv1.bias": torch.zeros(2, dtype=torch.float64),
        "conv2.weight": torch.tensor([2.0, -1.0], dtype=torch.float64).reshape(1, 2, 1, 1),
        "conv2.bias": torch.zeros(1, dtype=torch.float64),
    }
    return Network.with_state(BY_HAND, state).eval()


def told(projection, name: str, step: str) -> list:
    signal = next(signal for signal in projection.stages if (signal.name, signal.step) == (name, step))
    return signal.array.tolist()


def test_a_network_of_eight_pixels_is_gone_down_by_hand() -> None:
    # relu1: map 0 [[1, 3, 2, 0], [0, 0, 1, 0]], map 1 [[0, 0, 0, 1], [0, 2, 0, 4]]
    # pool1: map 0 [[3, 3, 2]],                  map 1 [[2, 2, 4]]; the 3 and the 2 are each the maximum of two windows
    # conv2: 2 * map 0 - map 1 = [[4, 4, 0]]
    found = project(by_hand(), X, "conv2", 0, method="deconvnet", keep="all")
    assert told(found, "conv2", "keep") == [[[4, 4, 0]]]
    assert told(found, "pool1", "conv2d") == [[[8, 8, 0]], [[-4, -4, 0]]]
    assert told(found, "relu1", "max_pool2d") == [
        [[0, 16, 0, 0], [0, 0, 0, 0]],  # 8 + 8: both windows have their switch at the 3
        [[0, 0, 0, 0], [0, -8, 0, 0]],
    ]
    assert told(found, "conv1", "relu") == [[[0, 16, 0, 0], [0, 0, 0, 0]], [[0, 0, 0, 0], [0, 0, 0, 0]]]
    assert found.pixels.tolist() == [[[0, 16, 0, 0], [0, 0, 0, 0]]]
    assert found.patch == (0, 0, 2, 4)


def test_by_hand_the_gradient_keeps_the_signal_below_zero() -> None:
    found = project(by_hand(), X, "conv2", 0, method="gradient", keep="all")
    assert told(found, "conv1", "relu") == [[[0, 16, 0, 0], [0, 0, 0, 0]], [[0, 0, 0, 0], [0, -8, 0, 0]]]
    assert found.pixels.tolist() == [[[0, 16, 0, 0], [0, 8, 0, 0]]]


def test_by_hand_only_guided_wants_both_above_zero() -> None:
    x = np.array([[[-1.0, -3.0, -2.0, -5.0], [-9.0, -9.0, -9.0, -9.0]]])  # map 0 is silent, its switches are the first
    kept = {method: project(by_hand(), x, "conv2", 0, method=method, keep=(0, 0), start="one") for method in METHODS}
    # one downwards: 2 in map 0, whose ReLU was silent; -1 in map 1, which was not
    assert kept["deconvnet"].pixels.tolist() == [[[2, 0, 0, 0], [0, 0, 0, 0]]]
    assert kept["gradient"].pixels.tolist() == [[[0, 0, 0, 0], [1, 0, 0, 0]]]
    assert kept["guided"].pixels.tolist() == [[[0, 0, 0, 0], [0, 0, 0, 0]]]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("architecture", SMALL, ids=lambda net: net.name)
def test_every_layer_agrees_with_autograd(architecture: Architecture, method: str, rng: np.random.Generator) -> None:
    net, x = drawn(architecture), picture(architecture, rng)
    for layer in layers(architecture):
        for unit in range(architecture.shapes[layer][0]):
            found = project(net, x, layer, unit, method=method, start="one").pixels
            wanted = expected(net, x, layer, unit, method)
            np.testing.assert_allclose(found, wanted, rtol=1e-10, atol=1e-10, err_msg=f"{layer} {unit}")


@pytest.mark.parametrize("keep", ["all", 1, 3, (0, 1), (2, 0)], ids=str)
@pytest.mark.parametrize("method", METHODS)
def test_what_is_kept_agrees_with_autograd(method: str, keep, rng: np.random.Generator) -> None:
    net, x = drawn(STRIDE_AND_OVERLAP), picture(STRIDE_AND_OVERLAP, rng)
    for layer in ("conv1", "norm1", "pool1", "conv2", "relu2", "pool2"):
        found = project(net, x, layer, 3, method=method, keep=keep).pixels
        wanted = expected(net, x, layer, 3, method, keep, "activation")
        np.testing.assert_allclose(found, wanted, rtol=1e-10, atol=1e-10, err_msg=layer)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("architecture", SMALL, ids=lambda net: net.name)
def test_a_norm_that_is_passed_through_agrees_with_autograd(architecture, method, rng) -> None:
    net, x = drawn(architecture), picture(architecture, rng)
    found = project(net, x, "conv2", 2, method=method, start="one", norm="pass").pixels
    np.testing.assert_allclose(found, expected(net, x, "conv2", 2, method, norm="pass"), rtol=1e-10, atol=1e-10)
    assert not np.allclose(found, expected(net, x, "conv2", 2, method), rtol=1e-3)


@pytest.mark.parametrize("name", ["lenet5", "tiny-vgg", "alexnet-2012", "alexnet", "zfnet"])
def test_networks_of_the_table_agree_with_autograd(name: str, rng: np.random.Generator) -> None:
    torch.manual_seed(3)
    architecture = find(name).with_pooled_head(10)  # three linear layers of AlexNet take 240 MB
    net = Network(architecture).eval().double()
    layer = [stage.name for stage in architecture.stages if stage.kind == "conv2d"][-1]
    x = picture(architecture, rng)
    for method in METHODS:
        found = project(net, x, layer, 7, method=method, start="one").pixels
        wanted = expected(net, x, layer, 7, method)
        assert np.abs(wanted).max() > 0
        np.testing.assert_allclose(found, wanted, rtol=1e-10, atol=1e-10 * np.abs(wanted).max())


@pytest.mark.parametrize("name", NETS)
def test_every_kind_of_stage_of_every_network_has_a_way_down(name: str) -> None:
    from engine.interpret.descent import DOWN

    assert {stage.kind for stage in find(name).stages} <= {*DOWN, "relu", "softmax"}


def test_float32_weights_give_a_float32_projection_close_to_the_exact_one(rng: np.random.Generator) -> None:
    net, x = drawn(STRIDE_AND_OVERLAP), picture(STRIDE_AND_OVERLAP, rng)
    exact = project(net, x, "conv2", 5).pixels
    single = project(net.float(), x, "conv2", 5).pixels
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, exact, atol=1e-5 * np.abs(exact).max())


@pytest.mark.parametrize("architecture", SMALL, ids=lambda net: net.name)
def test_unpooling_a_pooled_value_puts_every_maximum_back_in_its_place(architecture, rng) -> None:
    net, x = drawn(architecture), picture(architecture, rng)
    for stage in architecture.stages:
        if stage.kind != "max_pool2d":
            continue
        passed = ForwardPass.of(net, x)
        for unit in range(len(passed.values[stage.name])):
            below = passed.values[architecture.reads(stage.name)][unit].numpy()
            found = project_known(passed, stage.name, unit, keep="all").stages[1].array[unit]
            switches, counts = np.unique(passed.switches[stage.name][unit].numpy(), return_counts=True)
            wanted = np.zeros(below.size)
            wanted[switches] = below.ravel()[switches] * counts  # of windows that share it, each brings it once
            np.testing.assert_allclose(found.ravel(), wanted, rtol=1e-12)


@pytest.mark.parametrize("architecture", SMALL, ids=lambda net: net.name)
@pytest.mark.parametrize("method", METHODS)
def test_nothing_outside_of_the_receptive_field_is_touched(architecture, method, rng) -> None:
    net, x = drawn(architecture), picture(architecture, rng)
    for layer in ("conv1", "pool1", "conv2", "pool2"):
        _, rows, columns = architecture.shapes[layer]
        for place in ((0, 0), (rows - 1, columns - 1), (rows // 2, columns // 2), (0, columns - 1)):
            found = project(net, x, layer, 1, method=method, keep=place)
            top, left, bottom, right = found.patch
            moved = x + 1.0
            moved[:, top:bottom, left:right] = x[:, top:bottom, left:right]
            seen = ForwardPass.of(net, moved).values[layer][1][place]
            assert torch.allclose(seen, ForwardPass.of(net, x).values[layer][1][place], rtol=1e-13, atol=0)
            outside = expected(net, x, layer, 1, method, place)
            outside[:, top:bottom, left:right] = 0
            assert not outside.any()


def test_the_patch_is_the_receptive_field_of_the_summary() -> None:
    net = Network(find("alexnet-2012").with_pooled_head(10)).eval()
    found = project(net, np.zeros((3, 224, 224)), "conv5", 0, keep=(6, 6))
    # size 11 + 2·4 + 4·8 + 2·8 + 3·2·16 = 163; start 6·16 - (2 + 2·8 + 3·16) = 30
    assert found.patch == (30, 30, 30 + 163, 30 + 163)


def test_dropout_drops_nothing_even_in_training(rng: np.random.Generator) -> None:
    net, x = drawn(STRIDE_AND_OVERLAP), picture(STRIDE_AND_OVERLAP, rng)
    still = project(net, x, "out", 2).pixels
    np.testing.assert_array_equal(project(net.train(), x, "out", 2).pixels, still)


def test_the_stages_name_every_operation_on_the_way_down() -> None:
    net = drawn(STRIDE_AND_OVERLAP)
    found = project(net, np.ones((3, 19, 17)), "relu2", 0)
    assert [(signal.step, signal.through, signal.name) for signal in found.stages] == [
        ("keep", "relu2", "relu2"),
        ("relu", "relu2", "conv2"),
        ("conv2d", "conv2", "pool1"),
        ("max_pool2d", "pool1", "norm1"),
        ("local_response_norm", "norm1", "relu1"),
        ("relu", "relu1", "conv1"),
        ("conv2d", "conv1", "input"),
    ]
    assert [signal.array.shape for signal in found.stages][-1] == (3, 19, 17)


def test_neither_network_nor_picture_is_changed_and_no_hook_stays(rng: np.random.Generator) -> None:
    net, x = drawn(STRIDE_AND_OVERLAP), picture(STRIDE_AND_OVERLAP, rng)
    before, copy = {key: value.clone() for key, value in net.state_dict().items()}, x.copy()
    project(net, x, "out", 1)
    with pytest.raises(ShapeError):
        project(net, x[:, 1:], "out", 1)
    net.conv2.weight.data = net.conv2.weight.data[:, :2]  # a forward pass that breaks off on its way
    with pytest.raises(RuntimeError):
        project(net, x, "out", 1)
    assert not any(
        module._forward_hooks or module._forward_pre_hooks or module._backward_hooks or module._backward_pre_hooks
        for module in net.modules()
    )
    assert torch.is_grad_enabled()
    np.testing.assert_array_equal(x, copy)
    net.conv2.weight.data = before["conv2.weight"]
    assert all(torch.equal(value, before[key]) for key, value in net.state_dict().items())
    assert all(weight.grad is None for weight in net.parameters())


class FunctionalRelu(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1 = torch.nn.Conv2d(3, 4, 3)

    def forward(self, x):
        return torch.relu(self.conv1(x))


def test_a_module_whose_relus_could_slip_through_is_refused() -> None:
    with pytest.raises(RangeError, match=r"follows the stages of .*, got FunctionalRelu"):
        project(FunctionalRelu(), np.ones((3, 8, 8)), "conv1", 0)


REFUSED = {
    "unknown method: relu; have deconvnet, gradient, guided": {"method": "relu"},
    "norm must be one of gradient, pass, got none": {"norm": "none"},
    "start must be one of activation, one, got 1": {"start": "1"},
    "conv2 has 8 units, got unit 8": {"unit": 8},
    "unit must be at least 0, got -1": {"unit": -1},
    'keep must be "strongest", "all", a number of cells or \\(row, column\\), got best': {"keep": "best"},
    "keep must be at least 1, got 0": {"keep": 0},
    "a map of conv2 has 16 cells, got keep 17": {"keep": 17},
    "a map of conv2 has 4 rows and 4 columns; there is no cell \\(4, 0\\)": {"keep": (4, 0)},
    "stride has no stage conv7": {"layer": "conv7"},
    "begin with out, which it reads": {"layer": "softmax"},
    "stride has no stage input": {"layer": "input"},
}


@pytest.mark.parametrize(("text", "change"), REFUSED.items(), ids=REFUSED)
def test_what_has_no_way_down_is_refused_in_words(text: str, change: dict) -> None:
    net = drawn(STRIDE_AND_OVERLAP)
    options = {"layer": "conv2", "unit": 0, **change}
    with pytest.raises(RangeError, match=text):
        project(net, np.ones((3, 19, 17)), options.pop("layer"), options.pop("unit"), **options)


def test_equal_numbers_are_kept_in_the_order_of_their_places() -> None:
    found = project(by_hand(), X, "conv2", 0, keep=1)  # [[4, 4, 0]]
    assert told(found, "conv2", "keep") == [[[4, 0, 0]]]


def test_the_two_networks_have_what_is_tested_on_them() -> None:
    pools = [stage for net in SMALL for stage in net.stages if stage.kind == "max_pool2d"]
    assert any(pool.kernel_size > pool.stride for pool in pools)
    assert any(pool.ceil_mode for pool in pools)
    assert any(pool.padding for pool in pools)
    convolutions = [stage for net in SMALL for stage in net.stages if stage.kind == "conv2d"]
    assert {stage.groups for stage in convolutions} == {1, 2, 3}
    assert {stage.stride for stage in convolutions} == {1, 2}
    assert any(stage.kind == "global_avg_pool2d" for stage in ROUNDED_UP.stages)
