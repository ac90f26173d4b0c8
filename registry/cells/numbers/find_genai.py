"""Numbers of generative-AI services in a text, and what a whole text was meant to say."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from suanbei.registry.cells.numbers.kinds import Malformation, NumberKind
from suanbei.registry.cells.numbers.model import Found, GenaiNumber, MalformedNumber, read_date
from suanbei.registry.cells.numbers.normalise import (
    GAP,
    Repair,
    display_form,
    normalised,
    spelling_repairs,
    strip_gaps,
)
from suanbei.registry.cells.regions import SPELLINGS, regions_of_spelling

MOST_NAME, MOST_GAPS = 80, 4
"""Bounds of a name inside a text: characters, and gaps that a paste put into it."""

SERIALS_SINCE = "20240401"
"""The first date behind which numbers without S were published with a serial."""

_SPELLINGS = "|".join(sorted(SPELLINGS, key=len, reverse=True))
_NAME = r"[0-9a-zà-ÿ.'&+()_-]"
_FEW = f"{GAP}{{0,3}}"
_DATE = f"20(?:{_FEW}[0-9]){{6}}"
_LINE = " {0,3}\n {0,9}"
_CUT_SERIAL = "|".join(f"[0-9]{{{n}}}{_LINE}[0-9]{{{4 - n}}}(?![0-9])" for n in (1, 2, 3))
_SERIAL = f"(?:{_CUT_SERIAL}|[0-9]{{1,12}})"
_START = re.compile(f"(?:{_SPELLINGS}){_FEW}-")
_DASHED = f"{_FEW}-{_FEW}[0-9]{{4}}(?![0-9a-z-])"
_REST = re.compile(
    f"(?:{_FEW}{_NAME}){{1,{MOST_NAME}}}?{_FEW}-{_FEW}({_DATE})"
    f"(?:{_FEW}(?:-{_FEW})?s{_SERIAL}|{_SERIAL}|({_LINE}[0-9]{{4}}(?![0-9])|{_DASHED}))?"
)
_DASH_BEFORE_SERIAL = re.compile("(?<=-20[0-9]{6})-(?=[Ss]?[0-9]{4}$)")
_FURTHER = re.compile(f"(?!(?:{_SPELLINGS})-)[0-9a-z]|-20[0-9]{{6}}")
_WORD_CHARACTER = re.compile("[0-9a-z]")
_ANY_GAP = re.compile(f"{GAP}+")
_TAIL = re.compile("(20[0-9]{6})(?:(s)?([0-9]+))?")
_TAIL_ALIKE = str.maketrans("OoIl", "0011")


def genai_value(text: str) -> GenaiNumber | MalformedNumber | None:
    """A tidied text as a number: region-name-date, then serial, an S before it for registrations.

    A region that is not known must be a Latin word and be followed by name and date.
    """
    region, dash, rest = text.partition("-")
    name, second, tail = rest.rpartition("-")
    parts = _TAIL.fullmatch(tail.lower())
    known = region.casefold() in SPELLINGS
    if not dash or not (known or (parts and region.isascii() and region.isalpha())):
        return None
    mark = bool(parts and parts[2])
    kind = NumberKind.GENAI_REGISTRATION if mark else NumberKind.GENAI_FILING
    if parts is None:
        bad = second and name and len(tail) >= 6 and tail[:6].isdigit()
        reason = Malformation.BAD_DATE if bad else Malformation.NO_DATE
        return MalformedNumber(text, reason, kind)
    date, serial = parts[1], parts[3] or ""
    if not name.strip("-"):
        return MalformedNumber(text, Malformation.NO_NAME, kind)
    if read_date(date) is None:
        return MalformedNumber(text, Malformation.BAD_DATE, kind)
    if len(serial) not in (0, 4):
        return MalformedNumber(text, Malformation.BAD_SERIAL, kind)
    return GenaiNumber(region, name.strip("-"), date, serial, mark)


def find_genai(text: str, viewed: str) -> Iterator[Found]:
    """Every number whose region is known and which has name and date."""
    if "-" not in viewed:
        return
    last = 0
    for start in _START.finditer(viewed):
        begins = start.start() == last or not _WORD_CHARACTER.match(viewed, start.start() - 1)
        end = _end(viewed, start.end()) if begins else None
        if end is None:
            continue
        last = end
        raw = text[start.start() : end]
        shown, dashes = _DASH_BEFORE_SERIAL.subn("", display_form(raw))
        number = genai_value(shown)
        if number is not None:
            repairs = spelling_repairs(raw, viewed[start.start() : end])
            repairs += [Repair.PUNCTUATION] * dashes
            yield Found(start.start(), end, raw, number, tuple(repairs))


def _end(viewed: str, start: int) -> int | None:
    """Where the number ends whose name begins at `start`; None if no date follows.

    Behind a gap or a dash a serial is joined if it has its S, or if it is four digits (on the next
    line, or behind the dash) and a serial is to be expected.
    """
    rest = _REST.match(viewed, start)
    if rest is None or len(_ANY_GAP.findall(viewed, start, rest.start(1))) > MOST_GAPS:
        return None
    is_early = strip_gaps(rest[1]) < SERIALS_SINCE
    end = rest.end(1) if rest[2] and is_early else rest.end()
    return None if _FURTHER.match(viewed, end) else end


def read_whole_genai(text: str, viewed: str) -> Found | None:
    """A text that is nothing but one number, read with more good will than inside a text."""
    start, end = len(viewed) - len(viewed.lstrip(" \n")), len(viewed.rstrip(" \n号.,;:。、，；"))
    raw, seen = text[start:end], viewed[start:end]
    repairs = spelling_repairs(raw, seen)
    number = genai_value(display_form(raw))
    if not isinstance(number, GenaiNumber):
        head, _, tail = display_form(raw).rpartition("-")
        alike = genai_value(f"{head}-{tail.translate(_TAIL_ALIKE)}")
        spaced = genai_value(display_form("-".join(raw.split())))
        if isinstance(alike, GenaiNumber):
            number, repairs = alike, [*repairs, Repair.LOOK_ALIKE]
        elif (
            isinstance(spaced, GenaiNumber)
            and "-" not in strip_gaps(seen)
            and regions_of_spelling(spaced.region)
        ):
            number, repairs = spaced, [*repairs, Repair.PUNCTUATION]
    if number is None or (
        isinstance(number, MalformedNumber) and number.reason is Malformation.NO_DATE
    ):
        like = _read_like_genai(text, viewed)
        if like or number is None:
            return like
    return Found(start, end, raw, number, tuple(repairs))


_LONGEST_LIKE = 120
_CHINESE_REGIONS = {
    name: slug
    for slug, regions in reversed(SPELLINGS.items())
    for one in regions
    for name in (one.full, one.zh)
}
_CHINESE_REGION = re.compile("|".join(sorted(_CHINESE_REGIONS, key=len, reverse=True)))
_LIKE_DATE = re.compile(
    "(20[0-9]{2})([-_./年 ]{0,2})(0?[1-9]|1[0-2])([-_./月 ]{0,2})(0[1-9]|[12][0-9]|3[01]|[1-9])日?"
    "(?:[-_ ]?(s?[0-9]{1,6}))?[ 号]*$"
)
_SIGNS_BETWEEN = re.compile(r"[-_ ./\\·]+")
_GLUED = re.compile("^[A-Z]+[a-z]+(?=[A-Z])|(?<=[\u4e00-\u9fff])[A-Z][a-z]+[A-Z]")
"""A region close to a name, as capitals or two scripts tell: BeijingWenXinYiYan, 北京WenXinYiYan."""


class GenaiParts(NamedTuple):
    """What a text that looks like the number of a generative-AI service says, parts as keys.

    `region` is a spelling of the lists where that can be told, else as written; `date` is eight
    digits, empty if there is none; `serial` has its S.
    """

    region: str
    name: str
    date: str
    serial: str
    reason: Malformation


def genai_parts(text: str) -> GenaiParts | None:
    """Read a text as region, name and date, however they are parted and written; None if it has
    neither a region and a sign behind it, nor a date."""
    viewed = normalised(text).strip(" \n.,;:。、，；")
    if len(viewed) > _LONGEST_LIKE or "\n" in viewed:
        return None
    chinese = _CHINESE_REGION.match(viewed)
    head = f"{_CHINESE_REGIONS[chinese[0]]}{viewed[chinese.end() :]}" if chinese else viewed
    found = _LIKE_DATE.search(head)
    date = f"{found[1]}{found[3]:0>2}{found[5]:0>2}" if found else ""
    head = head[: found.start()] if found else head
    pieces = [piece for piece in _SIGNS_BETWEEN.split(head) if piece]
    if not pieces or not "".join(pieces).isalnum():
        return None
    region, name = _region_and_name(pieces)
    if not name or (region not in SPELLINGS and not (date and len(pieces) > 1)):
        return None
    if not name.isascii():
        # Latin before Chinese, or a date in eight digits: 上海浦东新区 is no number.
        if region not in SPELLINGS or (chinese and not (found and found[2] == found[4] == "")):
            return None
    elif not date and len(pieces) < 2 and not _GLUED.search(text):
        return None
    serial = found[6] or "" if found else ""
    if chinese:
        reason = Malformation.CHINESE_REGION
    elif found and (found[2] or found[4]):
        reason = Malformation.DASHED_DATE
    else:
        reason = Malformation.OTHER_SIGNS if date or "_" in head else Malformation.NO_DATE
    return GenaiParts(region, name, date, serial, reason)


def _region_and_name(pieces: list[str]) -> tuple[str, str]:
    """Pieces as region and name: a region of the lists may stand close to the name, or be in two."""
    joined, region = "".join(pieces), pieces[0]
    if region not in SPELLINGS:
        known = (spelling for spelling in SPELLINGS if joined.startswith(spelling))
        region = max(known, key=len, default=region)
    return region, joined[len(region) :]


_LABEL = re.compile("(?:[\u4e00-\u9fff]*(?:备案|登记|上线)编?号)?[ \n:]*")


def _read_like_genai(text: str, viewed: str) -> Found | None:
    """A text that is meant as one number but is not written as numbers are published."""
    label = _LABEL.match(viewed)
    start, end = label.end() if label else 0, len(viewed.rstrip(" \n"))
    parts = genai_parts(text[start:end])
    if parts is None:
        return None
    kind = NumberKind.GENAI_REGISTRATION if "s" in parts.serial else NumberKind.GENAI_FILING
    raw = text[start:end]
    shown = " ".join(map(display_form, raw.split()))  # a space may be what parts region and name
    return Found(start, end, raw, MalformedNumber(shown, parts.reason, kind))
