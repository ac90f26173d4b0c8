"""A cell of a table: its value, the text a person sees, and a text that no spreadsheet runs."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

_SIGNS = frozenset("=+-@＝＋－＠")
"""What a formula begins with."""
_HARMLESS = re.compile(r"[+\-][\d .,:/()%\-]*(?:[eE][+\-]?\d+)?\s*")
_SUSPECT = _SIGNS | set("\t\r\n\v\f \xa0\u3000")
"""The first signs of all cells that may be risky: these, and white space."""

Cell = Any
"""str, int, float or bool; a dict of one key for what JSON has no value for (see `encoded`)."""

FORMULA, ERROR, DATE, TIME = "f", "e", "d", "t"
"""Keys of such a dict: a formula that was never computed, an error value, a date (with or without
time of day), a time or duration. Its value is the text."""


def encoded(value: Any) -> Cell:
    """A value of a workbook as JSON can hold it.

    >>> encoded(date(2026, 1, 5))
    {'d': '2026-01-05'}
    """
    if isinstance(value, str | int | float | bool):
        return value
    if value is None:
        return ""
    if isinstance(value, date):  # a datetime is one too
        return {DATE: value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()}
    if isinstance(value, time | timedelta):
        return {TIME: str(value)}
    return str(value)


def text_of(value: Cell) -> str:
    """A value as the text a person sees: whole numbers without a point, dates ISO.

    Numbers of 16 and more digits are told with their exponent: a spreadsheet keeps 15 of them, and
    written out, the others would look as if they were known.

    >>> text_of(3.0), text_of(1.10108823483901e20)
    ('3', '1.10108823483901E+20')
    """
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return str(next(iter(value.values()), ""))
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        return f"{value:.15G}"
    return "" if value is None else str(value)


def is_formula(value: Cell) -> bool:
    """Whether a cell is a formula without a computed value, or one that came to an error."""
    return isinstance(value, dict) and (FORMULA in value or ERROR in value)


def is_risky(cell: str) -> bool:
    """Whether a spreadsheet may take a cell for a formula.

    That is one that begins (after white space) with `=`, `+`, `-`, `@` or their full-width forms,
    or with a tab or carriage return. One that begins with `+` or `-` and goes on in digits and the
    punctuation of numbers only (-5, +86 10 1234-5678) can call nothing.
    """
    if cell[:1] in ("\t", "\r"):
        return True
    begin = cell.lstrip()
    return begin[:1] in _SIGNS and not _HARMLESS.fullmatch(begin)


def safe_texts(cells: Sequence[Cell]) -> Sequence[str]:
    """Cells as texts; those that a spreadsheet may run get an apostrophe before them."""
    try:
        if _SUSPECT.isdisjoint([cell[:1] for cell in cells]):
            return cells
    except (TypeError, KeyError):  # numbers and marked cells have no first sign
        cells = [text_of(cell) for cell in cells]
    return [f"'{cell}" if is_risky(cell) else cell for cell in cells]
