"""One table of exhibits: each is in all its places, and the site is made from it."""

import re
from pathlib import Path

import pytest

from app import paths
from app.exhibits import EXHIBITS, chapters, table
from app.lessons import LESSONS
from app.routes.site import PAGES

ROOT = Path(__file__).parents[2]
each_exhibit = pytest.mark.parametrize("exhibit", EXHIBITS.values(), ids=EXHIBITS)


@each_exhibit
def test_an_exhibit_has_all_its_files(exhibit):
    module = exhibit.slug.replace("-", "_")
    assert (paths.TEMPLATES / "exhibits" / f"{exhibit.slug}.html").is_file()
    assert (ROOT / "tests" / "exhibits" / f"test_{module}.py").is_file()
    assert (ROOT / "app" / "exhibits" / f"{module}.py").is_file() or (ROOT / "app" / "exhibits" / module).is_dir()


@each_exhibit
def test_a_slug_can_stand_in_an_address(exhibit):
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", exhibit.slug)


def test_two_exhibits_cannot_share_a_slug():
    one = next(iter(EXHIBITS.values()))
    with pytest.raises(ValueError, match=f"two exhibits are called {one.slug}"):
        table((one, one))


def test_every_page_template_belongs_to_an_exhibit():
    assert {file.stem for file in (paths.TEMPLATES / "exhibits").glob("[!_]*.html")} == set(EXHIBITS)


@each_exhibit
def test_every_prepared_state_opens(client, exhibit):
    for tile in exhibit.tiles:
        assert client.get(f"{exhibit.path}?{tile.query}").status_code == 200


@each_exhibit
def test_every_parameter_has_a_name_for_readers(exhibit):
    assert [name for name, field in exhibit.Params.model_fields.items() if not field.title] == []


@each_exhibit
def test_the_exhibit_with_nothing_chosen_has_the_shortest_link(exhibit):
    assert exhibit.canonical(exhibit.Params()) == {}


@pytest.mark.parametrize("lang", ["en", "zh"])
@each_exhibit
def test_home_and_list_lead_to_the_exhibit(client, exhibit, lang):
    for page in ("/", "/exhibits"):
        assert f'href="{exhibit.path}' in client.get(page, headers={"accept-language": lang}).text


def test_the_sitemap_lists_every_page_and_each_opens(client):
    places = re.findall(r"<loc>(.*?)</loc>", client.get("/sitemap.xml").text)
    paths_ = [re.sub(r"^https?://[^/]+", "", place) for place in places]
    assert paths_ == [*PAGES, *(one.path for one in (*LESSONS.values(), *EXHIBITS.values()))]
    assert [client.get(path).status_code for path in paths_] == [200] * len(paths_)


def test_the_schema_has_every_exhibit_and_is_openapi(client):
    schema = client.get("/openapi.json").json()
    assert schema["openapi"].startswith("3.1")
    for exhibit in EXHIBITS.values():
        assert exhibit.api in schema["paths"]
        names = {parameter["name"] for parameter in schema["paths"][exhibit.api]["get"]["parameters"]}
        assert set(exhibit.Params.model_fields) <= names


def test_every_reference_in_the_schema_has_a_target(client):
    text = client.get("/openapi.json").text
    schema = client.get("/openapi.json").json()
    for reference in set(re.findall(r'"#/([^"]+)"', text)):
        target = schema
        for part in reference.split("/"):
            target = target[part]


def test_operations_have_different_names(client):
    operations = [o for path in client.get("/openapi.json").json()["paths"].values() for o in path.values()]
    ids = [operation["operationId"] for operation in operations]
    assert len(ids) == len(set(ids))
    assert all(operation.get("description") or operation.get("summary") for operation in operations)


def test_the_api_page_shows_the_bounds_of_the_schema(client):
    html = client.get("/api").text
    for exhibit in EXHIBITS.values():
        assert exhibit.api in html
        assert all(f"<code>{name}</code>" in html for name in exhibit.Params.model_fields)
    assert "1–8" in html


@each_exhibit
def test_every_address_of_the_api_answers(client, exhibit):
    names = [f"/{array}.{kind}" for array in exhibit.arrays for kind in ("npy", "csv")]
    names += ["/moments"] if exhibit.moments else []
    names += [".png"] if exhibit.picture else []
    for name in ["", *names]:
        answer = client.get(exhibit.api + name)
        if answer.status_code == 422:  # a stage of another network than the one that the bare address opens
            assert "has no stage" in answer.json()["error"]
        else:
            assert (name, answer.status_code) == (name, 200)


@each_exhibit
def test_an_exhibit_owns_its_addresses_and_no_others(exhibit):
    assert all(exhibit.owns(path) for path in (exhibit.path, f"{exhibit.api}.png", f"{exhibit.api}/moments"))
    assert not exhibit.owns(f"{exhibit.path}-backward")


def test_every_exhibit_has_its_place_in_one_chapter():
    assert [one for members in chapters().values() for one in members] == list(EXHIBITS.values())
