"""A real server, a real Chromium, and a page that remembers everything it complained about."""

import socket
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
import uvicorn
from playwright.sync_api import Page, sync_playwright

from app.main import create_app
from app.settings import Settings
from tests.browser import chromium

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The address of a running site."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    app = create_app(Settings(data=tmp_path_factory.mktemp("data")))
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="session")
def browser():
    path = chromium.find()
    if path is None and chromium.required():
        pytest.fail("no Chromium: under CI the browser tests have to run")
    if path is None:
        pytest.skip("no Chromium: the pages are NOT tested in a browser")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()


@dataclass
class Visit:
    """A page and what was wrong with it."""

    page: Page
    site: str
    errors: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    def __post_init__(self):
        self.page.on("console", lambda message: message.type == "error" and self.errors.append(message.text))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", self._note)

    def _note(self, request):
        if urlsplit(request.url).netloc != urlsplit(self.site).netloc and not request.url.startswith(
            ("data:", "blob:")
        ):
            self.elsewhere.append(request.url)

    def open(self, path, scripts):
        self.page.goto(self.site + path)
        if scripts:
            self.page.wait_for_function("() => document.documentElement.dataset.scripts")


@pytest.fixture
def visit(browser, site):
    """Return a function that opens a path in a new window and gives the visit back."""
    opened = []

    def start(path="/exhibits/convolution-forward", **options):
        context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, "locale": "en", **options})
        opened.append(context)
        context.set_default_timeout(20_000)
        started = Visit(context.new_page(), site)
        started.open(path, scripts=options.get("java_script_enabled", True))
        return started

    yield start
    for context in opened:
        context.close()
