"""AlexNet, ZFNet, VGG-16 and Tiny VGG: sizes, counts, keys, and every stage beside torch's own functions."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from engine import RangeError, nets
from engine.nets.architecture import POOLED_HEAD, Norm
from engine.nets.modules import LocalResponseNorm
from engine.nets.network import Network
from engine.nets.run import activations
from engine.nets.summary import Summary

PARAMETERS = {
    "lenet5": 61_706,
    "alexnet-2012": 60_965_224,
    "alexnet": 61_100_840,
    "zfnet": 62_357_608,
    "vgg16": 138_357_544,
    "tiny-vgg": 19_920,  # 10 * (27 + 1) + 3 * 10 * (90 + 1) + 10 * (1690 + 1)
}

SIDES = {
    "alexnet-2012": {"conv1": 55, "pool1": 27, "conv2": 27, "pool2": 13, "conv5": 13, "pool5": 6},
    "alexnet": {"conv1": 55, "pool1": 27, "conv2": 27, "pool2": 13, "conv5": 13, "pool5": 6},
    "zfnet": {"conv1": 110, "pool1": 55, "conv2": 26, "pool2": 13, "conv5": 13, "pool5": 6},
    "vgg16": {"conv1_1": 224, "pool1": 112, "pool2": 56, "pool3": 28, "pool4": 14, "pool5": 7},
    "tiny-vgg": {"conv1_1": 62, "conv1_2": 60, "pool1": 30, "conv2_1": 28, "conv2_2": 26, "pool2": 13},
}

FIELDS = {  # pixels a cell depends on, and between neighbouring cells: Araujo et al. 2019 have AlexNet's and VGG's
    "alexnet-2012": {"conv1": (11, 4), "conv2": (51, 8), "conv5": (163, 16), "pool5": (195, 32)},
    "vgg16": {"conv1_2": (5, 1), "pool5": (212, 32)},
    "zfnet": {"conv1": (7, 2), "pool1": (11, 4), "conv2": (27, 8)},
}

KEYS = {  # what torchvision's models call what has weights
    "alexnet": [f"features.{k}" for k in (0, 3, 6, 8, 10)] + [f"classifier.{k}" for k in (1, 4, 6)],
    "vgg16": [f"features.{k}" for k in (0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28)]
    + [f"classifier.{k}" for k in (0, 3, 6)],
}


def built(architecture):
    """Return a network with drawn weights; the last layers are narrow, so that it takes no gigabyte."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(2012)
        return Network(architecture).eval()


@pytest.fixture
def picture(rng):
    return rng.normal(size=(3, 224, 224)).astype(np.float32)


@pytest.mark.parametrize("name", PARAMETERS)
def test_parameters_are_those_of_the_paper(name):
    assert nets.summarize(name).parameters == PARAMETERS[name]


def test_every_net_is_counted_here():
    assert set(PARAMETERS) == set(nets.NETS)


@pytest.mark.parametrize("name", SIDES)
def test_maps_have_the_sizes_of_the_paper(name):
    shapes = nets.find(name).shapes
    assert {stage: shapes[stage][1:] for stage in SIDES[name]} == {stage: (n, n) for stage, n in SIDES[name].items()}


@pytest.mark.parametrize("name", FIELDS)
def test_cells_see_as_much_of_the_photo_as_they_should(name):
    rows = {row.name: (row.receptive_field, row.stride) for row in nets.summarize(name).rows}
    assert {stage: rows[stage] for stage in FIELDS[name]} == FIELDS[name]


@pytest.mark.parametrize("name", KEYS)
def test_state_dicts_have_torchvisions_keys(name):
    architecture = nets.find(name)
    expected = [f"{key}.{kind}" for key in KEYS[name] for kind in ("weight", "bias")]
    assert [key for stage in architecture.stages for key in stage.parameters] == expected
    assert list(built(architecture.with_pooled_head(2)).state_dict())[:2] == expected[:2]


def test_multiplications_of_alexnet_are_counted_by_hand():
    by_hand = {
        "conv1": 55 * 55 * 96 * 3 * 11 * 11,
        "conv2": 27 * 27 * 256 * 48 * 5 * 5,
        "conv3": 13 * 13 * 384 * 256 * 3 * 3,
        "conv4": 13 * 13 * 384 * 192 * 3 * 3,
        "conv5": 13 * 13 * 256 * 192 * 3 * 3,
        "fc6": 9216 * 4096,
        "fc7": 4096 * 4096,
        "fc8": 4096 * 1000,
    }
    rows = {row.name: row.macs for row in nets.summarize("alexnet-2012").rows if row.macs}
    assert rows == by_hand


