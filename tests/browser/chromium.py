"""Find a Chromium for the browser tests, or get one: `python -m tests.browser.chromium`.

Getting one goes from the least to the most intrusive: what is there already, Playwright's own
download (into the user's cache), Debian's package (as root only). Without any, the browser tests
are skipped; where the environment says CI=true, that is an error instead.
"""

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

NAMES = ("chromium", "chromium-browser", "google-chrome")
DEBIAN_PACKAGES = ("chromium", "fonts-noto-cjk", "libatomic1")  # the last one for Playwright itself
_ASK_PLAYWRIGHT = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""


@functools.cache
def find() -> str | None:
    """Return the path of a Chromium that can be driven: $CHROMIUM, the PATH, Playwright's own; or None."""
    if _run(sys.executable, "-m", "playwright", "--version").returncode != 0:
        return None
    return next((path for path in _candidates() if _starts(path)), None)


def provide() -> str | None:
    """Return the path of a Chromium, getting one first if need be; None where every way failed."""
    for get in (_nothing, _download, _install_debian_package):
        get()
        find.cache_clear()
        if path := find():
            print(f"Browser for the tests: {path}")
            return path
    print("NO BROWSER, so the tests that need one cannot run. Install Chromium (on Debian:")
    print(f"sudo apt install {' '.join(DEBIAN_PACKAGES)}), or set CHROMIUM to the path of one.")
    return None


def required() -> bool:
    """Tell whether having no browser is an error rather than a reason to skip."""
    return os.environ.get("CI", "").lower() in ("1", "true")


def _candidates() -> Iterator[str]:
    if named := os.environ.get("CHROMIUM"):
        yield named
    yield from filter(None, map(shutil.which, NAMES))
    yield _own_of_playwright()


def _own_of_playwright() -> str:
    # In a process of its own: Playwright refuses to start where a test already runs it.
    return _run(sys.executable, "-c", _ASK_PLAYWRIGHT).stdout.strip()


def _starts(path: str) -> bool:
    # Playwright's download lacks the system libraries it needs; Ubuntu's `chromium` may be an empty shell.
    if shutil.which(path) is None:
        return False
    return sys.platform != "linux" or _run(path, "--version").returncode == 0


def _nothing() -> None:
    """The first way to get a browser: have one."""


def _download() -> None:
    print("No browser that can be driven; downloading Playwright's own.", flush=True)
    _report(_run(sys.executable, "-m", "playwright", "install", "chromium"))


def _install_debian_package() -> None:
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return
    print("Playwright's own cannot be had or does not start; installing Debian's package.", flush=True)
    _report(_run("apt-get", "update", "-q"))
    _report(_run("apt-get", "install", "-y", "-q", "--no-install-recommends", *DEBIAN_PACKAGES))


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(command, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True)


def _report(done: subprocess.CompletedProcess[str]) -> None:
    if done.returncode:
        lines = [line for line in (done.stderr + done.stdout).splitlines() if line.startswith(("E", "W"))]
        print(f"  {' '.join(done.args)}: exit {done.returncode}. {lines[0] if lines else ''}", flush=True)


if __name__ == "__main__":
    sys.exit(1 if provide() is None and required() else 0)
