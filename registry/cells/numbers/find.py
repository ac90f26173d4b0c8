"""Numbers in a text, and the best single reading of what somebody typed.

What counts as a number:

- 网信算备 followed by digits (any separators, letters that look like digits): 21 digits are an
  algorithm number, anything else from 12 digits on (6, when 号 follows) is malformed, with its
  reason. Prefix and digits may be parted by a colon, brackets, 第, 编号 and the like.
- A run of exactly 21 digits that touches neither letter, digit, underscore nor decimal point.
- 21 digits in groups, or with up to four look-alike letters, without prefix: only if province,
  type and check digit fit, and groups only if cut at the number's own fields, evenly, or once by
  a line break. Longer and shorter runs without prefix are no numbers.
- Region-name-date with a region of the lists, in any case, gaps allowed.
- The numbers of other registers (`find_other`).

Every pattern is bounded and starts at a rare character: the time is linear in the text.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from suanbei.registry.cells.numbers.find_algorithm import (
    FILLER,
    MOST_LETTERS,
    DigitRun,
    find_bare,
    find_prefixed,
    number_at,
    read_digits,
)
from suanbei.registry.cells.numbers.find_genai import find_genai, genai_value, read_whole_genai
from suanbei.registry.cells.numbers.find_other import (
    PERSONAL_AND_BUSINESS,
    find_other,
    read_whole_other,
)
from suanbei.registry.cells.numbers.kinds import Malformation, NumberKind
from suanbei.registry.cells.numbers.model import (
    LENGTH,
    PUBLISHED,
    AlgorithmNumber,
    Found,
    GenaiNumber,
    MalformedNumber,
    Number,
    OtherNumber,
    value_of_digits,
)
from suanbei.registry.cells.numbers.normalise import GAP, comparison_key, display_form, normalised

LONGEST_INPUT = 400
"""Characters up to which a text may as a whole be one number."""

_PUBLISHED_GENAI = re.compile(
    r"(?!.*-20.*-20)[A-Za-z]+-[A-Za-z0-9.-]*[A-Za-z0-9.]-20[0-9]{6}(?:S?[0-9]{4})?"
)
_OPENING = re.compile(f"{FILLER}*+(网{GAP}*+信{GAP}*+算{GAP}*+备{FILLER}*+)?")
_CLOSING = re.compile("(?:[.]0+)?[ \n)\\]}>】》”\"';,.!]*+(号[ \n)\\]}>】》”\"';,.!]*+)?")
_ROUNDED = re.compile(
    f"(?:{FILLER}|[网信算备])*+([1-8][.,]?[0-9]{{0,16}}e[+]?20)(?:{GAP}|[号\"'])*+"
)
_LEAST_BARE, _MOST_BARE = 17, 26
_FOREIGN_LETTERS = 2


def find_numbers(text: str) -> list[Found]:
    """Every number in a text, in order, never overlapping. Takes any str and never raises."""
    viewed = normalised(text)
    readers = (find_prefixed, find_genai, find_other, find_bare)
    everything = [found for reader in readers for found in reader(text, viewed)]
    kept: list[Found] = []
    # Of two that overlap the earlier one stays; of two that begin at once that of the first reader.
    for found in sorted(everything, key=lambda each: each.start):
        if not kept or found.start >= kept[-1].end:
            kept.append(found)
    return kept


def read_number(text: str) -> Found | None:
    """The best single reading of somebody's input, with its place and what was repaired.

    Sound numbers come before those with a wrong check digit, these before malformed ones, CAC's
    before those of other registers. A text that is nothing but one number is read with more good
    will: any grouping, no prefix, spaces for dashes, an unknown region.
    """
    return _as_published(text) or _best(text, find_numbers(text))


def read_numbers(text: str) -> list[Found]:
    """Every number of CAC's registers in somebody's input, each once, in order.

    Where there is none, the number of another register, if there is one. A text that is nothing
    but one number is read as by `read_number`.
    """
    if published := _as_published(text):
        return [published]
    found = find_numbers(text)
    best = _best(text, found)
    if best is None or best not in found:
        return [best] if best else []
    ours: dict[str, Found] = {}
    for each in found:
        if not isinstance(each.number, OtherNumber):
            ours.setdefault(each.number.key, each)
    return [*ours.values()] or [best]


def _as_published(text: str) -> Found | None:
    """A text that is one number just as it is published, as most are."""
    if digits := PUBLISHED.fullmatch(text):
        return Found(0, len(text), text, value_of_digits(digits[1], text))
    if _PUBLISHED_GENAI.fullmatch(text):
        number = genai_value(text)
        return Found(0, len(text), text, number) if isinstance(number, GenaiNumber) else None
    return None


def parse_number(text: str) -> Number | None:
    """The number that somebody's input stands for; None when there is none in it."""
    found = read_number(text)
    return found.number if found else None


