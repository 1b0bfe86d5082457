"""A real server, a real Chromium, and a page that remembers everything it complained about."""

import socket
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
import uvicorn
from playwright.sync_api import BrowserContext, Page, sync_playwright

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

    def too_wide_for(self, widths):
        """Return those widths of the window in which the page has to be scrolled sideways."""
        found = []
        for width in widths:
            self.page.set_viewport_size({"width": width, "height": 900})
            if self.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                found.append(width)
        return found


USUAL = {"viewport": {"width": 1440, "height": 900}, "locale": "en"}


class Rooms:
    """Where pages are opened: a new window costs a second of a core, so the next test gets a tab in a used one.

    The first tab of each stays empty and keeps the window open. Of a visitor only the cache of files is left.
    """

    OF_A_TAB = ("viewport", "color_scheme", "reduced_motion")  # what else is asked for decides who shares a window

    def __init__(self, browser, site) -> None:
        self.browser, self.site = browser, site
        self.free: dict[tuple, list[BrowserContext]] = {}
        self.taken: list[tuple[tuple, BrowserContext]] = []

    def open(self, options) -> Visit:
        """Return a visit by someone who has not been here before, its page still empty."""
        options = USUAL | options
        key = tuple(sorted((name, value) for name, value in options.items() if name not in self.OF_A_TAB))
        waiting = self.free.setdefault(key, [])
        context = waiting.pop() if waiting else self._new(dict(key))
        self.taken.append((key, context))
        page = context.new_page()
        page.set_viewport_size(options["viewport"])
        page.emulate_media(**{name: options[name] for name in self.OF_A_TAB[1:] if name in options})
        return Visit(page, self.site)

    def leave(self) -> None:
        """Close the tabs of a test and forget what they stored."""
        while self.taken:
            key, context = self.taken.pop()
            first, *others = context.pages
            for page in others:
                page.close()
            forget = {"origin": self.site, "storageTypes": "cookies,local_storage,indexeddb,cache_storage"}
            context.new_cdp_session(first).send("Storage.clearDataForOrigin", forget)
            context.clear_cookies()
            self.free[key].append(context)

    def _new(self, options) -> BrowserContext:
        context = self.browser.new_context(**options)
        context.set_default_timeout(60_000)  # machines are shared; no test that passes waits for it
        context.new_page()
        return context


@pytest.fixture(scope="session")
def rooms(browser, site):
    return Rooms(browser, site)


@pytest.fixture
def visit(rooms):
    """Return a function that opens a path in a new window and gives the visit back."""

    def start(path="/exhibits/convolution-forward", **options):
        started = rooms.open(options)
        started.open(path, scripts=options.get("java_script_enabled", True))
        return started

    yield start
    rooms.leave()
