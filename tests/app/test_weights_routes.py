"""Official weights over HTTP: started by a POST alone, told, stopped, gone on with."""

import threading
import time

import pytest
from starlette.testclient import TestClient

from app.downloads import Downloads
from app.main import create_app
from engine import nets
from engine.weights import fetch, official
from engine.weights.convert import convert
from tests.engine.publisher import FILE, publisher

__all__ = ["publisher"]

URL = "/api/weights/lenet5"


@pytest.fixture
def visitor(settings, publisher):
    """A visitor of a server that converts what came by itself: no process is started for it."""
    app = create_app(settings)
    app.state.downloads = Downloads(convert)
    yield TestClient(app, raise_server_exceptions=False)
    app.state.downloads.close()
    app.state.worker.close()


@pytest.fixture
def slow(publisher):
    """The publisher sends half of a file, and the rest when it is told."""
    publisher.pause = pause = threading.Event()
    yield publisher
    pause.set()


def until(visitor, state, url=URL):
    end = time.monotonic() + 60
    while (told := visitor.get(url).json())["state"] != state:
        assert time.monotonic() < end, told
        time.sleep(0.02)
    return told


def send_the_rest_when_stopped(app, publisher):
    """A thread that waits for the next byte sees only then that it is to stop."""

    def wait():
        app.state.downloads._job.stopped.wait(60)
        publisher.pause.set()

    threading.Thread(target=wait, daemon=True).start()


def halfway(visitor):
    """Wait until some of the file has come."""
    end = time.monotonic() + 20
    while not (told := visitor.get(URL).json())["bytes"]:
        assert time.monotonic() < end, told
        time.sleep(0.02)
    return told


def test_at_first_they_are_absent_and_nobody_is_asked_for_them(visitor, publisher):
    answer = visitor.get(URL)
    size = len(publisher.content)
    nothing = {"seconds_left": None, "error": None}
    assert answer.json() == {"name": "lenet5", "state": "absent", "bytes": 0, "total": size, **nothing}
    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers
    assert publisher.asked == []


def test_a_post_brings_them(visitor, publisher):
    started = visitor.post(URL)
    assert started.status_code == 202
    assert started.json()["state"] in ("downloading", "here")
    told = until(visitor, "here")
    assert told["bytes"] == told["total"] == len(publisher.content)
    assert nets.build("lenet5", "official")


def test_a_form_without_scripts_is_led_back_to_its_page(visitor, publisher):
    headers = {"accept": "text/html,*/*", "referer": "http://testserver/exhibits/image-lab?net=alexnet&zoom=200"}
    answer = visitor.post(URL, headers=headers, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/exhibits/image-lab?net=alexnet&zoom=200")
    until(visitor, "here")


def test_a_running_server_has_its_worker_convert_them(settings, publisher):
    with TestClient(create_app(settings)) as client:
        client.post(URL)
        until(client, "here")
    assert nets.build("lenet5", "official")


def test_while_they_come_it_is_told_how_much_has_come(visitor, slow):
    visitor.post(URL)
    told = halfway(visitor)
    assert told["state"] == "downloading"
    assert 0 < told["bytes"] < told["total"]
    assert told["seconds_left"] > 0
    assert visitor.post(URL).status_code == 202  # the same once more changes nothing
    slow.pause.set()
    until(visitor, "here")
    assert len(slow.asked) == 1


def test_stopped_the_part_stays_and_is_gone_on_with(visitor, slow, monkeypatch):
    monkeypatch.setattr(fetch, "CHUNK", 50_000)
    visitor.post(URL)
    halfway(visitor)
    send_the_rest_when_stopped(visitor.app, slow)
    stopped = visitor.delete(URL).json()
    assert stopped["state"] == "absent"
    assert 0 < stopped["bytes"] < stopped["total"]
    slow.pause = None
    visitor.post(URL)
    until(visitor, "here")
    assert slow.asked == [None, f"bytes={stopped['bytes']}-"]


@pytest.mark.parametrize(("lang", "words"), [("en", "the weights of lenet5 are being downloaded"), ("zh", "lenet5")])
def test_one_at_a_time(visitor, slow, monkeypatch, lang, words):
    monkeypatch.setitem(official.OFFICIAL, "zfnet", official.Official("zfnet", slow.address + FILE, 10, "0"))
    visitor.post(URL)
    halfway(visitor)
    other = visitor.post("/api/weights/zfnet", headers={"accept-language": lang})
    assert other.status_code == 409
    assert words in other.json()["error"]
    assert visitor.get("/api/weights/zfnet").json()["state"] == "absent"
    visitor.delete("/api/weights/zfnet")
    assert visitor.get(URL).json()["state"] == "downloading"


def test_one_that_was_stopped_and_hangs_is_waited_for(visitor, slow, monkeypatch):
    monkeypatch.setattr("app.downloads.LONGEST_FAREWELL", 0.05)
    visitor.post(URL)
    halfway(visitor)
    assert visitor.delete(URL).json()["state"] == "absent"
    assert visitor.post(URL).status_code == 409


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_why_it_failed_is_told_until_it_is_tried_again(visitor, publisher, lang):
    publisher.status = 503
    visitor.post(URL)
    until(visitor, "failed")
    told = visitor.get(URL, headers={"accept-language": lang}).json()
    assert "127.0.0.1" in told["error"]
    assert "503" in told["error"]
    publisher.status = None
    visitor.post(URL)
    assert until(visitor, "here")["error"] is None


def test_a_failure_is_forgotten_when_it_is_stopped(visitor, publisher):
    publisher.status = 503
    visitor.post(URL)
    until(visitor, "failed")
    assert visitor.delete(URL).json()["state"] == "absent"


@pytest.mark.parametrize("headers", [
    {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "https://evil.example"},
    {"origin": "null"}, {"origin": "http://testserver.evil.example"},
])  # fmt: skip
@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_a_page_of_another_site_can_neither_start_nor_stop_it(visitor, publisher, headers, method):
    answer = visitor.request(method, URL, headers=headers)
    assert answer.status_code == 403
    assert answer.json()["error"] == "A page of another site asked for this; ask for it here."
    assert publisher.asked == []


@pytest.mark.parametrize("headers", [
    {"sec-fetch-site": "same-origin", "origin": "http://testserver"}, {"origin": "http://testserver"},
    {"sec-fetch-site": "same-origin", "origin": "https://behind-a-proxy.example"},
])  # fmt: skip
def test_a_page_of_this_site_can(visitor, headers):
    assert visitor.post(URL, headers=headers).status_code == 202
    until(visitor, "here")


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
@pytest.mark.parametrize("name", ["zfnet", "nothing", "..%2f..", "%00"])
def test_a_network_without_official_weights_is_404(visitor, method, name):
    assert visitor.request(method, f"/api/weights/{name}").status_code == 404


def test_a_server_that_ends_stops_the_download(settings, slow):
    app = create_app(settings)
    app.state.worker.preload = ()
    with TestClient(app) as client:
        client.post(URL)
        halfway(client)
        send_the_rest_when_stopped(app, slow)
    assert not [thread for thread in threading.enumerate() if thread.name == "download"]
    assert not official.at("lenet5").is_here