def number_key(text: str) -> str:
    """The form under which a published number and what people paste for it are compared.

    21 digits for an algorithm number, the folded text (lower case, one kind of dash, dot and
    apostrophe, no white space) for a generative-AI number; of a malformed number what is left
    without prefix and suffix, folded. A text with several numbers, or none, is folded whole.
    """
    if published := _as_published(text):
        return published.number.key
    found = find_numbers(text)
    best = _best(text, found) if len(found) <= 1 else None
    return best.number.key if best else comparison_key(text)


def _best(text: str, found: list[Found]) -> Found | None:
    if len(text) > LONGEST_INPUT or min(map(_rank, found), default=_NOTHING) < _MALFORMED:
        return min(found, key=_rank, default=None)
    viewed = normalised(text)
    readers = (read_whole_genai, read_whole_other, _read_rounded, _read_whole_algorithm)
    whole = [one for reader in readers if (one := reader(text, viewed))]
    return min([*found, *whole], key=_rank, default=None)


_MALFORMED, _NOTHING = 3, 5
_RANKS = {GenaiNumber: 1, MalformedNumber: _MALFORMED, OtherNumber: 4}


def _rank(found: Found) -> int:
    number = found.number
    if isinstance(number, AlgorithmNumber):
        return 0 if number.check_ok else 2
    if isinstance(number, OtherNumber) and number.kind in PERSONAL_AND_BUSINESS:
        return _MALFORMED - 1  # it is well-formed: 18 digits are no shortened filing number
    return _RANKS[type(number)]


def _is_meant(body: DigitRun) -> bool:
    """Whether a text without prefix is meant as a number although it is malformed."""
    if body.reason is Malformation.FOREIGN_CHARACTER:
        return body.letters <= _FOREIGN_LETTERS and abs(len(body.symbols) - LENGTH) <= 1
    return body.reason is None or _LEAST_BARE <= len(body.symbols) <= _MOST_BARE


def _read_rounded(text: str, viewed: str) -> Found | None:
    """A number that a spreadsheet turned into 3.30110507206401E+20."""
    rounded = _ROUNDED.fullmatch(viewed)
    if rounded is None:
        return None
    start, end = rounded.span(1)
    number = MalformedNumber(
        display_form(text[start:end]), Malformation.ROUNDED, NumberKind.ALGORITHM
    )
    return Found(start, end, text[start:end], number)


def _read_whole_algorithm(text: str, viewed: str) -> Found | None:
    opening = _OPENING.match(viewed)
    start = opening.end() if opening else 0
    body = read_digits(text, viewed, start)
    closing = _CLOSING.fullmatch(viewed, body.end) if body else None
    if body is None or closing is None or body.letters > MOST_LETTERS:
        return None
    prefix = opening.start(1) if opening and opening[1] else None
    if prefix is None and not _is_meant(body):
        return None
    close = closing.start(1) + 1 if closing[1] else None
    return number_at(text, viewed, start if prefix is None else prefix, body, close)


AROUND = 30
"""Characters on each side of a number that are shown with it."""


class TextPart(NamedTuple):
    """A text of a document: its page (None without pages), where it stands, and if a reader sees it.

    `place` is body, title, an attribute's or element's name, header, footer, footnote, comment,
    form_field, text_box, hidden, subject, or an attachment.
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
