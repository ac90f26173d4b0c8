"""Where the numbers of a document stand."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate

from suanbei.registry.cells.numbers.find import find_numbers
from suanbei.registry.cells.numbers.found import Found

Page = tuple[int | None, str]
"""A page and its text; what has no pages is one text without a page number."""
AROUND = 30
"""Characters on each side of a number that are shown with it."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A number and its place: page and line count from 1, the line is that of the page's text.

    `context` is what stands around it, white space as single spaces.
    """

    found: Found
    page: int | None
    line: int
    context: str


def occurrences(pages: Iterable[Page]) -> Iterator[Occurrence]:
    """Every number of some pages, in order."""
    for page, text in pages:
        found = find_numbers(text)
        ends = (
            list(accumulate(len(line) for line in text.splitlines(keepends=True))) if found else []
        )
        for one in found:
            yield Occurrence(one, page, bisect_right(ends, one.start) + 1, _context(text, one))


def _context(text: str, found: Found) -> str:
    begin, end = max(0, found.start - AROUND), min(len(text), found.end + AROUND)
    return " ".join(text[begin:end].split())
