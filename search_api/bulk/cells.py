"""What a spreadsheet would execute is made a text; numbers, dates and telephone numbers stay.

A cell that begins (after white space) with `=`, `+`, `-`, `@` or their full-width forms, or with a
tab or carriage return, gets an apostrophe before it. One that begins with `+` or `-` and goes on in
digits and the punctuation of numbers only (-5, +86 10 1234-5678) can call nothing and is left as it
was.
"""

import re

SIGNS = "=+-@＝＋－＠"
"""What a formula begins with."""

_BEFORE = re.compile(r"\s*")
_HARMLESS = re.compile(r"[+\-][\d .,:/()%\-]*(?:[eE][+\-]?\d+)?\s*")
SUSPECT = frozenset("\t\r\n\v\f \xa0\u3000" + SIGNS)
"""The first signs of all cells that may be risky."""


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
    """The cell as it was, or as a text."""
    return f"'{cell}" if is_risky(cell) else cell
