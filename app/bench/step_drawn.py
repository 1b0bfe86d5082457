"""How long the page works on one step: in a real Chromium, from the click to the finished layout."""

from __future__ import annotations

import math
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from typing import Any

from app.bench.first_page import SERVE
from app.bench.processes import free_port, serving
from app.bench.row import Goal, MeasurementError, MissingPeerError, Result, Row

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PAGE = "/exhibits/convolution-forward"
MOST_STEPS, SAMPLES = 60, 200
WINDOW = {"width": 1440, "height": 900}

# Walks once to have every moment fetched, then times each click and the layout it asks for.
WALK = """
async ([most, samples]) => {
  const stage = document.querySelector("[data-stage]"), player = document.querySelector("step-player");
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const click = (go) => player.querySelector(`[data-go="${go}"]`).click();
  const arrive = async (cell) => {
    for (let frames = 0; stage.dataset.cell !== String(cell); frames++) {
      if (frames > 600) throw new Error(`cell ${cell} was never drawn`);
      await frame();
    }
  };
  const steps = Math.min(most, Number(player.dataset.steps) - 1), times = [];
  click("first");
  await arrive(0);
  for (let step = 1; step <= steps; step++) { click("next"); await arrive(step); }
  while (times.length < samples) {
    click("first");
    await arrive(0);
    for (let step = 1; step <= steps; step++) {
      await frame();
      const begin = performance.now();
      click("next");
      document.body.getBoundingClientRect();
      times.push(performance.now() - begin);
      await arrive(step);
    }
  }
  return times;
}
"""


def rows() -> tuple[Row, ...]:
    """Return a row for a small and for a large example."""
    return (
        _row("cs231n", "the 7×7×3 example"),
        _row("layer", "32×32×3 to 28×28×6"),
    )


def _row(preset: str, words: str) -> Row:
    return Row(
        name=f"step-drawn-{preset}",
        what=f"a click on next, layout done, p95: {words}",
        peer="one frame at 60 Hz",
        measure=partial(measure, preset),
        goal=Goal("<=", 16),
        unit=" ms",
        limit="16.7 ms (one frame)",
    )


def measure(preset: str) -> Result:
    """Return the 95th percentile of the milliseconds that one step takes."""
    if find_spec("playwright") is None:
        raise MissingPeerError("playwright")
    port = free_port()
    with serving(("-c", SERVE, "serve", "--port", str(port)), port), _browser() as browser:
        page = browser.new_page(viewport=WINDOW)
        page.goto(f"http://127.0.0.1:{port}{PAGE}?preset={preset}", wait_until="networkidle")
        times = sorted(page.evaluate(WALK, [MOST_STEPS, SAMPLES]))
    return Result(times[math.ceil(0.95 * len(times)) - 1])


@contextmanager
def _browser() -> Iterator[Any]:
    """Give a headless Chromium: $CHROMIUM, the PATH's, or Playwright's own."""
    from playwright.sync_api import Error, sync_playwright

    with sync_playwright() as playwright:
        found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
        path = found or playwright.chromium.executable_path
        if shutil.which(path) is None:
            raise MissingPeerError("chromium")
        alone = [] if hasattr(os, "geteuid") and os.geteuid() else ["--no-sandbox"]
        try:
            browser = playwright.chromium.launch(executable_path=path, args=alone)
            yield browser
            browser.close()
        except Error as problem:
            raise MeasurementError(str(problem).splitlines()[0]) from problem
