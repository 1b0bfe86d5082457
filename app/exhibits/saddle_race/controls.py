"""What the page offers: surfaces, starts, optimizers to add and take off, options, the legend of heights."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from app import palette
from app.exhibits.saddle_race import formulas, options
from app.exhibits.saddle_race.course import Course, nudged, ridge
from app.exhibits.saddle_race.fair import TUNED_STEPS, tried_steps
from app.exhibits.saddle_race.params import USUAL_BUDGET, Params
from app.exhibits.saddle_race.printing import exact, number, rate
from app.exhibits.saddle_race.race import Run
from app.exhibits.saddle_race.racers import MOST, RACERS, SIX, Racer
from app.i18n import N_, Words, listed, together
from app.landscape.heights import Heights
from app.landscape.names import SCHEDULE_NAMES
from app.landscape.schedules import EVERY
from engine.landscape import curvature

if TYPE_CHECKING:
    from app.exhibits.saddle_race.scene import RaceScene

SURFACES = {
    "saddle": N_("Saddle"),
    "monkey-saddle": N_("Monkey saddle"),
    "slow-saddle": N_("Slow exit"),
    "double-well": N_("Double well"),
    "rosenbrock": N_("Rosenbrock"),
    "himmelblau": N_("Himmelblau"),
    "ravine": N_("Ravine"),
    "plateau": N_("Plateau"),
    "bowl": N_("Convex bowl"),
    "beale": N_("Beale"),
    "ackley": N_("Ackley"),
    "rastrigin": N_("Rastrigin"),
    "two-scales": N_("Two scales"),
    "two-scales-normalised": N_("Two scales, normalised"),
}
IN_A_ROW = 7  # surfaces that are always seen; the others are in a fold
NUDGE, NOISE = 1e-8, 0.01
LOWEST_LR, HIGHEST_LR = -4.0, 0.5  # of the slider, powers of ten
RESET = ("f", "good", "condition", "frame", "x", "y", "margin", "radius", "noise")  # what another surface starts afresh


class Entry(NamedTuple):
    """One optimizer in the list: whether it races, and the race after it is clicked."""

    key: str
    look: Racer
    name: str
    on: bool
    race: str | None


class Start(NamedTuple):
    """A prepared start: its name, the parameters that make it, and whether it is the one that is shown."""

    name: str
    changes: dict[str, Any]
    here: bool


def choices(scene: RaceScene, words: Words) -> dict[str, Any]:
    """Return what the controls show."""
    course, picked = scene.course, scene.picked
    surfaces = [(key, title, key == course.key) for key, title in SURFACES.items()]
    entries = _entries(course, words)
    return {
        "surfaces": surfaces[:IN_A_ROW],
        "more_surfaces": surfaces[IN_A_ROW:],
        "fresh": dict.fromkeys(RESET),
        "entries": [one for one in entries if one.on],
        "more_entries": [one for one in entries if not one.on],
        "refusals": _refusals(course, words),
        "starts": _starts(course, words),
        "rule": formulas.rule(course.pick),
        "letters": formulas.LETTERS,
        "form": options.form(course.pick, picked.options),
        "lr": _rate(picked, course, words),
        "legend": legend(scene.contour.heights),
        "looks": RACERS,
        "schedules": SCHEDULE_NAMES,
        "scheduled": scene.scheduled,
        "schedule_options": EVERY,
        "most": MOST,
        "printed": number,
        "exact": exact,
        "rate": rate,
        "tuning": _tuning(course, words),
        "usual_budget": USUAL_BUDGET,
    }


def _entries(course: Course, words: Words) -> list[Entry]:
    made = []
    for key, look in RACERS.items():
        on = key in course.racers
        race = [one for one in course.racers if one != key] if on else [*course.racers, key]
        text = ",".join(race)
        made.append(Entry(key, look, words.gettext(look.name), on, None if text == ",".join(SIX) else text or None))
    return made


def _refusals(course: Course, words: Words) -> list[str]:
    if not course.left_out:
        return []
    names = listed(words, [words.gettext(RACERS[key].name) for key in course.left_out])
    said = words.gettext("Six race at once at most: take one off first, then %(names)s can join.")
    return [said % {"names": names}]


def _starts(course: Course, words: Words) -> list[Start]:
    """Return the prepared starts; none where there is no saddle."""
    on_ridge, beside = ridge(course), nudged(course, NUDGE)
    if on_ridge is None or beside is None:
        return []
    noisy = course.params.noise > 0
    return [
        Start(words.gettext("exactly on the ridge"), _at(on_ridge, None), course.start == on_ridge and not noisy),
        Start(words.gettext("a nudge of 1e−8"), _at(beside, None), course.start == beside and not noisy),
        Start(words.gettext("on the ridge, with noise"), _at(on_ridge, NOISE), course.start == on_ridge and noisy),
    ]


def _at(point: tuple[float, float], noise: float | None) -> dict[str, Any]:
    return {"x": repr(point[0]), "y": repr(point[1]), "noise": noise}


def _rate(picked: Run, course: Course, words: Words) -> dict[str, Any]:
    """Return the slider of the learning rate: its place, and from where on steps overshoot ever further."""
    lr = picked.lr
    place = math.log10(lr) if lr > 0 else LOWEST_LR
    limit = _limit(picked, course)
    note, hatched = "", None
    if limit is not None:
        said = words.gettext("diverges along the steepest curvature of the start above %(limit)s = %(number)s")
        note = said % {"limit": limit[0], "number": number(limit[1])}
        share = (math.log10(limit[1]) - LOWEST_LR) / (HIGHEST_LR - LOWEST_LR)
        share = min(max(share, 0.0), 1.0)
        hatched = f"{100 * share:.2f}%", f"{100 * (1 - share):.2f}%"
    return {
        "low": LOWEST_LR,
        "high": HIGHEST_LR,
        "place": f"{min(max(place, LOWEST_LR), HIGHEST_LR):.3f}",
        "text": rate(lr),
        "note": note,
        "hatched": hatched,
    }


def _limit(picked: Run, course: Course) -> tuple[str, float] | None:
    """Return the largest stable learning rate of SGD and its kin on a quadratic as curved as the start."""
    largest = float(curvature(course.surface, course.start).values[1])
    if not largest > 1e-12 or picked.key not in ("sgd", "momentum", "nesterov") or picked.options["dampening"]:
        return None
    mu = float(picked.options["momentum"])
    if picked.options["nesterov"]:
        return "2(1 + μ) / (λ(1 + 2μ))", 2 * (1 + mu) / (largest * (1 + 2 * mu))
    return ("2(1 + μ) / λ", 2 * (1 + mu) / largest) if mu else ("2 / λ", 2 / largest)


def legend(heights: Heights) -> dict[str, Any]:
    """Return the colours of a contour plot, and the heights at their ends."""
    bars = heights.levels()
    width = 100 / len(bars)
    return {
        "bars": [(f"{k * width:.3f}%", f"{width + 0.05:.3f}%", level) for k, (_, _, level) in enumerate(bars)],
        "low": exact(-heights.top),
        "high": "+" + exact(heights.top),
        "even": heights.even,
        "zero": palette.level(0, 1),
    }


def _tuning(course: Course, words: Words) -> str:
    """Return how the learning rates of a fair race were found."""
    if not course.params.fair:
        return ""
    params: Params = course.params
    values = {
        "budget": params.budget,
        "seed": params.tuning_seed,
        "low": "0.0001",
        "high": "1",
        "steps": tried_steps(params),
    }
    if course.saddle:
        said = words.gettext(
            "Each optimizer tried the same %(budget)s learning rates from %(low)s to %(high)s (seed %(seed)s), "
            "%(steps)s steps with each, and runs with the one that left the saddle first; where none did, with the one "
            "that ended lowest."
        )
    else:
        said = words.gettext(
            "Each optimizer tried the same %(budget)s learning rates from %(low)s to %(high)s (seed %(seed)s), "
            "%(steps)s steps with each, and runs with the one that ended lowest."
        )
    text: str = said % values
    if params.steps > TUNED_STEPS:
        more = words.gettext("Longer races are tuned on their first %(steps)s steps only.") % values
        return together(words, [text, more])
    return text
