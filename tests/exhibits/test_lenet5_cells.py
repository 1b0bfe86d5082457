"""Every opened cell of LeNet-5 equals the map's value; the stage shows its real window, filter and sum."""

import io

import numpy as np
import pytest
import torch
from torch.nn import functional

from app.exhibits.lenet5.params import NETWORK
from engine.nets import build
from tests.exhibits.asking import HTML, alerts, visible

PAGE = "/exhibits/lenet5"
API = "/api/exhibits/lenet5"
CELLS_PER_STAGE = 6


@pytest.fixture(scope="module")
def values(client):
    """Every stage's value for the typical 7, as the API gives them."""
    return {name: load(client.get(f"{API}/{name}.npy?digit=7")) for name in NETWORK.shapes}


def load(response):
    return np.load(io.BytesIO(response.content))


def random_cells(name):
    rng = np.random.default_rng(list(name.encode()))
    return [tuple(int(rng.integers(size)) for size in NETWORK.shapes[name]) for _ in range(CELLS_PER_STAGE)]


def address(name, place):
    return ".".join([name, *map(str, place)])


@pytest.mark.parametrize("name", NETWORK.shapes)
def test_every_opened_cell_equals_the_map(client, values, name):
    for place in random_cells(name):
        cell = client.get(API, params={"digit": "7", "cell": address(name, place)}).json()["cell"]
        assert cell["name"] == address(name, place)
        assert cell["value"] == pytest.approx(values[name][place], abs=1e-5 * np.ptp(values[name]))


@pytest.mark.parametrize("size", ["output", "channel", "product"])
@pytest.mark.parametrize("name", [stage.name for stage in NETWORK.stages])
def test_the_stage_prints_the_map_s_value(client, values, name, size):
    for place in random_cells(name)[:3]:
        params = {"digit": "7", "cell": address(name, place), "step_size": size}
        page = client.get(PAGE, params=params, headers=HTML).text
        printed = visible(page.split('class="total"')[1].split("</p>")[0]).split("= ")[-1].replace("−", "-")
        assert float(printed) == pytest.approx(values[name][place], abs=6e-5)


@pytest.mark.parametrize("name", [stage.name for stage in NETWORK.stages if stage.parameters])
def test_the_sum_is_made_of_the_shipped_filter_and_the_stage_below(client, values, name):
    weights = {key: value.numpy() for key, value in build("lenet5", weights="shipped").state_dict().items()}
    below = values[NETWORK.reads(name)]
    for place in random_cells(name):
        made = client.get(API, params={"digit": "7", "cell": address(name, place)}).json()["cell"]["made_from"]
        weight = weights[f"{name}.weight"][place[0]]
        kernel = NETWORK.stage(name).kernel_size
        window = below if kernel is None else below[:, place[1] : place[1] + kernel, place[2] : place[2] + kernel]
        np.testing.assert_allclose(np.ravel(made["window"]), window.ravel(), rtol=1e-6)
        np.testing.assert_allclose(np.ravel(made["weight"]), weight.ravel(), rtol=1e-6)
        assert made["bias"] == pytest.approx(float(weights[f"{name}.bias"][place[0]]), rel=1e-6)
        assert np.sum(made["products"]) + made["bias"] == pytest.approx(made["value"], abs=1e-4)


def test_the_values_are_what_torch_computes_from_the_pixels(values, client):
    state = build("lenet5", weights="shipped").state_dict()
    pixels = torch.tensor(client.get(API, params={"digit": "7"}).json()["preprocessing"]["pixels"]).float()
    x = functional.pad((pixels / 255 - 0.130660) / 0.308108, (2, 2, 2, 2), value=-0.130660 / 0.308108)
    x = x[None, None]
    for name in ("conv1", "conv2"):
        x = torch.relu(functional.conv2d(x, state[f"{name}.weight"], state[f"{name}.bias"]))
        x = functional.max_pool2d(x, 2)
    x = x.flatten(1)
    for name in ("fc1", "fc2"):
        x = torch.relu(functional.linear(x, state[f"{name}.weight"], state[f"{name}.bias"]))
    logits = functional.linear(x, state["fc3.weight"], state["fc3.bias"])[0]
    np.testing.assert_allclose(values["fc3"], logits, atol=1e-3)
    np.testing.assert_allclose(values["softmax"], torch.softmax(logits, 0), atol=1e-4)


def test_the_way_down_to_the_pixels_and_back_up(client):
    params = {"digit": "7", "cell": "conv1.0.3.4", "trail": "softmax.7,fc3.7,relu4.1"}
    page = client.get(PAGE, params=params, headers=HTML).text
    crumbs = visible(page.split('class="breadcrumb"')[1].split("</nav>")[0])
    assert [crumbs.index(name) for name in ("softmax.7", "fc3.7", "relu4.1", "conv1.0.3.4")] == sorted(
        crumbs.index(name) for name in ("softmax.7", "fc3.7", "relu4.1", "conv1.0.3.4")
    )
    assert "cell=fc3.7&amp;trail=softmax.7" in page
    assert 'data-below="input"' in page
    assert 'data-trail="softmax.7,fc3.7,relu4.1,conv1.0.3.4"' in page


def test_at_the_bottom_stand_pixels_from_0_to_255(client):
    pixels = np.array(client.get(API, params={"digit": "7"}).json()["preprocessing"]["pixels"])
    row, column = np.argwhere(pixels == 255)[0]
    params = {"digit": "7", "cell": f"input.0.{row + 2}.{column + 2}"}
    text = visible(client.get(PAGE, params=params, headers=HTML).text)
    assert "Pixel 255 of 0 to 255: divided by 255 it is 1.0000" in text


def test_the_player_walks_over_the_map_of_the_open_cell(client):
    moments = client.get(f"{API}/moments", params={"digit": "7", "cell": "pool1.2.0.0", "start": 14, "stop": 16}).json()
    assert [(m["filter"], m["row"], m["column"]) for m in moments] == [(2, 1, 0), (2, 1, 1)]
    assert [m["rows"] for m in moments] == [[2, 3], [2, 3]]


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        ("conv9.0.0.0", "the stages are input, conv1"),
        ("conv1", "wanted a cell such as"),
        ("conv1.6.0.0", "6 × 28 × 28"),
        ("fc1.1.1", "the shape 120"),
    ],
)
def test_a_cell_that_is_not_there_is_one_sentence(client, cell, sentence):
    response = client.get(PAGE, params={"digit": "7", "cell": cell}, headers=HTML)
    assert response.status_code == 422
    assert sentence in alerts(response.text)[0]
    assert "LeNet-5 reads the digit 7" in visible(response.text)
