"""Tensors as people write them: pasted text, spreadsheets, nested lists, .npy, .csv, links."""

from __future__ import annotations

import io
import re
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from app.i18n import N_
from engine import EngineError, RangeError

Array = NDArray[np.float64]

LARGEST = 1e6
MOST_VALUES = 40_000  # 16 filters of 8 x 11 x 11 are 15,488
NPY_MAGIC = b"\x93NUMPY"
NO_NUMBERS = N_("there are no numbers here; paste a table or a nested list")

_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_TOKEN = re.compile(r"[\[\](){}]|[^\s,;\[\](){}]+")
_WRAPPER = re.compile(r"^\s*(?:[A-Za-z_][\w.]*\s*=\s*)?(?:[\w.]+\s*\()?\s*(?=[\[(])")
_COMPACT = re.compile(r"(\d{1,9}(?:x\d{1,9}){0,3})_(\S+)")


class TensorError(EngineError):
    """A text or file that is no tensor; says what was wanted, what came, what to do."""


def compact(values: Array) -> str:
    """Return `values` as a link carries them: shape, then numbers, joined by "_"."""
    shape = "x".join(map(str, values.shape))
    return "_".join([shape, *(_plain(value) for value in values.ravel().tolist())])


def parse(text: str) -> Array:
    """Return the tensor that `text` writes: compact, nested list, or rows and columns.

    Rows are lines; columns stand apart by tabs, commas, semicolons or spaces; a blank line
    begins the next channel. Raises TensorError for all that is not a tensor of finite
    numbers of magnitude <= 1e6.
    """
    text = text.strip().replace("\N{MINUS SIGN}", "-")
    if not text:
        raise TensorError(NO_NUMBERS)
    if match := _COMPACT.fullmatch(text):
        return _from_compact(*match.groups())
    if match := _WRAPPER.match(text):
        return _checked(_nested(_TOKEN.findall(text[match.end() :])))
    return _checked(_table(text))


def one_number(text: str) -> float:
    """Return the one number that `text` writes, as it is typed into a cell."""
    token = text.strip().replace("\N{MINUS SIGN}", "-")
    number = _number(token)
    if abs(number) > LARGEST:
        raise TensorError(N_("{value} is too large; numbers here stay within one million"), value=f"{number:g}")
    return number


