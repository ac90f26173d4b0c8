"""Algorithm numbers in a text, with the prefix 网信算备 and without."""

import re
from collections.abc import Iterator

from registry.numbers.algorithm import LENGTH, AlgorithmNumber
from registry.numbers.digits import LOOK_ALIKES, Body, read_body
from registry.numbers.found import Found, Repair, spelling_repairs
from registry.numbers.text import GAP, squeeze, tidy
from registry.numbers.values import MalformedNumber, NumberKind
from registry.terms import TYPE_CODES

LEAST_DIGITS = 12
LEAST_DIGITS_CLOSED = 6  # when 号 follows

FILLER = r"""(?:[ \n:;,.()\[\]<>{}【】「」『』《》〈〉“”"'#=|/*第编案号字为是-]|no)"""
"""A regular expression for what people put between the prefix and the digits."""
_PREFIX = re.compile(
    f"网{GAP}{{0,9}}+信{GAP}{{0,9}}+算{GAP}{{0,9}}+备(?:([0-9]{{21}})号|{FILLER}{{0,40}}+)"
)
_SUFFIX = re.compile(f"{GAP}{{0,40}}+[)\\]}}>】」』》〉”\"']?{GAP}{{0,9}}+号(?!码)")
_BARE = re.compile("(?<![0-9a-z_])(?<![0-9][.,])[0-9]{21}+(?![0-9a-z_]|[.,][0-9])")
_BARE_ALIKE = re.compile("(?<![0-9a-z_])(?<![0-9][.,])[0-9oqdilzsgb]{21}(?![0-9a-z_]|[.,][0-9])")
_BARE_GROUPS = re.compile("(?<![0-9a-z_.,])[0-9]++(?:(?:[ -]|\n {0,9}+)[0-9]++)++(?![0-9a-z_])")
_GROUP = re.compile("[0-9]+")
_FIELD_ENDS = frozenset({6, 13, 15, 17, 20, LENGTH})
_BARE_LETTERS = 4
_PROVINCES = re.compile("1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[12]")


def find_prefixed(text: str, viewed: str) -> Iterator[Found]:
    """Every 网信算备 with digits after it, well-formed or malformed."""
    for prefix in _PREFIX.finditer(viewed):
        start, end = prefix.span()
        if prefix[1] and text[start:end] == viewed[start:end] and end - start == LENGTH + 5:
            yield Found(start, end, prefix[0], AlgorithmNumber(prefix[1]))
            continue
        body = read_body(text, viewed, prefix.start(1) if prefix[1] else end)
        if body is None:
            continue
        suffix = _SUFFIX.match(viewed, body.end)
        least = LEAST_DIGITS_CLOSED if suffix else LEAST_DIGITS
        if sum(char.isdigit() for char in body.symbols) >= least:
            yield prefixed_number(text, viewed, start, body, suffix)


def prefixed_number(
    text: str, viewed: str, start: int, body: Body, suffix: re.Match[str] | None
) -> Found:
    """The number from a prefix at `start` to the end of its body or of its suffix."""
    end = suffix.end() if suffix else body.end
    raw, seen = text[start:end], viewed[start:end]
    repairs = spelling_repairs(raw, seen)
    plain = squeeze(seen)
    if Repair.PUNCTUATION not in repairs and any(not char.isalnum() for char in plain):
        repairs.append(Repair.PUNCTUATION)
    if body.letters and body.reason is None:
        repairs.append(Repair.LOOK_ALIKE)
    if not plain.startswith("网"):
        repairs.append(Repair.MISSING_PREFIX)
    if not suffix:
        repairs.append(Repair.MISSING_SUFFIX)
    return Found(start, end, raw, _value(raw, body), tuple(repairs))


def _value(raw: str, body: Body) -> AlgorithmNumber | MalformedNumber:
    if body.reason is None:
        return AlgorithmNumber(body.symbols)
    return MalformedNumber(tidy(raw), body.reason, NumberKind.ALGORITHM)


def find_bare(text: str, viewed: str) -> Iterator[Found]:
    """Runs of 21 digits that stand alone; with gaps or letters only where all else fits."""
    for run in _BARE.finditer(viewed):
        yield _bare(text, viewed, run.start(), Body(run.end(), run[0], 0))
    for run in _BARE_ALIKE.finditer(viewed):
        symbols = tidy(text[run.start() : run.end()]).translate(LOOK_ALIKES)
        letters = sum(not char.isdigit() for char in run[0])
        if 0 < letters <= _BARE_LETTERS and is_plausible(symbols):
            yield _bare(text, viewed, run.start(), Body(run.end(), symbols, letters))
    for groups in _BARE_GROUPS.finditer(viewed):
        yield from _find_in_groups(text, viewed, groups)


def _bare(text: str, viewed: str, start: int, body: Body) -> Found:
    return prefixed_number(text, viewed, start, body, _SUFFIX.match(viewed, body.end))


def is_plausible(digits: str) -> bool:
    """Whether 21 symbols are digits that fit together: province, type and check digit."""
    if not (len(digits) == LENGTH and digits.isascii() and digits.isdigit()):
        return False
    sound = _PROVINCES.match(digits) and digits[13:15] in TYPE_CODES
    return bool(sound) and AlgorithmNumber(digits).check_ok


def _find_in_groups(text: str, viewed: str, groups: re.Match[str]) -> Iterator[Found]:
    """21 digits over neighbouring groups, cut where the fields end or once by a line break."""
    spans = [group.span() for group in _GROUP.finditer(viewed, *groups.span())]
    last = 0
    for first in range(len(spans)):
        if first < last:
            continue
        count, ends = 0, []
        for index in range(first, min(first + 7, len(spans))):
            count += spans[index][1] - spans[index][0]
            ends.append(count)
            if count >= LENGTH:
                break
        start, end = spans[first][0], spans[first + len(ends) - 1][1]
        if count != LENGTH or len(ends) < 2 or not _is_cut_well(ends, viewed[start:end]):
            continue
        digits = "".join(char for char in viewed[start:end] if char.isdigit())
        if is_plausible(digits):
            last = first + len(ends)
            yield _bare(text, viewed, start, Body(end, digits, 0))


def _is_cut_well(ends: list[int], viewed: str) -> bool:
    by_fields = _FIELD_ENDS.issuperset(ends)
    by_even_groups = len({b - a for a, b in zip([0, *ends], ends[:-1], strict=False)}) == 1
    by_line = len(ends) == 2 and "\n" in viewed
    return by_fields or by_line or (by_even_groups and ends[0] >= 3 and len(ends) > 3)
