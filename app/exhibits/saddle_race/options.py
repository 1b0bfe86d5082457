"""The optimizers' own options as a link writes them: adam.lr:0.1,adam.betas:0.8_0.99,sgd.nesterov:1"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from functools import cache
from typing import Any, NamedTuple

from app.exhibits.saddle_race.racers import RACERS
from app.i18n import N_
from engine import RangeError
from engine.landscape import OPTIMIZERS

LONGEST = 1_200  # characters of all settings together: every option of six optimizers
_ENTRY = re.compile(r"([a-z-]+)\.(\w+):([-+0-9.eE_]+)")
LARGEST = 1e6

Options = dict[str, Any]


class Option(NamedTuple):
    """One option as a form shows it; the value as a link writes it."""

    name: str
    value: str
    kind: str  # "number", "pair" or "switch"


@cache
def defaults(key: str) -> Mapping[str, Any]:
    """Return what the race gives an optimizer: torch's defaults, but for the learning rate."""
    own = {field.name: field.default for field in fields(OPTIMIZERS[key])}
    return own | {"lr": RACERS[key].lr}


def parsed(text: str) -> dict[str, Options]:
    """Return the options of each optimizer that the text sets. Raises RangeError, which says what is wrong."""
    found: dict[str, Options] = {}
    if len(text) > LONGEST:
        raise RangeError(
            N_("the options have {got} characters; at most {most} can be read"), got=len(text), most=LONGEST
        )
    for entry in filter(None, text.split(",")):
        match = _ENTRY.fullmatch(entry)
        if match is None:
            raise RangeError(N_("“{got}” is no option; write it as in adam.lr:0.1"), got=entry[:40])
        key, name, value = match.groups()
        if key not in OPTIMIZERS:
            raise RangeError(
                "there is no optimizer {key}; there are {known}", key=key[:40], known=", ".join(OPTIMIZERS)
            )
        kind = defaults(key).get(name)
        found.setdefault(key, {})[name] = _value(value, kind)
    for key, options in found.items():
        OPTIMIZERS[key].of({**defaults(key), **options})  # refuses what it has not, or may not have
    return found


def _value(text: str, default: object) -> Any:
    if isinstance(default, bool):
        if text not in ("0", "1"):
            raise RangeError(N_("wanted 0 or 1, got “{got}”"), got=text[:40])
        return text == "1"
    if isinstance(default, tuple):
        return tuple(_number(part) for part in text.split("_"))
    return _number(text)


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        raise RangeError(N_("“{got}” is not a number"), got=text[:40]) from None
    if not math.isfinite(number) or abs(number) > LARGEST:
        raise RangeError(N_("wanted a number of at most {most}, got “{got}”"), most="10^6", got=text[:40])
    return number


def written(value: Any) -> str:
    """Return a value as a link writes it: the shortest text that means the same number."""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, tuple):
        return "_".join(map(written, value))
    return f"{value:.17g}" if float(f"{value:.12g}") != value else f"{value:.12g}"


def shortest(text: str) -> str:
    """Return settings without what is as it would be anyway, in the order of the table."""
    return ",".join(_entries(parsed(text)))


def _entries(settings: Mapping[str, Options]) -> Iterator[str]:
    for key in OPTIMIZERS:
        own = settings.get(key, {})
        for name, default in defaults(key).items():
            if name in own and (own[name] != default or name == "lr"):  # the usual lr depends on the surface
                yield f"{key}.{name}:{written(own[name])}"


def of(key: str, settings: Mapping[str, Options], rate: float | None = None) -> Options:
    """Return all options of an optimizer; `rate` is its learning rate where none is set."""
    usual = defaults(key) if rate is None else {**defaults(key), "lr": rate}
    return {**usual, **settings.get(key, {})}


def form(key: str, chosen: Options) -> list[Option]:
    """Return options as a form shows them."""
    kinds = {bool: "switch", tuple: "pair"}
    return [
        Option(name, written(chosen[name]), kinds.get(type(default), "number"))
        for name, default in defaults(key).items()
    ]
