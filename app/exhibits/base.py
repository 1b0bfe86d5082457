"""What an exhibit is. Routes, navigation, sitemap and tests are derived from this."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlencode

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from app import paths
from app.drawing import Grid
from app.i18n import Words
from app.tensors import Array

EMBED = "embed"  # in a link: the exhibit without the site around it, as a lesson shows it


class Scene(Protocol):
    """Everything one link of an exhibit shows, computed by the engine."""

    def context(self, words: Words) -> dict[str, Any]:
        """Return what the exhibit's template needs."""

    def numbers(self, start: int, stop: int) -> dict[str, Any]:
        """Return the unrounded numbers for the API; of a stepped exhibit with steps start..stop."""


@dataclass(frozen=True)
class Tile:
    """A prepared state of an exhibit, as home page and list show it."""

    query: str
    title: str
    note: str
    grid: Grid  # a small picture of it
    rows: Sequence[int]  # the window in the picture
    columns: Sequence[int]


@dataclass(frozen=True)
class OwnNumbers:
    """How a learner changes the tensors of an exhibit.

    tensors  the parameters that hold them
    edited   (parameters, tensor, indices, value) -> parameters with one number changed
    taken    (parameters, tensor, values, axis order) -> parameters with a whole tensor changed
    Both raise EngineError for what does not fit.
    """

    tensors: tuple[str, ...]
    edited: Callable[[Any, str, tuple[int, ...], float], Any]
    taken: Callable[[Any, str, Array, str], Any]


@dataclass(frozen=True)
class Questions:
    """What a learner can be asked: (scene, answer, words) -> what the page says about it.

    guess  one number, the next value
    check  a whole output of the learner's own
    """

    guess: Callable[[Any, float, Words], dict[str, Any]]
    check: Callable[[Any, Array, Words], dict[str, Any]]


@dataclass(frozen=True)
class LiveMaps:
    """What an exhibit redraws while the learner draws or drags: as a rule the maps of a network.

    names    of the stages whose maps there are; none where no network is shown
    changes  (scene, words) -> what a page redraws for another input, as JSON; None if it asks for pictures
    sheet    (scene, name, theme, "digit" or "beside", packed) -> all maps of a stage as one PNG, for a page without
             scripts; not packed if the answer packs it
    early    (parameters, app.state, name) -> a scene for `sheet` that has that stage alone, or None; where a network
             is so large that its first maps should not wait for its last
    """

    names: tuple[str, ...]
    changes: Callable[[Any, Words], dict[str, Any]] | None
    sheet: Callable[[Any, str, str, str, bool], bytes] | None
    early: Callable[[Any, Any, str], Awaitable[Any]] | None = None


@dataclass(frozen=True)
class PictureInput:
    """How an exhibit takes a picture that a learner uploads: (parameters, its hash) -> parameters."""

    taken: Callable[[Any, str], Any]


def plain_query(params: BaseModel) -> dict[str, str]:
    """Return what differs from the defaults, as a link writes it."""
    return {
        name: str(int(value)) if isinstance(value, bool) else str(value)
        for name, value in params.model_dump(exclude_defaults=True).items()
    }


def nothing_to_show(params: Any, words: Words) -> dict[str, Any]:
    """Return the context of a page whose parameters do not fit, where the exhibit offers no repair."""
    return {"scene": None, "params": params, "repairs": []}


@dataclass(frozen=True)
class Exhibit:
    """One exhibit: a slug, typed parameters, and the scene they make. The rest is as it needs.

    prepare      parameters -> scene; raises EngineError if they do not fit together
    gather       (parameters, app.state) -> what is awaited first, a network's maps; prepare gets it as well
    canonical    parameters -> the shortest query that means the same
    broken       (parameters, words) -> context of the page that offers repairs
    long_params  parameters that may be too long for a link; then they are stored
    view_params  parameters that change how a step is looked at, not what the steps are
    page_only    parameters that say what the page shows of the scene; the API leaves them out
    moments      (scene, start, stop, words) -> steps as the page shows them, for a stepped exhibit
    arrays       name -> (scene -> array): what can be exported as .npy and .csv
    picture      scene -> PNG
    vector       scene -> SVG, for an exhibit that is drawn of lines
    pictures     how it takes an uploaded picture
    live         what is redrawn while the input changes
    tiles        prepared states, for the home page
    """

    slug: str
    chapter: str
    title: str
    summary: str
    Params: type[BaseModel]
    prepare: Callable[..., Scene]
    canonical: Callable[[Any], dict[str, str]] = plain_query
    gather: Callable[[Any, Any], Awaitable[Any]] | None = None
    broken: Callable[[Any, Words], dict[str, Any]] = nothing_to_show
    long_params: tuple[str, ...] = ()
    view_params: tuple[str, ...] = ()
    page_only: tuple[str, ...] = ()
    moments: Callable[[Any, int, int, Words], list[Any]] | None = None
    arrays: Mapping[str, Callable[[Any], Array]] = field(default_factory=dict)
    picture: Callable[[Any], bytes] | None = None
    vector: Callable[[Any], str] | None = None
    live: LiveMaps | None = None
    pictures: PictureInput | None = None
    own_numbers: OwnNumbers | None = None
    questions: Questions | None = None
    tiles: tuple[Tile, ...] = ()

    @property
    def path(self) -> str:
        return f"/exhibits/{self.slug}"

    @property
    def api(self) -> str:
        return f"/api/exhibits/{self.slug}"

    @property
    def main_array(self) -> str:
        """The array that stands beside the pictures: the output, else the first; "" if there is none."""
        return "output" if "output" in self.arrays else next(iter(self.arrays), "")

    @property
    def has_script(self) -> bool:
        """Whether static/exhibits/<slug>.js is there; an exhibit can do without."""
        return (paths.STATIC / "exhibits" / f"{self.slug}.js").is_file()

    def owns(self, path: str) -> bool:
        """Return whether `path` is an address of this exhibit."""
        return any(path == own or path.startswith((f"{own}/", f"{own}.")) for own in (self.path, self.api))


def links(exhibit: Exhibit, query: Mapping[str, str], language: str) -> dict[str, Any]:
    """Return what templates need to link to other states of the same exhibit.

    link(**changes) changes parameters and takes None ones out; its step is the one shown.
    """
    steps = {name: value for name, value in query.items() if name not in (*exhibit.view_params, EMBED)}

    def link(**changes: Any) -> str:
        text = query_with(query, **changes)
        return f"{exhibit.path}?{text}" if text else exhibit.path

    return {
        "exhibit": exhibit,
        "query": query,
        "link": link,
        "link_query": query_with(query),
        "moments_query": query_with(steps, lang=language),
    }


def query_with(query: Mapping[str, str], **changes: Any) -> str:
    """Return the query string with some parameters changed; None takes one out."""
    merged = {**query, **{name: str(value) for name, value in changes.items() if value is not None}}
    kept = {name: value for name, value in merged.items() if changes.get(name, "") is not None}
    return urlencode(kept)


def plain(values: Array) -> NDArray[Any]:
    """Return values for JSON: whole numbers as integers."""
    return values.astype(np.int64) if np.array_equal(values, np.rint(values)) else values
