"""Formulas f(x, y) typed by anybody, read by a parser of our own: nothing of the text is ever run.

    sum     = product (("+" | "-") product)*
    product = signed (("*" | "/") signed)*
    signed  = ("+" | "-") signed | power
    power   = operand (("^" | "**") signed)?
    operand = number | "x" | "y" | "pi" | "e" | function "(" sum ")" | "(" sum ")"

Python's own parser would read more than that (1if x else y, 0x10, ｘ for x) and warns or fails in ways of its own; this
one knows at each place what it wants, and says so. Reading is linear in the length, which is bounded.
"""

import math
import re
from collections.abc import Callable
from functools import partial
from typing import NamedTuple, NoReturn

from engine.errors import RangeError
from engine.landscape.derivatives import SLOPES, Jet, Jets
from engine.landscape.graph import BaseError, Graph, NotFiniteError, ZeroDivisorError
from engine.landscape.surface import Surface

LONGEST = 200  # characters
DEEPEST = 25  # brackets, powers and signs within one another
MOST_WORDS = 120  # not counting brackets; each becomes about a dozen small operations, derivatives included
LARGEST = 1e6

CONSTANTS = {"pi": math.pi, "e": math.e}
SYNONYMS = {"ln": "log", "arcsin": "asin", "arccos": "acos", "arctan": "atan"}
FUNCTIONS = tuple(sorted({*SLOPES, *SYNONYMS}))
WORD = re.compile(
    r"(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z][A-Za-z0-9]*)|(?P<sign>\*\*|[-+*/^()])|(?P<space>[ \t\r\n]+)"
)


class Word(NamedTuple):
    """A number, a name or a sign of the text; `place` counts its characters from 1."""

    kind: str
    text: str
    place: int


def parse(text: object) -> Surface:
    """Return the surface z = f(x, y) that the text describes.

    text   such as "x^2 - y^2" or "sin(3*x) * exp(-y**2) / 2": numbers up to 1e6, x, y, pi, e, + - * / ^ (or **),
           brackets, and the functions in FUNCTIONS. ^ binds tighter than a sign before it: -x^2 is -(x^2).
    Raises RangeError on everything else; it names the word and its place, or what is the matter.
    """
    if not isinstance(text, str):
        raise RangeError("f must be a text such as x^2 - y^2, got {got}", got=type(text).__name__)
    words = _words(text)
    if (count := sum(word.text not in "()" for word in words)) > MOST_WORDS:
        raise RangeError("f has {got} numbers, names and signs; at most {most} can be read", got=count, most=MOST_WORDS)
    graph = Graph()
    return Surface(text.strip(), graph, _Reader(words, Jets(graph)).read())


def _words(text: str) -> list[Word]:
    if len(text) > LONGEST:
        raise RangeError("f has {got} characters; at most {most} can be read", got=len(text), most=LONGEST)
    words, place = [], 0
    while place < len(text):
        match = WORD.match(text, place)
        if match is None:
            raise RangeError(
                "{char} at place {place} cannot be used: f is written with x, y, numbers, + - * / ^ ( ) and functions",
                char=repr(text[place]),
                place=place + 1,
            )
        if match.lastgroup != "space":
            words.append(Word(str(match.lastgroup), match.group(), place + 1))
        place = match.end()
    if not words:
        raise RangeError("f is empty; write something like x^2 - y^2")
    return words


