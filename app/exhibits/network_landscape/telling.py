"""What the page says: the epoch in one sentence, what the plane is, and what the eigenvalues mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from markupsafe import Markup, escape

from app import numbers, palette
from app.exhibits.saddle_race.printing import number, rate
from app.i18n import N_, Words
from engine.landscape.recorded import TOP

if TYPE_CHECKING:
    from app.exhibits.network_landscape.scene import LandscapeScene

WIDTH = 100.0  # per cent of half a bar's room: the largest eigenvalue on the right, its mirror on the left


def percent(share: float) -> str:
    """Return a counted share as printed: none at all is 0 %."""
    return f"{numbers.fitting(100 * share, 1)} %"


class Bar(NamedTuple):
    """One eigenvalue: its text, its sign, where its bar begins and how long it is, in per cent of the room."""

    text: str
    sign: str
    left: float
    length: float
    level: int


def narration(scene: LandscapeScene, step: int, words: Words) -> Markup:
    """Return where the network is after an epoch, and how far the plane is from the truth there."""
    record = scene.record
    loss, error = record.path_loss[step].tolist()
    values = {
        "epoch": step,
        "x": numbers.printed(float(record.path[step, 0]), 2),
        "y": numbers.printed(float(record.path[step, 1]), 2),
        "loss": f"<b>{escape(number(loss))}</b>",
        "error": percent(error),
    }
    sentence = (
        N_(
            "Before training the weights stand at (%(x)s, %(y)s) of this plane; on MNIST their loss is %(loss)s, "
            "%(error)s are read wrong."
        )
        if step == 0
        else N_(
            "After epoch %(epoch)s the weights stand at (%(x)s, %(y)s) of this plane; on MNIST their loss is %(loss)s, "
            "%(error)s are read wrong."
        )
    )
    said = words.gettext(sentence) % values
    if scene.params.data == "mnist" and scene.params.show == "loss" and 0 < step < scene.steps - 1:
        there = words.gettext(N_("The plane below them says %(plane)s: they lie off it."))
        said += " " + there % {"plane": number(float(scene.on_plane[step]))}
    return Markup(said)  # the words of the catalogue and printed numbers


def said(scene: LandscapeScene, words: Words) -> dict[str, str]:
    """Return the sentences about the plane."""
    record, told = scene.record, scene.record.told
    share = float(record.shares.sum())
    return {
        "share": percent(share),
        "first": percent(float(record.shares[0])),
        "second": percent(float(record.shares[1])),
        "kept": "" if scene.on_path else f"{numbers.significant(100 * record.plane_shares[scene.params.kind], 2)} %",
        "digits": numbers.whole(told["digits"]),
        "weights": told["weights"],
        "epochs": str(told["epochs"]),
        "batch": str(told["batch_size"]),
        "training_seed": str(told["seed"]),
        "labels": ", ".join(map(str, scene.ground.labels)),
    }


def spectrum(scene: LandscapeScene, words: Words) -> dict[str, Any]:
    """Return the eigenvalues of the Hessian that is shown, as bars, and what they mean."""
    record, look = scene.record, scene.look
    values = record.eigenvalues[look]
    epoch, largest, smallest = int(record.epochs[look]), float(values[0]), float(values[-1])
    negative = int((values + record.bounds[look] < 0).sum())
    return {
        "epoch": epoch,
        "epochs": record.epochs.tolist(),
        "bars": [_bar(value, float(abs(values).max())) for value in values.tolist()],
        "gap": TOP,
        "verdict": _verdict(words, negative, len(values), smallest),
        "limit": number(2 / largest),
        "largest": number(largest),
        "gradient": number(float(record.gradient[look])),
        "lr": rate(max(record.told["rates"])),
    }


def _bar(value: float, most: float) -> Bar:
    length = WIDTH * abs(value) / most / 2
    sign = "+" if value > 0 else ""
    level = palette.level(float(np.sign(value)) * 0.8, 1.0)
    return Bar(sign + number(value), "up" if value > 0 else "down", 50 - length if value < 0 else 50.0, length, level)


def _verdict(words: Words, negative: int, count: int, smallest: float) -> str:
    """Say whether the place curves down somewhere."""
    if not negative:
        sentence = N_("None of the %(count)s eigenvalues computed is negative: here the loss curves up in all of them.")
        return words.gettext(sentence) % {"count": count}
    sentence = N_(
        "%(negative)s of the %(count)s eigenvalues computed are negative, the smallest is %(smallest)s: in those "
        "directions the loss curves down. Were the gradient zero here, this would be a saddle, not a minimum."
    )
    return words.gettext(sentence) % {"negative": negative, "count": count, "smallest": number(smallest)}
