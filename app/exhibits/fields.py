"""Kinds of parameters that exhibits share: sizes, padding and tensors as a link writes them."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from app import tensors
from app.i18n import N_
from engine import RangeError

_SEPARATORS = re.compile(r"[x×*,_\s]+")


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise RangeError(N_("wanted a number, got “{got}”"), got=str(value))
    return value


Number = Annotated[float, AfterValidator(_finite)]
Seed = Annotated[int, Field(ge=0, le=2**31 - 1)]


def _numbers_text(value: Any) -> Any:
    """Accept 2, "2", "3x2", "3,2", [3, 2] and [[0, 1], [0, 1]]; return text like "3x2"."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, (int, list, tuple)):
        value = re.sub(r"[\[\]()\s]", "", json.dumps(value))
    if isinstance(value, str):
        return "x".join(part for part in _SEPARATORS.split(value.strip("[]() ")) if part)
    return value


def numbers(text: str) -> tuple[int, ...]:
    """Return the whole numbers in "3x2"."""
    return tuple(int(part) for part in text.split("x"))


def pair(text: str) -> tuple[int, int]:
    """Return (rows, columns) of "3x2" or "3"."""
    first, *rest = numbers(text)
    return first, rest[0] if rest else first


def pair_text(values: tuple[int, int]) -> str:
    return str(values[0]) if values[0] == values[1] else f"{values[0]}x{values[1]}"


@dataclass(frozen=True)
class Pair:
    """Marks a field of one or two whole numbers in low..high: "2", or rows x columns as in "3x2"."""

    low: int
    high: int

    def within(self, text: str) -> str:
        """Return `text` in its shortest form. Raises RangeError if it is no such number."""
        if not re.fullmatch(r"\d{1,4}(x\d{1,4})?", text) or not all(
            self.low <= number <= self.high for number in numbers(text)
        ):
            raise RangeError(
                N_("wanted: a whole number from {low} to {high}, or two as in 3x2; got “{got}”"),
                low=self.low,
                high=self.high,
                got=text[:40],
            )
        return pair_text(pair(text))

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        checked = core_schema.no_info_after_validator_function(self.within, handler(source))
        return core_schema.no_info_before_validator_function(_numbers_text, checked)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(schema), "minimum": self.low, "maximum": self.high, "examples": ["2", "3x2"]}


@dataclass(frozen=True)
class Preset:
    """Marks a field that names one of these prepared examples."""

    presets: Mapping[str, object]

    def known(self, name: str) -> str:
        """Return `name`. Raises RangeError if no preset has it."""
        if name not in self.presets:
            known = ", ".join(self.presets)
            raise RangeError(N_("there is no preset “{got}”; have {known}"), got=name[:40], known=known)
        return name

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.known, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(schema), "enum": list(self.presets)}


PADDING_WORDS = ("valid", "same")
MOST_PADDING = 8


def _padding_text(text: str) -> str:
    if text in PADDING_WORDS:
        return text
    if not re.fullmatch(r"\d{1,3}(x\d{1,3}){0,3}", text) or len(numbers(text)) == 3:
        raise RangeError(
            N_("wanted: a number, rows x columns, top x bottom x left x right, “valid” or “same”; got “{got}”"),
            got=text[:40],
        )
    if max(numbers(text)) > MOST_PADDING:
        raise RangeError(
            N_("wanted: at most {most} rows or columns of padding on a side; got “{got}”"),
            most=MOST_PADDING,
            got=text[:40],
        )
    return padding_text(padding(text))


def padding(text: str) -> Any:
    """Return padding as the engine takes it: an int, a word, or ((top, bottom), (left, right))."""
    if text in PADDING_WORDS:
        return text
    sides = numbers(text)
    if len(sides) == 1:
        return sides[0]
    if len(sides) == 2:
        return (sides[0], sides[0]), (sides[1], sides[1])
    return (sides[0], sides[1]), (sides[2], sides[3])


def padding_text(value: Any) -> str:
    """Return the shortest text that means the same padding."""
    if isinstance(value, (int, str)):
        return str(value)
    (top, bottom), (left, right) = value
    if top == bottom and left == right:
        return pair_text((top, left))
    return f"{top}x{bottom}x{left}x{right}"


PaddingText = Annotated[
    str,
    BeforeValidator(_numbers_text),
    AfterValidator(_padding_text),
    Field(json_schema_extra={"examples": ["1", "1x2", "0x1x2x0", "same"], "maximum": MOST_PADDING}),
]


def _tensor_text(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, (list, int, float)) and not isinstance(value, bool) else value


TensorText = Annotated[
    str,
    BeforeValidator(_tensor_text),
    AfterValidator(lambda text: tensors.compact(tensors.parse(text))),
    Field(json_schema_extra={"examples": ["2x2_1_0_0_1", "[[1, 0], [0, 1]]"]}),
]
