"""The control column: each slider with its legal range and the reason for its ends."""

from __future__ import annotations

from dataclasses import dataclass

from app.exhibits import fields
from app.exhibits.controls import Slider
from app.exhibits.pooling.params import MOST_CELLS, MOST_CHANNELS, MOST_DILATION, MOST_SIZE, MOST_STRIDE, Params
from app.exhibits.pooling.pool import FREE, Pool
from app.exhibits.pooling.resolve import option_texts
from app.i18n import N_, Words
from engine import EngineError
from engine.geometry import Geometry

BOUNDS = {
    "size": (1, MOST_SIZE),
    "in_channels": (1, MOST_CHANNELS),
    "kernel_size": (1, MOST_SIZE),
    "stride": (1, MOST_STRIDE),
    "padding": (0, MOST_SIZE // 2),
    "dilation": (1, MOST_DILATION),
}
ALWAYS = ("size", "in_channels", "kernel_size")
REASONS = {
    "size": N_("at least %(least)s: the window spans %(span)s"),
    "kernel_size": N_("%(least)s to %(most)s: the window has to fit, and be twice the padding"),
    "stride": N_("only some: a window may not lie wholly on padding"),
    "padding": N_("%(least)s to %(most)s: the window has to fit, and at most half of it may be padding"),
    "dilation": N_("at most %(most)s: the window has to fit into %(padded)s"),
}


def sliders(pool: Pool, words: Words) -> list[Slider]:
    """Return a slider for every whole-number option that this kind of pooling has."""
    return [Workbench(pool, words).slider(name) for name in BOUNDS if name in (*ALWAYS, *FREE[pool.kind])]


@dataclass(frozen=True)
class Workbench:
    pool: Pool
    words: Words

    def slider(self, name: str) -> Slider:
        """Return the slider of one option."""
        low, high = BOUNDS[name]
        possible = {number: self.changed(name, number) for number in range(low, high + 1)}
        fitting = [number for number, geometry in possible.items() if geometry]
        legal = [number for number in fitting if self.few(name, number)]
        left = {number: geometry.unused for number, geometry in possible.items() if geometry}
        cautions = [number for number in legal if name == "stride" and any(left[number])]
        value = option_texts(self.pool)[name]
        current = int(value) if value.isdigit() else None
        return Slider(
            name=name,
            label=self.words.gettext(Params.model_fields[name].title or name),
            text=_text(name, value),
            value=value,
            low=low,
            high=high,
            current=current,
            legal=legal,
            cautions=cautions,
            note=self._notes(name, legal, fitting, self._caution(left.get(current or 0)) if cautions else ""),
        )

    def changed(self, name: str, value: int) -> Geometry | None:
        """Return the geometry with one option changed, or None where it does not fit."""
        changes = {} if name == "in_channels" else {name: (value, value)}
        if name == "kernel_size" and (self.pool.stride is None or "stride" not in FREE[self.pool.kind]):
            changes["stride"] = (value, value)
        try:
            self.pool.geometry_of(**{**changes, "ceil_mode": False})
            return self.pool.geometry_of(**changes)
        except EngineError:
            return None

    def few(self, name: str, value: int) -> bool:
        """Whether the page has room for what one changed option would give."""
        geometry = self.changed(name, value)
        channels = value if name == "in_channels" else len(self.pool.x)
        return geometry is not None and self.pool.cells(geometry, channels) <= MOST_CELLS

    def _notes(self, name: str, legal: list[int], fitting: list[int], caution: str) -> str:
        crowded = self.words.gettext("others would give more than the %(most)s cells that a page shows")
        more = "" if legal == fitting else crowded % {"most": MOST_CELLS}
        first = caution or self._note(name, fitting)
        if not first or not more:
            return first or more
        return self.words.gettext("%(first)s; %(second)s") % {"first": first, "second": more}

    def _note(self, name: str, legal: list[int]) -> str:
        low, high = BOUNDS[name]
        if not legal or len(legal) == high - low + 1:
            return ""
        try:
            geometry = self.pool.geometry
        except EngineError:  # while the parts do not fit no reason is given
            return ""
        rows, columns = geometry.padded_size
        values = {
            "least": legal[0],
            "most": legal[-1],
            "span": max(geometry.span),
            "padded": f"{rows} × {columns}",
        }
        return self.words.gettext(REASONS[name]) % values

    def _caution(self, unused: tuple[int, int] | None) -> str:
        if not unused or not any(unused):
            return self.words.gettext("○ leaves rows or columns at the end unread")
        return self.words.gettext("○ unread at the end: %(rows)s of the rows, %(columns)s of the columns") % {
            "rows": unused[0],
            "columns": unused[1],
        }


def _text(name: str, value: str) -> str:
    if name in ("size", "kernel_size"):
        rows, columns = fields.pair(value)
        return f"{rows} × {columns}"
    if value.count("x") == 3:
        top, bottom, left, right = fields.numbers(value)
        return f"↑{top} ↓{bottom} ←{left} →{right}"
    return value.replace("x", " × ")


def size_lines(pool: Pool, words: Words) -> list[dict[str, str | int | bool]]:
    """Return the output size with its numbers filled in, rounded down and up: side by side, rows and columns."""
    lines: list[dict[str, str | int | bool]] = []
    for ceil_mode, (left, right) in ((False, "⌊⌋"), (True, "⌈⌉")):
        geometry = pool.geometry_of(ceil_mode=ceil_mode)
        for axis in (0, 1):
            before, after = geometry.padding[axis]
            ring = f"2·{before}" if before == after else f"{before} + {after}"
            kernel, gap = geometry.kernel_size[axis], geometry.dilation[axis]
            span = str(kernel) if gap == 1 else f"({gap}·({kernel} − 1) + 1)"
            text = f"{left}({geometry.input_size[axis]} + {ring} − {span}) / {geometry.stride[axis]}{right} + 1"
            axis_name = words.gettext("rows") if axis == 0 else words.gettext("columns")
            room = geometry.padded_size[axis] - geometry.span[axis]
            asked = -(-room // geometry.stride[axis]) + 1 if ceil_mode else geometry.output_size[axis]
            size = geometry.output_size[axis]
            lines.append({"axis": axis_name, "text": text, "asked": asked, "size": size, "ceil": ceil_mode})
    return lines
