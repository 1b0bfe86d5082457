import subprocess
import sys

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from engine import RangeError, ShapeError, conv2d, nets
from engine.errors import FileError
from engine.nets.run import activations

STAGES = {
    "input": (1, 32, 32),
    "conv1": (6, 28, 28),
    "relu1": (6, 28, 28),
    "pool1": (6, 14, 14),
    "conv2": (16, 10, 10),
    "relu2": (16, 10, 10),
    "pool2": (16, 5, 5),
    "fc1": (120,),
    "relu3": (120,),
    "fc2": (84,),
    "relu4": (84,),
    "fc3": (10,),
    "softmax": (10,),
}
PARAMETERS = {
    "conv1": 6 * (5 * 5 + 1),
    "conv2": 16 * (6 * 5 * 5 + 1),
    "fc1": 120 * (16 * 5 * 5 + 1),
    "fc2": 84 * (120 + 1),
    "fc3": 10 * (84 + 1),
}


@pytest.fixture
def net():
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(231)
        return nets.build("lenet5")


@pytest.fixture
def x(rng):
    return rng.normal(size=(1, 32, 32)).astype(np.float32)


def test_the_stages_have_the_sizes_of_the_paper(net, x):
    values = activations(net, x)
    assert {name: value.shape for name, value in values.items()} == STAGES
    assert list(values) == list(STAGES)
    assert {value.dtype for value in values.values()} == {np.dtype(np.float32)}


def test_the_input_is_among_the_activations(net, x):
    np.testing.assert_array_equal(activations(net, x)["input"], x)
    np.testing.assert_array_equal(activations(net, x[None])["input"], x)


def test_each_stage_is_what_torch_makes_of_the_one_before(net, x):
    got, w = activations(net, x), {key: value.detach() for key, value in net.state_dict().items()}
    v = {name: torch.from_numpy(value)[None] for name, value in got.items()}
    expected = {
        "conv1": F.conv2d(v["input"], w["conv1.weight"], w["conv1.bias"]),
        "relu1": v["conv1"].clamp(min=0),
        "pool1": F.max_pool2d(v["relu1"], 2),
        "conv2": F.conv2d(v["pool1"], w["conv2.weight"], w["conv2.bias"]),
        "relu2": v["conv2"].clamp(min=0),
        "pool2": F.max_pool2d(v["relu2"], 2),
        "fc1": v["pool2"].reshape(1, 400) @ w["fc1.weight"].T + w["fc1.bias"],
        "relu3": v["fc1"].clamp(min=0),
        "fc2": v["relu3"] @ w["fc2.weight"].T + w["fc2.bias"],
        "relu4": v["fc2"].clamp(min=0),
        "fc3": v["relu4"] @ w["fc3.weight"].T + w["fc3.bias"],
        "softmax": v["fc3"].exp() / v["fc3"].exp().sum(),
    }
    for name, value in expected.items():
        np.testing.assert_allclose(got[name], value[0], rtol=1e-4, atol=1e-5, err_msg=name)


def test_the_engines_own_convolution_gives_the_first_maps(net, x):
    weight, bias = net.conv1.weight.detach().numpy(), net.conv1.bias.detach().numpy()
    np.testing.assert_allclose(activations(net, x)["conv1"], conv2d(x, weight, bias), rtol=1e-4, atol=1e-5)


def test_called_it_returns_the_logits(net, x):
    with torch.inference_mode():
        logits = net(torch.from_numpy(x)[None])
    np.testing.assert_array_equal(logits[0], activations(net, x)["fc3"])


def test_pictures_of_a_batch_do_not_mix(net, rng):
    batch = rng.normal(size=(3, 1, 32, 32)).astype(np.float32)
    with torch.inference_mode():
        together = net(torch.from_numpy(batch)).numpy()
    for picture, logits in zip(batch, together, strict=True):
        np.testing.assert_allclose(activations(net, picture)["fc3"], logits, rtol=1e-4, atol=1e-5)


