"""Every exhibit of the landscapes can be taken along: PNG, SVG, CSV, npy, JSON."""

import io
import re
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from app import numbers
from tests.exhibits.asking import HTML

STATES = [
    ("saddle-race", "step=20"),
    ("critical-points", ""),
    ("critical-points", "tab=points&surface=himmelblau&at=4"),
    ("critical-points", "tab=convex&f=log(x)*y"),
    ("critical-points", "tab=points&f=1/x"),
    ("high-dimension", "n=4&samples=100"),
    ("high-dimension", "n=30&samples=100"),
    ("batch-sizes", ""),
    ("batch-sizes", "tab=rate&share=180"),
    ("batch-sizes", "tab=scales"),
    ("batch-sizes", "tab=schedules"),
    ("batch-sizes", "tab=likelihood&inputs=two"),
    ("basins", "size=64&steps=40"),
    ("basins", "size=64&steps=40&f=log(x)&beside=none"),
]


@pytest.mark.parametrize(("slug", "query"), STATES)
def test_every_view_comes_as_picture_drawing_and_table(client, slug, query):
    page = client.get(f"/exhibits/{slug}?{query}", headers=HTML).text
    links = re.findall(r'(?s)class="export">.*?</li>', page)[0]
    addresses = [address.replace("&amp;", "&") for address in re.findall(r'href="([^"]+)"', links)]
    kinds = [address.split("?")[0].rpartition(".")[2] for address in addresses]
    assert kinds[:4] == ["png", "svg", "csv", "npy"]
    answers = {kind: client.get(address) for kind, address in zip(kinds, addresses, strict=True)}
    assert {answer.status_code for answer in answers.values()} == {200}
    picture = Image.open(io.BytesIO(answers["png"].content))
    assert picture.width >= 512
    assert len(picture.getcolors(2**24)) > 8
    drawing = ElementTree.fromstring(answers["svg"].text)
    assert drawing.tag.endswith("svg")
    assert "NaN" not in re.sub(r">[^<]*<", "", answers["svg"].text)  # no coordinate is
    values = np.load(io.BytesIO(answers["npy"].content))
    rows = [row for row in answers["csv"].text.split("\n") if row.strip()]
    assert len(rows) == (values.reshape(-1, values.shape[-1]).shape[0] if values.ndim > 1 else 1) or not values.size


def test_the_drawing_has_the_numbers_of_the_page(client):
    query = {"tab": "points", "surface": "himmelblau"}
    svg = client.get("/api/exhibits/critical-points.svg", params=query).text
    found = client.get("/api/exhibits/critical-points", params=query).json()["points"]
    for point in found:
        assert f">{numbers.fitting(point['x'], 4)}</text>" in svg
        assert f">{numbers.significant(point['eigenvalues'][1])}</text>" in svg


@pytest.mark.parametrize("slug", ["critical-points", "high-dimension", "batch-sizes", "basins", "first-layer"])
def test_the_fold_of_files_offers_every_array_in_both_forms(client, slug):
    page = client.get(f"/exhibits/{slug}", headers=HTML).text
    fold = re.search(r'(?s)id="files">(.*?)</details>', page)[1]
    offered = set(re.findall(r'href="[^"?]*/([\w-]+\.(?:npy|csv))\?', fold))
    names = {name.rpartition(".")[0] for name in offered}
    assert offered == {f"{name}.{kind}" for name in names for kind in ("npy", "csv")}
    assert len(names) >= 3
