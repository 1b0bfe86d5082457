"""LaTeX to MathML, on the server: a page shows formulas without any script."""

from __future__ import annotations

import html
import re
from functools import cache
from typing import Any

from math_core import LatexError, LatexToMathML

_TERMINAL_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class FormulaError(ValueError):
    """A formula that is no LaTeX; says where."""


@cache
def _converter() -> LatexToMathML:
    return LatexToMathML(fancy_error=False)


def mathml(latex: str, *, display: bool) -> str:
    """Return the MathML of a formula. Raises FormulaError."""
    try:
        return _converter().convert_with_local_state(latex, displaystyle=display)
    except LatexError as error:
        raise FormulaError(f"{latex}: {_TERMINAL_COLOURS.sub('', str(error))}") from None


def shown(latex: str, options: dict[str, Any]) -> str:
    """Return what a page shows for a formula; a wrong one stays as it was written, it is no error 500."""
    try:
        return mathml(latex, display=bool(options.get("display_mode")))
    except FormulaError:
        return f"<code>{html.escape(latex)}</code>"
