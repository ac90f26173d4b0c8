"""A cell of a table: its value, the text a person sees, and a text that no spreadsheet runs."""

import re
from datetime import date, datetime, time, timedelta
from typing import Any

SIGNS = "=+-@＝＋－＠"
"""What a formula begins with."""

_BEFORE = re.compile(r"\s*")
_HARMLESS = re.compile(r"[+\-][\d .,:/()%\-]*(?:[eE][+\-]?\d+)?\s*")
SUSPECT = frozenset("\t\r\n\v\f \xa0\u3000" + SIGNS)
"""The first signs of all cells that may be risky."""

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
        return repr(value).upper()
    return "" if value is None else str(value)


def is_formula(value: Cell) -> bool:
    """Whether a cell is a formula without a computed value, or one that came to an error."""
    return isinstance(value, dict) and (FORMULA in value or ERROR in value)


def is_risky(cell: str) -> bool:
    """Whether a spreadsheet may take a cell for a formula."""
    if cell[:1] not in SUSPECT or not cell:
        return False
    if cell[0] in "\t\r":
        return True
    begin = _BEFORE.match(cell)
    rest = cell[begin.end() if begin else 0 :]
    return rest[:1] in SIGNS and bool(rest) and not _HARMLESS.fullmatch(rest)


def neutral(cell: str) -> str:
    """The cell as it was, or with an apostrophe before it, so that it is a text.

    Risky is a cell that begins (after white space) with `=`, `+`, `-`, `@` or their full-width
    forms, or with a tab or carriage return. One that begins with `+` or `-` and goes on in digits
    and the punctuation of numbers only (-5, +86 10 1234-5678) can call nothing and stays.
    """
    return f"'{cell}" if is_risky(cell) else cell
