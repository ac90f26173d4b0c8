"""Numbers of generative-AI services in a text, and what a whole text was meant to say."""

import re
from collections.abc import Iterator

from suanbei.registry.cells.numbers.found import Found, Repair, spelling_repairs
from suanbei.registry.cells.numbers.genai import GenaiNumber, read_date
from suanbei.registry.cells.numbers.text import GAP, squeeze, tidy
from suanbei.registry.cells.numbers.values import Malformation, MalformedNumber, NumberKind
from suanbei.registry.cells.regions import SPELLINGS

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
_REST = re.compile(f"{_FEW}{_NAME}{{1,{MOST_NAME}}}?{_FEW}-{_FEW}(?={_DATE})")
_REST_WITH_GAPS = re.compile(f"(?:{_FEW}{_NAME}){{1,{MOST_NAME}}}?{_FEW}-{_FEW}(?={_DATE})")
_TAIL_IN_TEXT = re.compile(f"({_DATE})(?:{_FEW}s{_SERIAL}|{_SERIAL}|({_LINE}[0-9]{{4}}(?![0-9])))?")
_FURTHER = re.compile("[0-9a-z]|-20[0-9]{6}")
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
    for start in _START.finditer(viewed):
        inside_word = _WORD_CHARACTER.match(viewed, start.start() - 1) if start.start() else None
        end = None if inside_word else _end(viewed, start.end())
        if end is None:
            continue
        raw = text[start.start() : end]
        number = genai_value(tidy(raw))
        if number is not None:
            repairs = spelling_repairs(raw, viewed[start.start() : end])
            yield Found(start.start(), end, raw, number, tuple(repairs))


def _end(viewed: str, start: int) -> int | None:
    """Where the number ends whose name begins at `start`; None if no date follows."""
    for pattern in (_REST, _REST_WITH_GAPS):
        rest = pattern.match(viewed, start)
        if rest and len(_ANY_GAP.findall(viewed, start, rest.end())) <= MOST_GAPS:
            end = _tail_end(viewed, rest.end())
            if not _FURTHER.match(viewed, end):
                return end
    return None


def _tail_end(viewed: str, start: int) -> int:
    """Where date and serial end.

    Behind a gap a serial is joined if it has its S, or if four digits stand on the next line and
    a serial is to be expected.
    """
    tail = _TAIL_IN_TEXT.match(viewed, start)
    if tail is None:
        return start
    early = squeeze(tail[1]) < SERIALS_SINCE
    return tail.end(1) if tail[2] and early else tail.end()


def read_whole_genai(text: str, viewed: str) -> Found | None:
    """A text that is nothing but one number, read with more good will than inside a text."""
    start, end = len(viewed) - len(viewed.lstrip(" \n")), len(viewed.rstrip(" \n号.,;:。、，；"))
    raw, seen = text[start:end], viewed[start:end]
    repairs = spelling_repairs(raw, seen)
    number = genai_value(tidy(raw))
    if not isinstance(number, GenaiNumber):
        head, _, tail = tidy(raw).rpartition("-")
        alike = genai_value(f"{head}-{tail.translate(_TAIL_ALIKE)}")
        spaced = genai_value(tidy("-".join(raw.split())))
        if isinstance(alike, GenaiNumber):
            number, repairs = alike, [*repairs, Repair.LOOK_ALIKE]
        elif isinstance(spaced, GenaiNumber) and spaced.regions and "-" not in squeeze(seen):
            number, repairs = spaced, [*repairs, Repair.PUNCTUATION]
    return Found(start, end, raw, number, tuple(repairs)) if number else None
