"""How the tests of the exhibits ask them."""

import io
import re
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import torch
from torch.nn import functional

from engine.geometry import resolve_padding

PAGE = "/exhibits/convolution-forward"
API = "/api/exhibits/convolution-forward"
HTML = {"accept": "text/html"}


def answer(client, **params):
    """Return what the API says, parsed."""
    response = client.get(API, params=params)
    assert response.status_code == 200, response.text
    return response.json()


def npy(client, path, query):
    """Return the array that an address answers with."""
    response = client.get(path, params=query)
    assert response.status_code == 200, response.text
    return np.load(io.BytesIO(response.content))


def query_of(response):
    """Return the query to which a POST redirects."""
    assert response.status_code == 303, visible(response.text)[:600]
    target = urlsplit(response.headers["location"])
    assert target.path == PAGE
    return dict(parse_qsl(target.query))


def visible(html):
    """Return the words of a page, without tags and scripts."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", re.sub(r"(?s)<script.*?</script>", " ", html))).split())


def alerts(html):
    """Return the sentences of the page's errors."""
    return [visible(part) for part in re.findall(r'(?s)<p class="error[^"]*" role="\w+">(.*?)</p>', html)]


def by_torch(x, weight, bias, *, padding=0, activation="none", true_convolution=False, **options):
    """Return (sums, output) of torch in float64; "same" with a stride as the geometry splits it."""
    x, weight, bias = (torch.tensor(values, dtype=torch.float64) for values in (x, weight, bias))
    if true_convolution:
        weight = weight.flip(2, 3)
    (top, bottom), (left, right) = resolve_padding(
        padding,
        tuple(x.shape[-2:]),
        tuple(weight.shape[2:]),
        stride=options.get("stride", 1),
        dilation=options.get("dilation", 1),
    )
    padded = functional.pad(x, (left, right, top, bottom))
    sums = functional.conv2d(padded[None], weight, bias, **options)[0]
    activations = {"none": lambda y: y, "relu": torch.relu, "sigmoid": torch.sigmoid, "tanh": torch.tanh}
    return sums.numpy(), activations[activation](sums).numpy()


def close(got, expected):
    np.testing.assert_allclose(np.array(got, dtype=np.float64), expected, rtol=1e-10, atol=1e-10)
