"""Where the numbers of a document stand."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from suanbei.registry.cells.numbers.find import find_numbers
from suanbei.registry.cells.numbers.found import Found

AROUND = 30
"""Characters on each side of a number that are shown with it."""


class TextPart(NamedTuple):
    """A text of a document: its page (None without pages), where it stands, and if a reader sees it.

    `place` is body, title, an attribute's or element's name, header, footer, footnote, comment,
    form_field, hidden, subject, or an attachment.
    """

    page: int | None
    text: str
    place: str = "body"
    visible: bool = True


class Unread(NamedTuple):
    """What of a document could not be looked into.

    `code` is picture, script_page, encrypted_part or part; `detail` names it: a page, a file, how many.
    """

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A number and its place: page and line count from 1, the line is that of the page's text.

    `context` is what stands around it, white space as single spaces; `place` and `visible` are those
    of the text (`TextPart`).
    """

    found: Found
    page: int | None
    line: int
    context: str
    place: str = "body"
    visible: bool = True


@dataclass(frozen=True, slots=True)
class FoundNumbers:
    """The numbers of a document in order, and what of it could not be looked into."""

    occurrences: tuple[Occurrence, ...]
    unread: tuple[Unread, ...] = ()


def occurrences(parts: Iterable[TextPart]) -> Iterator[Occurrence]:
    """Every number of some texts, in order."""
    for page, text, place, visible in parts:
        found = find_numbers(text)
        ends = (
            list(accumulate(len(line) for line in text.splitlines(keepends=True))) if found else []
        )
        for one in found:
            yield Occurrence(
                one, page, bisect_right(ends, one.start) + 1, _context(text, one), place, visible
            )


def _context(text: str, found: Found) -> str:
    begin, end = max(0, found.start - AROUND), min(len(text), found.end + AROUND)
    return " ".join(text[begin:end].split())
