"""How the tests of the small CNN's exhibit ask it."""

import re
from urllib.parse import parse_qsl, urlsplit

import torch
from torch.nn import functional

from tests.exhibits.asking import HTML, visible

PAGE = "/exhibits/small-cnn"
API = "/api/exhibits/small-cnn"


def shown(client, **params):
    response = client.get(PAGE, params=params, headers=HTML)
    assert response.status_code == 200, visible(response.text)[:400]
    return response.text


def said(html):
    return visible(re.search(r'(?s)data-slot="narration"[^>]*>(.*?)</p>', html)[1])


def query_of(response):
    assert response.status_code == 303, visible(response.text)[:400]
    return dict(parse_qsl(urlsplit(response.headers["location"]).query))


def by_torch(numbers_, lr):
    """Return losses before and after one update, and the new parameters, by torch from the API's own inputs."""
    names = ("weight", "bias", "linear_weight", "linear_bias")
    own = [torch.tensor(numbers_[name], dtype=torch.float64, requires_grad=True) for name in names]
    x, target = torch.tensor(numbers_["x"], dtype=torch.float64), torch.tensor([numbers_["target"]])

    def loss(weight, bias, linear_weight, linear_bias):
        maps = functional.max_pool2d(torch.relu(functional.conv2d(x, weight, bias)), 2)
        return functional.cross_entropy(functional.linear(maps.flatten(), linear_weight, linear_bias)[None], target)

    before = loss(*own)
    before.backward()
    new = [tensor.detach() - lr * tensor.grad for tensor in own]
    return before.item(), loss(*new).item(), dict(zip(names, new, strict=True))