class _Reader:
    """Reads the words from left to right, by the grammar above."""

    def __init__(self, words: list[Word], jets: Jets) -> None:
        self.words, self.jets = words, jets
        self.next, self.depth = 0, 0

    def read(self) -> Jet:
        whole = self._sum()
        if (word := self._peek()) is None:
            return whole
        if word.text == ")":
            raise RangeError(") at place {place} has no ( before it", place=word.place)
        raise RangeError(
            "an operation such as * is missing between {before} and {after}, at place {place}",
            before=self.words[self.next - 1].text,
            after=word.text,
            place=word.place,
        )

    def _sum(self) -> Jet:
        left = self._product()
        while sign := self._take("+", "-"):
            combine = self.jets.add if sign.text == "+" else self.jets.subtract
            left = self._made(sign, combine, left, self._product())
        return left

    def _product(self) -> Jet:
        left = self._signed()
        while sign := self._take("*", "/"):
            combine = self.jets.multiply if sign.text == "*" else self.jets.divide
            left = self._made(sign, combine, left, self._signed())
        return left

    def _signed(self) -> Jet:
        self.depth += 1
        if self.depth > DEEPEST:
            raise RangeError(
                "f is nested too deeply at place {place}: at most {most} brackets, powers and signs within one another",
                place=self.words[min(self.next, len(self.words) - 1)].place,
                most=DEEPEST,
            )
        sign = self._take("+", "-")
        inner = self._signed() if sign else self._power()
        self.depth -= 1
        return self.jets.negate(inner) if sign and sign.text == "-" else inner

    def _power(self) -> Jet:
        base, sign = self._operand(), self._take("^", "**")
        return self._made(sign, self.jets.power, base, self._signed()) if sign else base

    def _operand(self) -> Jet:
        word = self._peek()
        if word is None:
            raise RangeError("f ends after {last}, where a number, x, y, a function or ( is wanted", last=self._last())
        self.next += 1
        if word.kind == "number":
            return self._number(word)
        if word.kind == "name":
            return self._name(word)
        if word.text == "(":
            return self._bracket(word)
        raise RangeError(
            "{word} at place {place} cannot stand there: a number, x, y, a function or ( is wanted",
            word=word.text,
            place=word.place,
        )

    def _number(self, word: Word) -> Jet:
        value = float(word.text)
        if value > LARGEST:
            raise RangeError("{word} at place {place} is above {most}", word=word.text, place=word.place, most="10^6")
        return self.jets.constant(value)

    def _name(self, word: Word) -> Jet:
        if word.text in ("x", "y"):
            return self.jets.coordinate(word.text)
        if word.text in CONSTANTS:
            return self.jets.constant(CONSTANTS[word.text])
        if word.text not in FUNCTIONS:
            self._unknown(word)
        opening = self._take("(")
        if opening is None:
            raise RangeError(
                "{word} at place {place} is a function: write {word}(...)", word=word.text, place=word.place
            )
        apply = partial(self.jets.apply, SYNONYMS.get(word.text, word.text))
        return self._made(word, apply, self._bracket(opening))

    def _unknown(self, word: Word) -> NoReturn:
        raise RangeError(
            "there is no {word}, at place {place}; there are {known}",
            word=word.text[:40],
            place=word.place,
            known=", ".join(("x", "y", *CONSTANTS, *FUNCTIONS)),
        )

    def _bracket(self, opening: Word) -> Jet:
        inner = self._sum()
        if self._take(")") is None:
            if (word := self._peek()) is not None:
                raise RangeError(
                    "an operation such as * is missing between {before} and {after}, at place {place}",
                    before=self._last(),
                    after=word.text,
                    place=word.place,
                )
            raise RangeError("( at place {place} is never closed", place=opening.place)
        return inner

    def _made(self, word: Word, operation: Callable[..., Jet], *operands: Jet) -> Jet:
        """Return operation(*operands); if there is no such value anywhere, say which word asked for it."""
        try:
            return operation(*operands)
        except NotFiniteError:
            raise RangeError(
                "{word} at place {place} makes no finite number", word=word.text, place=word.place
            ) from None
        except ZeroDivisorError:
            raise RangeError("{word} at place {place} divides by 0", word=word.text, place=word.place) from None
        except BaseError:
            raise RangeError(
                "{word} at place {place}: only a number above 0 can be raised to a power in which x or y occurs",
                word=word.text,
                place=word.place,
            ) from None

    def _peek(self) -> Word | None:
        return self.words[self.next] if self.next < len(self.words) else None

    def _take(self, *signs: str) -> Word | None:
        word = self._peek()
        if word is None or word.kind != "sign" or word.text not in signs:
            return None
        self.next += 1
        return word

    def _last(self) -> str:
        return self.words[self.next - 1].text
