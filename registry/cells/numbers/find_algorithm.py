"""Algorithm numbers in a text behind their prefix 网信算备."""

import re
from collections.abc import Iterator

from suanbei.registry.cells.numbers.algorithm import LENGTH, PREFIX, SUFFIX, AlgorithmNumber
from suanbei.registry.cells.numbers.digits import Body, read_body
from suanbei.registry.cells.numbers.found import Found, Repair, spelling_repairs
from suanbei.registry.cells.numbers.text import GAP, squeeze, tidy
from suanbei.registry.cells.numbers.values import Malformation, MalformedNumber, NumberKind

LEAST_DIGITS = 12
"""Fewer digits behind a prefix are no number…"""
LEAST_DIGITS_CLOSED = 6
"""…and this is the least when 号 follows."""

FILLER = r"""(?:[ \n:;,.()\[\]<>{}【】「」『』《》〈〉“”"'#=|/*第编案号字为是-]|no)"""
"""A regular expression for what people put between the prefix and the digits."""
_PREFIX = re.compile(
    f"网{GAP}{{0,9}}+信{GAP}{{0,9}}+算{GAP}{{0,9}}+备(?:([0-9]{{{LENGTH}}})号|{FILLER}{{0,40}}+)"
)
_SUFFIX = re.compile(f"{GAP}{{0,40}}+[)\\]}}>】」』》〉”\"']?{GAP}{{0,9}}+号(?!码)")
_PUBLISHED_LENGTH = len(PREFIX) + LENGTH + len(SUFFIX)


def find_prefixed(text: str, viewed: str) -> Iterator[Found]:
    """Every 网信算备 with digits after it, well-formed or malformed."""
    for prefix in _PREFIX.finditer(viewed):
        start, end = prefix.span()
        if prefix[1] and end - start == _PUBLISHED_LENGTH and text[start:end] == prefix[0]:
            yield Found(start, end, prefix[0], value_of_digits(prefix[1], prefix[0]))
            continue
        at = prefix.start(1) if prefix[1] else end
        if several := numbers_without_gap(viewed, at):
            yield from several
            continue
        body = read_body(text, viewed, at)
        if body is None:
            continue
        close = find_suffix(viewed, body.end)
        least = LEAST_DIGITS_CLOSED if close else LEAST_DIGITS
        if sum(char.isdigit() for char in body.symbols) >= least:
            yield number_at(text, viewed, start, body, close)


_RUN = re.compile(f"[0-9]{{{2 * LENGTH},{20 * LENGTH}}}+")


def numbers_without_gap(viewed: str, start: int) -> list[Found]:
    """Two or more plausible numbers that stand in one run of digits; empty where they do not."""
    run = _RUN.match(viewed, start)
    if run is None or len(run[0]) % LENGTH:
        return []
    places = range(start, run.end(), LENGTH)
    numbers = [AlgorithmNumber(viewed[place : place + LENGTH]) for place in places]
    if not all(number.is_plausible for number in numbers):
        return []
    return [
        Found(place, place + LENGTH, number.digits, number, (Repair.GLUED,))
        for place, number in zip(places, numbers, strict=True)
    ]


def find_suffix(viewed: str, end: int) -> int | None:
    """Where the 号 ends that closes digits ending at `end`; None where they are not closed."""
    suffix = _SUFFIX.match(viewed, end)
    return suffix.end() if suffix else None


def number_at(text: str, viewed: str, start: int, body: Body, close: int | None) -> Found:
    """The number from `start` to the end of its body, or of its suffix, with all repairs."""
    end = close or body.end
    raw, seen = text[start:end], viewed[start:end]
    plain = squeeze(seen)
    repairs = spelling_repairs(raw, seen)
    if Repair.PUNCTUATION not in repairs and not plain.isalnum():
        repairs.append(Repair.PUNCTUATION)
    if body.letters and body.reason is None:
        repairs.append(Repair.LOOK_ALIKE)
    if body.numerals and body.reason is None:
        repairs.append(Repair.NUMERALS)
    if body.glued:
        repairs.append(Repair.GLUED)
    if not plain.startswith(PREFIX):
        repairs.append(Repair.MISSING_PREFIX)
    if not close:
        repairs.append(Repair.MISSING_SUFFIX)
    return Found(start, end, raw, _value(raw, body), tuple(repairs))


def _value(raw: str, body: Body) -> AlgorithmNumber | MalformedNumber:
    if body.reason is None:
        return value_of_digits(body.symbols, raw)
    return MalformedNumber(tidy(raw), body.reason, NumberKind.ALGORITHM)


def value_of_digits(digits: str, raw: str) -> AlgorithmNumber | MalformedNumber:
    """21 digits as a number; malformed where a spreadsheet has rounded them."""
    number = AlgorithmNumber(digits)
    if number.is_rounded:
        return MalformedNumber(tidy(raw), Malformation.ROUNDED, number.kind)
    return number
