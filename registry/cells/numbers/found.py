"""What a reader hands over: a number, where it stood, and what had to be repaired to read it."""

from dataclasses import dataclass
from enum import StrEnum

from suanbei.registry.cells.numbers.model import (
    AlgorithmNumber,
    GenaiNumber,
    MalformedNumber,
    OtherNumber,
)
from suanbei.registry.cells.numbers.normalise import TRADITIONAL

Number = AlgorithmNumber | GenaiNumber | MalformedNumber | OtherNumber
"""Any number a text can hold."""


class Repair(StrEnum):
    """How the text differs from the number as published."""

    FULL_WIDTH = "full_width"
    TRADITIONAL = "traditional"
    LINE_BREAK = "line_break"
    INNER_SPACE = "inner_space"
    INVISIBLE = "invisible"
    PUNCTUATION = "punctuation"
    LOOK_ALIKE = "look_alike"
    NUMERALS = "numerals"
    GLUED = "glued"
    MISSING_PREFIX = "missing_prefix"
    MISSING_SUFFIX = "missing_suffix"


@dataclass(frozen=True, slots=True)
class Found:
    """A number in a text: `raw` is `text[start:end]` of the original, `repairs` what was repaired."""

    start: int
    end: int
    raw: str
    number: Number
    repairs: tuple[Repair, ...] = ()


def spelling_repairs(raw: str, viewed: str) -> list[Repair]:
    """What had to be normalised in a slice: widths, scripts, gaps, unseen characters, dashes.

    Lower case is no repair: numbers are compared without case.
    """
    if raw == viewed:
        gaps = [char for char in raw if char in " \n"]
        return _gap_repairs(gaps, raw) if gaps else []
    pairs = set(zip(raw, viewed, strict=True))
    changed = {char for char, folded in pairs if char.lower() != folded}
    repairs = _gap_repairs([char for char, folded in pairs if folded == " "], viewed)
    if not changed.isdisjoint(TRADITIONAL):
        repairs.append(Repair.TRADITIONAL)
    if any(char.isalnum() for char in changed.difference(TRADITIONAL)):
        repairs.append(Repair.FULL_WIDTH)
    if any(folded == "-" for char, folded in pairs if char in changed):
        repairs.append(Repair.PUNCTUATION)
    return repairs


def _gap_repairs(gaps: list[str], viewed: str) -> list[Repair]:
    repairs = [Repair.LINE_BREAK] if "\n" in viewed else []
    if any(char.isspace() and char != "\n" for char in gaps):
        repairs.append(Repair.INNER_SPACE)
    if not all(char.isspace() for char in gaps):
        repairs.append(Repair.INVISIBLE)
    return repairs