def read_file(name: str, content: bytes) -> Array:
    """Return the tensor in an uploaded .npy, .csv or text file; pickles are refused."""
    if content.startswith(NPY_MAGIC):
        return _checked(_npy(content))
    try:
        return parse(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise TensorError(N_("{name} is neither .npy nor text; save it as .npy or .csv"), name=name) from None


def laid_over(given: Array, others: Array) -> Array:
    """Return a copy of `others` with the given numbers as far as they reach; both have the same number of axes."""
    made = others.copy()
    shared = tuple(slice(0, min(old, wanted)) for old, wanted in zip(given.shape, others.shape, strict=True))
    made[shared] = given[shared]
    return made


def with_number(values: Array, tensor: str, place: tuple[int, ...], value: float) -> Array:
    """Return a copy of `values` with one number changed. Raises RangeError if `tensor`, its name, has no such cell."""
    if len(place) != values.ndim or not all(0 <= k < n for k, n in zip(place, values.shape, strict=True)):
        raise RangeError(N_("there is no cell {place} in {tensor}"), place=place, tensor=tensor)
    changed = values.copy()
    changed[place] = value
    return changed


def as_image(values: Array, order: str) -> Array:
    """Return `values` (2 or 3 axes in `order`, "chw" or "hwc") as (C, H, W)."""
    if values.ndim not in (2, 3):
        raise TensorError(N_("an input has 2 or 3 axes; this has {ndim}"), ndim=values.ndim)
    if values.ndim == 2:
        return values[None]
    return values.transpose(2, 0, 1) if order == "hwc" else values


def as_filters(values: Array, order: str) -> Array:
    """Return `values` as filters (F, C, K_h, K_w); "hwc" means K_h, K_w, C, F."""
    if values.ndim == 4:
        return values.transpose(3, 2, 0, 1) if order == "hwc" else values
    if values.ndim not in (2, 3):
        raise TensorError(N_("filters have 2 to 4 axes; this has {ndim}"), ndim=values.ndim)
    return as_image(values, order)[None]


def as_bias(values: Array, order: str = "chw") -> Array:
    """Return `values` as one number per filter (F,)."""
    return values.ravel()


def guess_orders(shape: tuple[int, ...]) -> tuple[str, ...]:
    """Return the axis orders that `shape` may have, the likelier first.

    Channels are few: 7x7x3 reads as H x W x C, 3x7x7 as C x H x W. Equal ends tell
    nothing; then C x H x W, PyTorch's order, comes first.
    """
    if len(shape) < 3:
        return ("chw",)
    if len(shape) == 4:  # F x C x K x K against K x K x C x F
        last_first = shape[0] == shape[1] and shape[2] != shape[3]
        return ("hwc", "chw") if last_first else ("chw", "hwc")
    return ("hwc", "chw") if shape[2] < shape[0] else ("chw", "hwc")


def _plain(value: float) -> str:
    return str(int(value)) if value.is_integer() else repr(value)


def _from_compact(shape_text: str, numbers: str) -> Array:
    shape = tuple(int(size) for size in shape_text.split("x"))
    values = [_number(token) for token in numbers.split("_")]
    wanted = int(np.prod(shape, dtype=object))
    if wanted != len(values):
        raise TensorError(
            N_("{shape} needs {wanted} numbers, {got} came"), shape=shape_text, wanted=wanted, got=len(values)
        )
    return _checked(np.array(values, dtype=np.float64).reshape(shape))


def _number(token: str) -> float:
    if token.lower().lstrip("+-") in {"nan", "inf", "infinity"}:
        raise TensorError(N_("{token} is not a finite number; replace it"), token=token)
    if not _NUMBER.fullmatch(token):
        raise TensorError(N_("“{token}” is not a number; only numbers can stand here"), token=token[:20])
    return float(token)


def _nested(tokens: list[str]) -> Array:
    """Read nested brackets of any kind; what follows the closing bracket (a dtype) is ignored."""
    stack: list[list[object]] = [[]]
    for place, token in enumerate(tokens):
        if token in "[({":
            if len(stack) > 4:
                raise TensorError(N_("the list is nested more than 4 deep; a tensor here has at most 4 axes"))
            stack.append([])
        elif token in "])}":
            if len(stack) == 1:
                break
            done = stack.pop()
            stack[-1].append(done)
            if len(stack) == 1:
                if tokens[place + 1 : place + 2] in (["["], ["("]):
                    raise TensorError(N_("several lists follow one another; put one pair of brackets around them"))
                break
        else:
            stack[-1].append(_number(token))
    if len(stack) != 1 or not stack[0]:
        raise TensorError(N_("the list is not closed; a bracket is missing at the end"))
    _require_even(stack[0][0], "0")
    return np.array(stack[0][0], dtype=np.float64)


def _require_even(item: object, where: str) -> tuple[int, ...]:
    """Return the shape of nested lists, or say which list has another length than its neighbours."""
    if not isinstance(item, list):
        return ()
    shapes = [_require_even(part, str(index)) for index, part in enumerate(item)]
    for index, shape in enumerate(shapes):
        if shape != shapes[0]:
            raise TensorError(
                N_("row {row} has another length than row 0 ({got} instead of {wanted}); even the rows out"),
                row=index,
                got=_shape_words(shape),
                wanted=_shape_words(shapes[0]),
            )
    return (len(item), *shapes[0]) if shapes else (0,)


def _shape_words(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape)) or "1"


def _table(text: str) -> Array:
    lines = [line.strip(" \t\r,;") for line in text.splitlines()]
    blocks = [list(block) for filled, block in groupby(lines, key=bool) if filled]
    if not blocks:
        raise TensorError(NO_NUMBERS)
    rows = [[[_number(token) for token in _TOKEN.findall(line)] for line in block] for block in blocks]
    _require_even(rows if len(rows) > 1 else rows[0], "0")
    return np.array(rows if len(rows) > 1 else rows[0], dtype=np.float64)


def _npy(content: bytes) -> NDArray[np.generic]:
    try:
        values = np.load(io.BytesIO(content), allow_pickle=False)
    except (ValueError, EOFError, OSError, TypeError, SyntaxError, MemoryError) as error:
        raise TensorError(N_("this .npy file cannot be read; save it again with numpy.save")) from error
    if not isinstance(values, np.ndarray) or values.dtype.kind not in "biuf":
        raise TensorError(N_("the file holds no real numbers; save a float or integer array"))
    return values


def _checked(values: NDArray[np.generic]) -> Array:
    if values.size == 0:
        raise TensorError(NO_NUMBERS)
    if values.size > MOST_VALUES:
        raise TensorError(
            N_("{count} numbers are too many to look at one by one; at most {most}"),
            count=values.size,
            most=MOST_VALUES,
        )
    numbers = values.astype(np.float64)
    if not np.all(np.isfinite(numbers)):
        where = ", ".join(str(place) for place in np.argwhere(~np.isfinite(numbers))[0])
        raise TensorError(N_("the number at {where} is not finite; replace it"), where=where)
    if np.max(np.abs(numbers)) > LARGEST:
        raise TensorError(
            N_("{value} is too large; numbers here stay within one million"),
            value=f"{numbers.flat[np.argmax(np.abs(numbers))]:g}",
        )
    return np.ascontiguousarray(numbers)