def functional(stage, value, state):
    """Return what torch's own functions make of a stage."""
    weight, bias = (state[key] for key in stage.parameters) if stage.parameters else (None, None)
    match stage.kind:
        case "conv2d":
            return F.conv2d(value, weight, bias, stage.stride, stage.padding, groups=stage.groups)
        case "local_response_norm":
            return F.local_response_norm(value, 5, alpha=5e-4, beta=0.75, k=2.0)
        case "max_pool2d":
            return F.max_pool2d(value, stage.kernel_size, stage.stride, ceil_mode=stage.ceil_mode)
        case "linear":
            return F.linear(value.flatten(1), weight, bias)
        case "global_avg_pool2d":
            return value.mean(dim=(2, 3), keepdim=True)
        case "softmax":
            return F.softmax(value, dim=1)
        case "relu":
            return F.relu(value)
        case "dropout":
            return value
    raise AssertionError(stage.kind)


@pytest.mark.parametrize("name", ["alexnet-2012", "alexnet", "zfnet", "tiny-vgg"])
def test_each_stage_is_what_torch_makes_of_the_one_before(name, picture):
    architecture = nets.find(name).with_pooled_head(7)
    net = built(architecture)
    got = activations(net, picture[:, : architecture.input_shape[1], : architecture.input_shape[2]])
    assert list(got) == ["input", *(stage.name for stage in architecture.stages)]
    for stage in architecture.stages:
        before = torch.from_numpy(got[architecture.reads(stage.name)])[None]
        expected = functional(stage, before, net.state_dict())[0].numpy()
        assert got[stage.name].shape == architecture.shapes[stage.name]
        np.testing.assert_allclose(got[stage.name], expected, rtol=1e-4, atol=1e-5, err_msg=stage.name)


def test_the_three_linear_layers_read_the_last_maps_row_after_row(rng):
    architecture = nets.find("tiny-vgg")
    net, x = built(architecture), rng.normal(size=(3, 64, 64)).astype(np.float32)
    got = activations(net, x)
    expected = got["pool2"].reshape(1690) @ net.fc.weight.detach().numpy().T + net.fc.bias.detach().numpy()
    np.testing.assert_allclose(got["fc"], expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("norm", [Norm(), Norm(size=3, alpha=0.2, beta=0.5, k=1.0)], ids=["paper", "other"])
@pytest.mark.parametrize("channels", [1, 2, 4, 7])
def test_normalisation_and_its_gradient_are_torchs(norm, channels):
    drawn = torch.Generator().manual_seed(channels)
    x = (30 * torch.randn(2, channels, 4, 5, dtype=torch.float64, generator=drawn)).requires_grad_()
    y, expected = (
        LocalResponseNorm(norm)(x),
        F.local_response_norm(x, norm.size, norm.alpha, norm.beta, norm.k),
    )
    torch.testing.assert_close(y, expected, rtol=1e-12, atol=1e-12)
    grad_output = torch.randn(x.shape, dtype=torch.float64, generator=drawn)
    (got,), (wanted,) = torch.autograd.grad(y, x, grad_output), torch.autograd.grad(expected, x, grad_output)
    torch.testing.assert_close(got, wanted, rtol=1e-10, atol=1e-12)


def test_a_pooled_head_keeps_every_map_and_averages_the_last(picture):
    architecture = nets.find("alexnet-2012").with_pooled_head(109)
    assert architecture.variant == POOLED_HEAD == Summary.of(architecture).variant
    assert nets.summarize("alexnet-2012").variant == ""
    assert [stage.name for stage in architecture.stages][-5:] == ["pool5", "gap", "drop", "fc", "softmax"]
    convolutions = 34_944 + 307_456 + 885_120 + 663_936 + 442_624
    assert Summary.of(architecture).parameters == convolutions + 109 * (256 + 1)
    got = activations(built(architecture), picture)
    np.testing.assert_allclose(got["gap"][:, 0, 0], got["pool5"].mean(axis=(1, 2)), rtol=1e-5, atol=1e-6)


def test_dropout_drops_nothing_once_trained(picture):
    got = activations(built(nets.find("zfnet").with_pooled_head(3)), picture)
    np.testing.assert_array_equal(got["drop"], got["gap"])


def test_a_pooled_head_has_at_least_two_classes():
    with pytest.raises(RangeError, match="num_classes must be at least 2, got 1"):
        nets.find("alexnet").with_pooled_head(1)


def test_channels_last_moves_the_numbers_of_filters_and_changes_none():
    net = nets.build("tiny-vgg")
    before = {key: value.clone() for key, value in net.state_dict().items()}
    assert net.channels_last() is net
    for key, value in net.state_dict().items():
        assert torch.equal(value, before[key])
        if value.ndim == 4:
            assert value.stride(1) == 1
