"""A server of this machine that publishes a file of weights, and fails as a test asks it to."""

import io
import threading
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import torch

from engine import nets
from engine.nets.imagenet import classes
from engine.nets.network import Network
from engine.weights import fetch, official
from engine.weights.official import OFFICIAL, Official

FILE = "/models/lenet5.pth"


def network():
    """Return LeNet-5 for ImageNet's classes, with drawn weights: the smallest there is."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1998)
        return Network(nets.find("lenet5").with_classes(len(classes())))


def saved(state, **how):
    """Return what torch.save writes."""
    content = io.BytesIO()
    torch.save(state, content, **how)
    return content.getvalue()


@dataclass
class Publisher:
    """What the server offers; a test changes the fields."""

    content: bytes
    ranges: bool = True
    status: int | None = None  # answered instead of the file
    cut: int | None = None  # bytes of an answer after which the connection breaks
    moved: str | None = None  # where it sends on to
    length: int | None = None  # what it says instead of the true one
    pause: threading.Event | None = None  # half of an answer waits for it
    asked: list = field(default_factory=list)  # the Range of each request
    address: str = ""

    def answer(self, request):
        self.asked.append(request.headers["Range"])
        if self.status or (self.moved and request.path == FILE):
            request.send_response(self.status or 302)
            if self.moved:
                request.send_header("Location", self.moved)
            request.send_header("Content-Length", "0")
            request.end_headers()
            return
        begin = self._head(request)
        body = self.content[begin:][: self.cut]
        if self.pause is not None:
            request.wfile.write(body[: len(body) // 2])
            self.pause.wait(20)
            body = body[len(body) // 2 :]
        request.wfile.write(body)
        request.close_connection = True

    def _head(self, request):
        wanted, size = request.headers["Range"], len(self.content)
        begin = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted and self.ranges else 0
        request.send_response(206 if begin else 200)
        if begin:
            request.send_header("Content-Range", f"bytes {begin}-{size - 1}/{size}")
        request.send_header("Content-Length", str(self.length or size - begin))
        request.end_headers()
        return begin


@pytest.fixture
def publisher(tmp_path, monkeypatch):
    """A publisher of LeNet-5, which becomes the only official network; its cache is empty."""
    offers = Publisher(saved(network().state_dict()))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            try:
                offers.answer(self)
            except OSError:  # the other side hung up
                self.close_connection = True

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    offers.address = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    publish(offers, monkeypatch)
    yield offers
    server.shutdown()
    thread.join()
    server.server_close()


def publish(offers, monkeypatch, **changes):
    """Make what the server offers the official weights."""
    for name in list(OFFICIAL):
        monkeypatch.delitem(OFFICIAL, name)
    known = {"size": len(offers.content), "prefix": sha256(offers.content).hexdigest()[:8]} | changes
    monkeypatch.setitem(OFFICIAL, "lenet5", Official("lenet5", offers.address + FILE, **known))


def got(name="lenet5"):
    """Return the bytes that had come at each event."""
    return [progress.done for progress in fetch.get(name)]


def place():
    """Return where they are kept."""
    return official.at("lenet5")


def files():
    """Return the names of the files there."""
    return sorted(file.name for file in place().folder.iterdir() if file.suffix != ".lock")
