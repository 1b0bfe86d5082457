"""The numbers of the exhibit: the worked examples literally, everything else against torch."""

import io
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from app import tensors
from app.exhibits.convolution_forward import pictures
from app.exhibits.convolution_forward.params import Params
from app.exhibits.convolution_forward.presets import PRESETS
from app.exhibits.convolution_forward.scene import ConvolutionScene
from tests.exhibits.asking import API, answer, by_torch, close

CS231N_OUTPUT = [
    [[2, 3, 3], [3, 7, 3], [8, 10, -3]],
    [[-8, -8, -3], [-3, 1, 0], [-3, -8, -5]],
]

CASES = {
    "plain": {},
    "stride": {"stride": (2, 3)},
    "stride larger than the kernel": {"stride": (4, 5)},
    "padding": {"padding": 2},
    "padding of a pair": {"padding": (1, 2)},
    "asymmetric padding": {"padding": ((2, 0), (1, 3))},
    "same": {"padding": "same"},
    "same with a stride": {"padding": "same", "stride": (2, 3)},
    "same, dilated": {"padding": "same", "dilation": (3, 2)},
    "valid": {"padding": "valid"},
    "dilation": {"dilation": (3, 2)},
    "groups": {"groups": 2},
    "depthwise": {"groups": 4, "padding": 1},
    "true convolution": {"true_convolution": True, "padding": 1},
    "relu": {"activation": "relu"},
    "sigmoid": {"activation": "sigmoid"},
    "tanh": {"activation": "tanh"},
    "everything": {
        "groups": 2,
        "stride": (2, 1),
        "padding": ((0, 2), (3, 1)),
        "dilation": (1, 2),
        "true_convolution": True,
        "activation": "tanh",
    },
}
each_case = pytest.mark.parametrize("options", CASES.values(), ids=CASES)


