"""From a link to parameters, and from what pydantic refused to a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from app.exhibits.base import Exhibit
from app.i18n import N_
from app.store import StateStore
from app.visitor import Visitor
from engine import EngineError

SENTENCES = {  # pydantic's error type -> what was wanted, what came
    "int_parsing": N_("wanted a whole number, got “%(got)s”"),
    "int_from_float": N_("wanted a whole number, got “%(got)s”"),
    "int_parsing_size": N_("wanted a smaller number, got one with %(length)s digits"),
    "float_parsing": N_("wanted a number, got “%(got)s”"),
    "greater_than_equal": N_("wanted at least %(ge)s, got %(got)s"),
    "less_than_equal": N_("wanted at most %(le)s, got %(got)s"),
    "literal_error": N_("wanted one of %(expected)s, got “%(got)s”"),
    "bool_parsing": N_("wanted 0 or 1, got “%(got)s”"),
    "string_type": N_("wanted text, got “%(got)s”"),
}
ELSE = N_("“%(got)s” does not fit here")
EXPIRED = N_("the numbers behind this link are no longer stored; the preset is shown instead")


@dataclass
class Read:
    """Parameters, and a sentence for each one that was refused."""

    params: Any
    problems: list[str] = field(default_factory=list)


def read_query(exhibit: Exhibit, query: Mapping[str, str], store: StateStore, visitor: Visitor) -> Read:
    """Return the parameters of a link; one that is refused falls back and is explained."""
    problems = []
    given = {name: value for name, value in query.items() if name in exhibit.Params.model_fields}
    if "state" in query:
        stored = store.get(query["state"])
        if stored is None:
            problems.append(visitor.words.gettext(EXPIRED))
        else:
            given = {**dict(parse_qsl(stored)), **given}
    try:
        return Read(exhibit.Params.model_validate(given), problems)
    except ValidationError as error:
        refused = {str(item["loc"][0]) for item in error.errors()}
        problems += explain(error.errors(), exhibit.Params.model_fields, visitor)
        kept = {name: value for name, value in given.items() if name not in refused}
        return Read(exhibit.Params.model_validate(kept), problems)


def explain(errors: Any, fields: Mapping[str, FieldInfo], visitor: Visitor) -> list[str]:
    """Return one sentence per error: which parameter, what was wanted, what came."""
    sentences = []
    for error in errors:
        places = [part for part in error["loc"][1:] or error["loc"] if isinstance(part, str)]
        name = next((part for part in reversed(places) if part in fields), "".join(places[:1]) or "?")
        title = fields[name].title if name in fields else None
        label = visitor.words.gettext(title) if title else name
        named = visitor.words.gettext("%(label)s: %(sentence)s.")
        sentence = _sentence(error, visitor)
        sentences.append(named % {"label": label, "sentence": sentence})
    return sentences


def _sentence(error: Any, visitor: Visitor) -> str:
    cause = (error.get("ctx") or {}).get("error")
    if isinstance(cause, EngineError):
        return visitor.explain(cause)
    got = str(error.get("input", ""))
    values = {**(error.get("ctx") or {}), "got": got[:40], "length": len(got)}
    values["expected"] = str(values.get("expected", "")).replace("'", "").replace(" or ", ", ")
    return visitor.words.gettext(SENTENCES.get(error["type"], ELSE)) % values


def short_query(exhibit: Exhibit, params: Any, store: StateStore, most: int) -> dict[str, str]:
    """Return the link's query; tensors too long for a link are stored and named by their hash."""
    query = exhibit.canonical(params)
    if len(urlencode(query)) <= most:
        return query
    long = {name: query.pop(name) for name in exhibit.long_params if name in query}
    return {**query, "state": store.put(urlencode(long))}
