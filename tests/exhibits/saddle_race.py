"""How the tests of the race ask it."""

import re

from tests.exhibits.asking import HTML, visible

PAGE, API = "/exhibits/saddle-race", "/api/exhibits/saddle-race"


def page(client, **params):
    response = client.get(PAGE, params=params, headers=HTML)
    assert response.status_code == 200, response.text[:400]
    return response.text


def refused(client, **params):
    """Return the page that says why it draws something else."""
    response = client.get(PAGE, params=params, headers=HTML)
    assert response.status_code == 422, response.text[:400]
    return response.text


def answer(client, **params):
    response = client.get(API, params=params)
    assert response.status_code == 200, response.text
    return response.json()


def table(html):
    """Return optimizer -> the texts of its row, without the name."""
    rows = re.findall(r'(?s)<tr[^>]* data-row="([^"]+)">(.*?)</tr>', html)
    return {key: [visible(cell) for cell in re.findall(r"(?s)<td.*?</td>", row)] for key, row in rows}


def narration(html):
    return re.search(r'(?s)data-slot="narration"[^>]*>(.*?)</p>', html)[1]