def drawn(rng, groups=1):
    """Return x, weight, bias with C, H, W, K_h and K_w all different, as nested lists."""
    arrays = rng.normal(size=(4, 11, 9)), rng.normal(size=(8, 4 // groups, 3, 2)), rng.normal(size=8)
    return [np.round(values, 3).tolist() for values in arrays]


def as_text(value):
    if isinstance(value, tuple):
        return "x".join(str(n) for n in np.ravel(value).tolist())
    return str(int(value)) if isinstance(value, bool) else str(value)


def compact(values):
    return tensors.compact(np.array(values, dtype=np.float64))


@each_case
def test_json_lists_in_the_link_give_what_torch_gives(client, rng, options):
    x, weight, bias = drawn(rng, options.get("groups", 1))
    texts = {name: as_text(value) for name, value in options.items()}
    got = answer(
        client,
        x=json.dumps(x),
        weight=json.dumps(weight),
        bias=json.dumps(bias),
        stop=0,
        **{"stride": 1, "padding": 0, **texts},
    )
    sums, output = by_torch(x, weight, bias, **options)
    close(got["sums"], sums)
    close(got["output"], output)


@each_case
def test_compact_text_gives_what_torch_gives(client, rng, options):
    x, weight, bias = drawn(rng, options.get("groups", 1))
    texts = {name: as_text(value) for name, value in options.items()}
    given = {"x": compact(x), "weight": compact(weight), "bias": compact(bias), "stride": "1", "padding": "0"}
    close(answer(client, stop=0, **{**given, **texts})["output"], by_torch(x, weight, bias, **options)[1])


@each_case
def test_a_json_body_gives_what_torch_gives(client, rng, options):
    x, weight, bias = drawn(rng, options.get("groups", 1))
    flat = {name: np.ravel(v).tolist() if isinstance(v, tuple) else v for name, v in options.items()}
    body = {"x": x, "weight": weight, "bias": bias, "stride": 1, "padding": 0, **flat}
    response = client.post(API, json=body, params={"stop": 0})
    assert response.status_code == 200, response.text
    close(response.json()["output"], by_torch(x, weight, bias, **options)[1])


@st.composite
def legal_layers(draw):
    """Draw sizes first and a kernel that fits them, so that every draw is legal."""
    small = st.integers(1, 4)
    groups, per_group, filters_each = draw(st.tuples(st.integers(1, 2), st.integers(1, 3), small))
    kernel, dilation, stride = (draw(st.tuples(small, small)) for _ in range(3))
    sides = draw(st.tuples(*[st.tuples(st.integers(0, 3), st.integers(0, 3))] * 2))
    spans = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
    size = [draw(st.integers(max(1, span - sum(side)), 13)) for span, side in zip(spans, sides, strict=True)]
    options = {
        "stride": stride,
        "dilation": dilation,
        "groups": groups,
        "padding": draw(st.sampled_from([sides, "same"])),
        "activation": draw(st.sampled_from(["none", "relu", "sigmoid", "tanh"])),
        "true_convolution": draw(st.booleans()),
    }
    shapes = (groups * per_group, *size), (groups * filters_each, per_group, *kernel), (groups * filters_each,)
    return shapes, options, draw(st.integers(0, 2**31))


@settings(max_examples=60)
@given(drawn=legal_layers())
def test_every_legal_setting_gives_what_torch_gives(client, drawn):
    shapes, options, seed = drawn
    rng = np.random.default_rng(seed)
    x, weight, bias = (np.round(rng.normal(size=shape), 2) for shape in shapes)
    texts = {name: as_text(value) for name, value in options.items()}
    got = answer(client, x=compact(x), weight=compact(weight), bias=compact(bias), stop=4, **texts)
    sums, output = by_torch(x, weight, bias, **options)
    close(got["sums"], sums)
    close(got["output"], output)
    for step in got["steps"]:
        assert_adds_up(step, sums)


def assert_adds_up(step, sums):
    """The products are window times weight, the channel sums their sums, the value all with the bias."""
    window, weight, products = (np.array(step[name], dtype=float) for name in ("window", "weight", "products"))
    close(products, window * weight)
    close(step["channel_sums"], products.sum(axis=(1, 2)))
    close(step["value"], products.sum() + step["bias"])
    close(step["value"], sums[tuple(step["index"][1:])])


def test_the_cs231n_example_has_the_numbers_of_the_course(client):
    got = answer(client)
    assert np.shape(got["x"]) == (3, 5, 5)
    assert got["bias"] == [1, 0]
    assert (got["options"]["stride"], got["options"]["padding"]) == ("2", "1")
    assert got["output"] == CS231N_OUTPUT
    assert [step["value"] for step in got["steps"]] == np.ravel(CS231N_OUTPUT).tolist()


def test_the_cs231n_tensors_are_those_of_the_issue(client):
    got = answer(client, stop=0)
    assert got["x"][0] == [[0, 0, 1, 0, 2], [1, 0, 2, 0, 1], [1, 0, 2, 2, 0], [2, 0, 0, 2, 0], [2, 1, 2, 2, 0]]
    assert got["x"][1] == [[2, 1, 2, 1, 1], [2, 1, 2, 0, 1], [0, 2, 1, 0, 1], [1, 2, 2, 2, 2], [0, 1, 2, 0, 1]]
    assert got["x"][2] == [[2, 1, 1, 2, 0], [1, 0, 0, 1, 0], [0, 1, 0, 0, 0], [1, 0, 2, 1, 0], [2, 2, 1, 1, 1]]
    assert got["weight"][0] == [
        [[-1, 0, 1], [0, 0, 1], [1, -1, 1]],
        [[-1, 0, 1], [1, -1, 1], [0, 1, 0]],
        [[-1, 1, 1], [1, 1, 0], [0, -1, 0]],
    ]
    assert got["weight"][1] == [
        [[0, 1, -1], [0, -1, 0], [0, -1, 1]],
        [[-1, 0, 0], [1, -1, 0], [1, -1, 0]],
        [[-1, 1, -1], [0, -1, -1], [1, 0, 0]],
    ]


def test_sum_to_three_begins_with_zero_two_zero_and_one(client):
    got = answer(client, preset="sum-to-three", stop=1)
    assert np.shape(got["x"]) == (3, 5, 5)
    assert np.shape(got["weight"]) == (1, 3, 3, 3)
    assert (got["steps"][0]["channel_sums"], got["steps"][0]["bias"]) == ([0, 2, 0], 1)
    assert got["output"][0][0][0] == 3


def test_the_window_of_the_gray_picture_gives_one(client):
    step = answer(client, preset="gray-5x5", stop=1)["steps"][0]
    assert step["window"] == [[[1, 0, 2], [5, 4, 2], [3, 4, 5]]]
    assert step["weight"] == [[[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]]]
    assert (step["bias"], step["value"]) == (1, 1)


PROMISED = {  # preset -> input, filters, output
    "cs231n": ((3, 5, 5), (2, 3, 3, 3), (2, 3, 3)),
    "true-7x7x3": ((3, 7, 7), (2, 3, 3, 3), (2, 4, 4)),
    "layer": ((3, 32, 32), (6, 3, 5, 5), (6, 28, 28)),
    "channels-3x3": ((4, 5, 5), (2, 4, 3, 3), (2, 3, 3)),
    "channels-1x1": ((4, 4, 5), (2, 4, 1, 1), (2, 4, 5)),
    "grouped": ((4, 5, 5), (4, 2, 3, 3), (4, 3, 3)),
    "dilated": ((1, 7, 7), (1, 1, 3, 3), (1, 3, 3)),
    "asymmetric": ((2, 4, 6), (2, 2, 2, 3), (2, 4, 3)),
}


@pytest.mark.parametrize(("preset", "shapes"), PROMISED.items(), ids=PROMISED)
def test_a_preset_has_the_shapes_that_it_promises(client, preset, shapes):
    got = answer(client, preset=preset, stop=0)
    assert tuple(np.shape(got[name]) for name in ("x", "weight", "output")) == shapes


def test_the_second_layer_reads_what_the_first_puts_out(client):
    first = answer(client, preset="layer", stop=0)
    second = answer(client, preset="layer", layer=2, stop=0)
    assert second["x"] == first["output"]
    assert np.shape(second["weight"]) == (10, 6, 5, 5)
    assert np.shape(second["output"]) == (10, 24, 24)


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_gives_what_torch_gives(client, preset):
    for layer in range(1, len(PRESETS[preset].layers) + 1):
        got = answer(client, preset=preset, layer=layer, stop=3)
        known = PRESETS[preset].layers[layer - 1]
        sums, output = by_torch(got["x"], got["weight"], got["bias"], **known.options, activation=known.activation)
        close(got["sums"], sums)
        close(got["output"], output)
        for step in got["steps"]:
            assert_adds_up(step, sums)


def test_the_padding_of_a_window_is_marked(client):
    step = answer(client, stop=1)["steps"][0]
    assert (step["rows"], step["columns"]) == ([-1, 0, 1], [-1, 0, 1])
    assert step["inside"] == [[False, False, False], [False, True, True], [False, True, True]]


def test_a_filter_of_a_group_reads_only_its_channels(client):
    steps = answer(client, preset="grouped")["steps"]
    assert [step["channels"] for step in steps[::9]] == [[0, 1], [0, 1], [2, 3], [2, 3]]


@pytest.mark.parametrize(
    ("start", "stop", "count"), [(0, 3, 3), (17, 99, 1), (18, 30, 0), (5, 2, 0), (10**12, None, 0)]
)
def test_steps_are_cut_out_of_the_trace(client, start, stop, count):
    got = answer(client, start=start, **({} if stop is None else {"stop": stop}))["steps"]
    assert [step["value"] for step in got] == np.ravel(CS231N_OUTPUT).tolist()[start:stop]
    assert len(got) == count


def test_one_answer_holds_at_most_256_steps(client):
    assert len(answer(client, preset="layer", stop=100_000)["steps"]) == 256


def test_uses_count_the_output_cells_of_each_pixel(client):
    uses = np.array(answer(client, stop=0)["uses"])
    assert (uses[0, 0], uses[2, 2], uses[1, 1]) == (1, 1, 4)
    assert uses.sum() == 7 * 7  # of 9 windows of 9 cells, 32 lie on padding


def test_shuffling_with_a_seed_gives_the_same_numbers_again(client):
    one, again, other = (answer(client, seed=seed, stop=0) for seed in (7, 7, 8))
    assert one == again
    assert one["x"] != other["x"]
    assert np.shape(one["output"]) == (2, 3, 3)


@pytest.mark.parametrize("array", ["x", "weight", "bias", "sums", "output"])
@pytest.mark.parametrize("options", [{}, {"preset": "asymmetric", "activation": "tanh"}], ids=["plain", "tanh"])
def test_numpy_loads_the_npy_file(client, array, options):
    response = client.get(f"{API}/{array}.npy", params=options)
    values = np.load(io.BytesIO(response.content), allow_pickle=False)
    assert values.dtype == np.float64
    assert values.tolist() == answer(client, **options)[array]


@pytest.mark.parametrize("array", ["x", "weight", "bias", "sums", "output"])
@pytest.mark.parametrize("options", [{}, {"preset": "asymmetric", "activation": "tanh"}], ids=["plain", "tanh"])
def test_a_csv_file_can_be_pasted_again(client, array, options):
    response = client.get(f"{API}/{array}.csv", params=options)
    expected = np.array(answer(client, **options)[array], dtype=float)
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    np.testing.assert_allclose(tensors.parse(response.text).ravel(), expected.ravel(), rtol=1e-9)
    if expected.ndim == 3:
        assert tensors.parse(response.text).shape == expected.shape


def test_the_picture_changes_with_the_step(client):
    pictures = [client.get(f"{API}.png", params={"step": step}).content for step in (0, 1, 17)]
    assert len(set(pictures)) == 3
    for picture in pictures:
        with Image.open(io.BytesIO(picture)) as image:
            assert image.format == "PNG"
            assert 800 < image.width < 3000
            assert 400 < image.height < 2000


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_has_a_picture_of_sane_size(client, preset):
    response = client.get(f"{API}.png", params={"preset": preset, "step": 5})
    assert response.headers["content-type"] == "image/png"
    with Image.open(io.BytesIO(response.content)) as image:
        assert max(image.size) < 8000
        assert min(image.size) > 200


def test_the_largest_tensors_are_answered_and_drawn(client):
    options = {"seed": 1, "size": 32, "in_channels": 8, "out_channels": 16, "kernel_size": 11, "stop": 1}
    assert np.shape(answer(client, **options, stride=1, padding=8)["output"]) == (16, 38, 38)
    assert client.get(f"{API}.png", params=options).status_code == 200


@pytest.mark.parametrize(("activation", "sentence"), [
    ("none", "o1[0, 0] = 0 + −1 + −4 + −3 = −8"),
    ("relu", "o1[0, 0] = relu(0 + −1 + −4 + −3) = 0"),
    ("tanh", "o1[0, 0] = tanh(0 + −1 + −4 + −3) = −1.0000"),
])  # fmt: skip
def test_the_sum_under_the_picture_ends_in_the_output(activation, sentence):
    scene = ConvolutionScene(Params(step=9, activation=activation))
    assert pictures._sum(scene) == sentence
