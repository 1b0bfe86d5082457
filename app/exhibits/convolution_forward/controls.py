"""The control column: each slider with its legal range and the reason for its ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from app.exhibits import fields
from app.exhibits.controls import Slider
from app.exhibits.convolution_forward.params import (
    MOST_CHANNELS,
    MOST_FILTERS,
    MOST_KERNEL,
    MOST_SIZE,
    Params,
)
from app.exhibits.convolution_forward.resolve import option_texts
from app.i18n import N_, Words, listed
from app.stepper.layer import Layer
from engine import EngineError
from engine.geometry import Geometry

BOUNDS = {
    "size": (1, MOST_SIZE),
    "in_channels": (1, MOST_CHANNELS),
    "out_channels": (1, MOST_FILTERS),
    "kernel_size": (1, MOST_KERNEL),
    "stride": (1, 8),
    "padding": (0, fields.MOST_PADDING),
    "dilation": (1, 6),
    "groups": (1, MOST_CHANNELS),
}


def sliders(layer: Layer, words: Words, bounds: Mapping[str, tuple[int, int]] = BOUNDS) -> list[Slider]:
    """Return a slider for every whole-number option of `layer` that has bounds."""
    workbench = _Workbench(layer, words, bounds)
    return [workbench.slider(name) for name in bounds]


def own_filters(groups: Slider, layer: Layer, words: Words) -> Slider:
    """Return the slider of groups where the filters are the learner's: their slices say how many there are."""
    slices, channels = layer.weight.shape[1], len(layer.x)
    legal = [value for value in groups.legal if slices * value == channels]
    reason = words.gettext("each of your own filters reads %(slices)s of the %(channels)s channels")
    return groups.limited(legal, reason % {"channels": channels, "slices": slices}, words)


def size_formula(geometry: Geometry) -> list[str]:
    """Return the output size with its numbers filled in: one line, or one each for rows and columns."""
    lines = []
    for axis in (0, 1):
        before, after = geometry.padding[axis]
        ring = f"2·{before}" if before == after else f"{before} + {after}"
        kernel, gap = geometry.kernel_size[axis], geometry.dilation[axis]
        span = str(kernel) if gap == 1 else f"({gap}·({kernel} − 1) + 1)"
        lines.append(f"⌊({geometry.input_size[axis]} + {ring} − {span}) / {geometry.stride[axis]}⌋ + 1")
    sizes = geometry.output_size
    return [lines[0]] if lines[0] == lines[1] and sizes[0] == sizes[1] else lines


def _unread(geometry: Geometry | None) -> tuple[int, int]:
    return geometry.unused if geometry else (0, 0)


@dataclass(frozen=True)
class _Workbench:
    layer: Layer
    words: Words
    bounds: Mapping[str, tuple[int, int]]

    def slider(self, name: str) -> Slider:
        low, high = self.bounds[name]
        possible = {number: self.changed(name, number) for number in range(low, high + 1)}
        legal = [number for number, geometry in possible.items() if geometry]
        cautions = [number for number in legal if name == "stride" and any(_unread(possible[number]))]
        value = option_texts(self.layer)[name]
        return Slider(
            name=name,
            label=self.words.gettext(Params.model_fields[name].title or name),
            text=self._text(name, value),
            value=value,
            low=low,
            high=high,
            current=int(value) if value.isdigit() else None,
            legal=legal,
            cautions=cautions,
            note=self._note(name, legal, cautions, int(value) if value.isdigit() else None),
            ways=self._ways(name),
        )

    def changed(self, name: str, value: int) -> Geometry | None:
        """Return the geometry with one option changed, or None where it does not fit."""
        channels = value if name == "in_channels" else len(self.layer.x)
        filters = value if name == "out_channels" else len(self.layer.weight)
        groups = value if name == "groups" else self.layer.groups
        if channels % groups or filters % groups:
            return None
        try:
            return Geometry.of(
                value if name == "size" else self.layer.input_size,
                value if name == "kernel_size" else self.layer.kernel_size,
                stride=value if name == "stride" else self.layer.stride,
                padding=value if name == "padding" else self.layer.padding,
                dilation=value if name == "dilation" else self.layer.dilation,
            )
        except EngineError:
            return None

    @cached_property
    def geometry(self) -> Geometry | None:
        """Where the windows lie, or None while the parts do not fit: then no reason is given."""
        try:
            return self.layer.geometry
        except EngineError:
            return None

    def _text(self, name: str, value: str) -> str:
        if name in ("size", "kernel_size"):
            rows, columns = fields.pair(value)
            return f"{rows} × {columns}"
        if name == "padding" and value.count("x") == 3:
            top, bottom, left, right = fields.numbers(value)
            return f"↑{top} ↓{bottom} ←{left} →{right}"
        return self.words.gettext(value) if value in fields.PADDING_WORDS else value.replace("x", " × ")

    def _ways(self, name: str) -> list[tuple[str, str]]:
        return [(word, self.words.gettext(word)) for word in fields.PADDING_WORDS] if name == "padding" else []

    def _note(self, name: str, legal: list[int], cautions: list[int], current: int | None) -> str:
        geometry, (low, high) = self.geometry, self.bounds[name]
        if cautions and geometry:
            return self._caution(geometry, current in cautions)
        if not geometry or not legal or (legal[0] == low and legal[-1] == high and len(legal) == high - low + 1):
            return ""
        rows, columns = geometry.padded_size
        values = {
            "legal": listed(self.words, map(str, legal)),
            "least": legal[0],
            "most": legal[-1],
            "in": len(self.layer.x),
            "out": len(self.layer.weight),
            "padded": f"{rows} × {columns}",
            "kernel": max(geometry.kernel_size),
            "span": max(geometry.span),
            "groups": self.layer.groups,
        }
        return self.words.gettext(REASONS[name]) % values

    def _caution(self, geometry: Geometry, here: bool) -> str:
        rows, columns = geometry.unused
        if not here:
            return self.words.gettext("○ leaves rows or columns at the end unread")
        return self.words.gettext("○ unread at the end: %(rows)s of the rows, %(columns)s of the columns") % {
            "rows": rows,
            "columns": columns,
        }


REASONS = {
    "size": N_("at least %(least)s: the kernel spans %(span)s"),
    "in_channels": N_("a multiple of the %(groups)s groups"),
    "out_channels": N_("a multiple of the %(groups)s groups"),
    "kernel_size": N_("at most %(most)s: its span has to fit into the padded %(padded)s"),
    "padding": N_("at least %(least)s: the kernel spans %(span)s"),
    "dilation": N_("at most %(most)s: (%(kernel)s − 1)·dilation + 1 has to fit into %(padded)s"),
    "groups": N_("only %(legal)s: must divide %(in)s in and %(out)s out"),
    "stride": "",
}
