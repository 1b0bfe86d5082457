"""The sentence of each step: who has left the saddle, and what the selected optimizer does now."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from markupsafe import Markup

from app.exhibits.saddle_race.course import Course
from app.exhibits.saddle_race.race import Run
from app.exhibits.saddle_race.racers import RACERS
from app.i18n import N_, Words, listed, together

STILL = 1e-12  # a slope below this moves nobody within a race


def name_of(key: str, words: Words) -> Markup:
    """Return an optimizer's name in its colour."""
    return Markup('<b class="series" data-series="%s">%s</b>') % (key, words.gettext(RACERS[key].name))


def narration(course: Course, runs: Sequence[Run], words: Words) -> list[str]:
    """Return the sentence of each step; it ends in the number to look at."""
    picked = next(run for run in runs if run.key == course.pick)
    acts, ending = _acts(course, picked), _ending(course, picked)
    told: dict[tuple[object, ...], str] = {}
    column = []
    for t, act in enumerate(acts):
        away = tuple(sorted((run.escaped, run.key) for run in runs if run.escaped is not None and run.escaped <= t))
        if (act, away) not in told:
            said = _act(act, ending, picked, words)
            told[act, away] = str(together_marked(words, [_away(away, picked.key, words), said]))
        column.append(told[act, away])
    return column


def together_marked(words: Words, sentences: Sequence[Markup]) -> Markup:
    """Return sentences one after the other, as markup."""
    return Markup(together(words, [str(one) for one in sentences]))


ACTS = {  # what an optimizer does -> the sentence about it; ending: when it leaves
    "lost": N_("%(name)s has diverged: its numbers are infinite since step %(number)s."),
    "gone": N_("%(name)s has come to where f is not defined: it has no place since step %(number)s."),
    "nowhere": N_("%(name)s is where f is not defined, only its gradient still leads on, and %(ending)s."),
    "outside": N_("%(name)s runs outside the frame and %(ending)s."),
    "left": N_("%(name)s has left the saddle behind, at step %(number)s."),
    "still": N_("%(name)s stands still, for here nothing slopes, and %(ending)s."),
    "towards": N_("%(name)s slides towards the saddle and %(ending)s."),
    "away": N_("%(name)s gathers speed along the escape direction and %(ending)s."),
    "down": N_("%(name)s runs downhill and %(ending)s."),
    "up": N_("%(name)s climbs for a moment, carried too far, and %(ending)s."),
}
ENDINGS = {
    "leaves": N_("leaves the saddle at step %(number)s"),
    "stays": N_("does not leave the saddle before the last step, %(number)s"),
    "lowest": N_("is lowest at step %(number)s"),
}


def _acts(course: Course, run: Run) -> list[str]:
    """Return what the run does at each step."""
    steps = len(run.path)
    saddle, inside = course.saddle, course.frame.holds(run.path)
    with np.errstate(all="ignore"):
        measure = np.hypot(*(run.path - (saddle.x, saddle.y)).T) if saddle else run.values
        falling = np.append(np.diff(measure) < 0, False)
    falling[-1] = falling[-2] if steps > 1 else True
    closer, farther = ("towards", "away") if saddle else ("down", "up")
    acts = []
    for t in range(steps):
        if run.infinite is not None and t >= run.infinite:
            acts.append("gone" if run.has_left_domain else "lost")
        elif np.isnan(run.values[t]) and inside[t]:
            acts.append("nowhere")
        elif run.escaped is not None and t >= run.escaped:
            acts.append("left")
        elif not inside[t]:
            acts.append("outside")
        elif run.slopes[t] <= STILL:
            acts.append("still")
        else:
            acts.append(closer if falling[t] else farther)
    return acts


def _ending(course: Course, run: Run) -> tuple[str, int]:
    if course.saddle is None:
        values = np.where(np.isfinite(run.values), run.values, np.inf)
        return "lowest", int(values.argmin())
    return ("stays", course.params.steps) if run.escaped is None else ("leaves", run.escaped)


def _act(act: str, ending: tuple[str, int], run: Run, words: Words) -> Markup:
    kind, step = ending
    number = run.infinite if act in ("lost", "gone") else step
    mark = Markup("<mark>%s</mark>") % number
    end = Markup(words.gettext(ENDINGS[kind])) % {"number": mark}
    return Markup(words.gettext(ACTS[act])) % {"name": name_of(run.key, words), "number": mark, "ending": end}


def _away(away: Sequence[tuple[int | None, str]], pick: str, words: Words) -> Markup:
    """Return who of the others has left, and when; nothing while nobody has."""
    one = words.gettext("%(name)s %(step)s")
    said = [one % {"name": words.gettext(RACERS[key].name), "step": step} for step, key in away if key != pick]
    if not said:
        return Markup("")
    return Markup(words.gettext("Away: %(names)s.")) % {"names": listed(words, said)}