def test_a_net_is_ready_to_be_used(net):
    assert not net.training


def test_parameters_are_counted_by_hand():
    rows = {row.name: row for row in nets.summarize("lenet5").rows}
    assert {name: row.parameters for name, row in rows.items() if row.parameters} == PARAMETERS
    assert nets.summarize("lenet5").parameters == 61_706


def test_the_summary_counts_what_torch_holds(net):
    assert nets.summarize("lenet5").parameters == sum(p.numel() for p in net.parameters())
    keys = [key for stage in net.architecture.stages for key in stage.parameters]
    assert keys == list(net.state_dict())


def test_connections_are_those_of_the_paper_where_the_layers_are():
    rows = {row.title: row.connections for row in nets.summarize("lenet5").rows}
    assert (rows["C1"], rows["C5"], rows["F6"]) == (122_304, 48_120, 10_164)
    assert rows["S2"] == 6 * 14 * 14 * 4
    assert rows["ReLU"] == rows["Softmax"] == 0


def test_multiplications_are_counted_by_hand():
    by_hand = 6 * 28 * 28 * 25 + 16 * 10 * 10 * 150 + 120 * 400 + 84 * 120 + 10 * 84
    assert nets.summarize("lenet5").macs == by_hand == 416_520


def test_what_a_cell_sees_of_the_picture_grows():
    rows = {row.name: (row.receptive_field, row.stride) for row in nets.summarize("lenet5").rows}
    assert [rows[name] for name in ("conv1", "pool1", "conv2", "pool2")] == [(5, 1), (6, 2), (14, 2), (16, 4)]
    assert rows["fc1"] == rows["softmax"] == (32, None)


def test_the_summary_has_the_shapes_of_the_activations():
    rows = nets.summarize("lenet5").rows
    assert {"input": (1, 32, 32)} | {row.name: row.output_shape for row in rows} == STAGES


def test_only_the_last_weights_know_the_number_of_classes():
    shapes = {key: tuple(value.shape) for key, value in nets.build("lenet5", num_classes=3).state_dict().items()}
    assert shapes["fc3.weight"] == (3, 84)
    assert shapes["fc2.weight"] == (84, 120)


def test_one_class_is_no_choice():
    with pytest.raises(RangeError, match="num_classes must be at least 2, got 1"):
        nets.build("lenet5", num_classes=1)


def test_an_unknown_net_is_told_which_there_are():
    with pytest.raises(RangeError, match="unknown network: lenet6; have lenet5"):
        nets.build("lenet6")


def test_weights_that_do_not_exist_are_told_by_their_name(tmp_path):
    with pytest.raises(FileError, match=r"no weights can be read from .*mine\.safetensors"):
        nets.build("lenet5", tmp_path / "mine.safetensors")


def test_a_picture_of_another_size_is_refused(net):
    with pytest.raises(ShapeError, match=r"LeNet-5 reads one picture of shape \(1, 32, 32\), got \(1, 28, 28\)"):
        activations(net, np.zeros((1, 28, 28)))


def test_a_stage_is_found_by_its_name():
    lenet5 = nets.find("lenet5")
    assert lenet5.stage("conv2").title == "C3"
    assert lenet5.reads("conv1") == "input"
    assert lenet5.reads("conv2") == "pool1"
    with pytest.raises(RangeError, match="lenet5 has no stage conv3; it has conv1, relu1"):
        lenet5.stage("conv3")


@pytest.mark.parametrize("name", nets.NETS)
def test_every_net_is_listed_under_its_name_and_ends_in_a_softmax_over_its_classes(name):
    architecture = nets.NETS[name]
    assert architecture.name == name
    assert architecture.stages[-1].kind == "softmax"
    assert architecture.shapes["softmax"] == (architecture.num_classes,)


def test_networks_can_be_listed_and_summarised_without_torch():
    program = "import sys; from engine import nets; nets.summarize('lenet5'); print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
