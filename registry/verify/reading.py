"""What somebody pasted, read: the one number that the verdict is about, and what else was there."""

from dataclasses import dataclass

from suanbei.common.texts import Language
from suanbei.registry.cells.numbers import (
    KIND_TEXTS,
    REPAIR_TEXTS,
    AlgorithmNumber,
    Found,
    MalformedNumber,
    Number,
    OtherNumber,
    Repair,
    find_numbers,
    fold,
    read_number,
)
from suanbei.registry.cells.vocabulary import TYPE_CODE_TEXTS, TYPE_TEXTS, types_named
from suanbei.registry.verify.number_parts import word
from suanbei.registry.verify.reasons import Reason, say

MOST_SHOWN = 5
"""Other numbers of a paste that are named."""

_MINOR = frozenset((Repair.MISSING_PREFIX, Repair.MISSING_SUFFIX, Repair.INNER_SPACE))
"""Repairs that say nothing about the number: everybody leaves these out."""


@dataclass(frozen=True, slots=True)
class Reading:
    """An input read. `number` is None where there is none; `key` is what is looked up."""

    text: str
    key: str
    found: Found | None = None
    others: tuple[str, ...] = ()

    @property
    def number(self) -> Number | None:
        """The number that was found."""
        return self.found.number if self.found else None

    @property
    def of_cac(self) -> bool:
        """Whether it is meant as a number of CAC's registers."""
        return self.number is not None and not isinstance(self.number, OtherNumber)


def read_input(text: str) -> Reading:
    """The best reading of an input; a text without a number is looked up as it stands."""
    found = read_number(text)
    if found is None:
        return Reading(text, fold(text) if len(text) <= _LONGEST_KEY else "")
    if found.raw == text:
        return Reading(text, found.number.key, found)
    others = dict.fromkeys(
        str(other.number) for other in find_numbers(text) if other.number.key != found.number.key
    )
    return Reading(text, found.number.key, found, tuple(others))


_LONGEST_KEY = 400


def input_reasons(reading: Reading, language: Language) -> list[Reason]:
    """How the input was read, where that is worth a word."""
    if not reading.text.strip():
        return [say("empty", language)]
    if reading.found is None:
        return [say("no_number", language)]
    return [
        *_kind_reasons(reading.number, language),
        *_type_reasons(reading, language),
        *_repair_reasons(reading.found, language),
        *_other_reasons(reading, language),
    ]


def _kind_reasons(number: Number | None, language: Language) -> list[Reason]:
    if isinstance(number, OtherNumber):
        kind = word(KIND_TEXTS[number.kind], language)
        return [say("other_register", language, number=number.text, kind=kind)]
    if isinstance(number, MalformedNumber):
        return [say(f"malformed_{number.reason.value}", language)]
    return []


def _type_reasons(reading: Reading, language: Language) -> list[Reason]:
    """A type that the text names beside the number, but that the number's code does not stand for."""
    number = reading.number
    if not isinstance(number, AlgorithmNumber) or reading.others or number.type is None:
        return []
    named = types_named(reading.text)
    if not named or number.type in named:
        return []
    claimed = "、".join(TYPE_TEXTS[one].say(language) for one in named)
    found = TYPE_CODE_TEXTS[number.type_code].say(language)
    return [say("type_contradicts", language, claimed=claimed, code=number.type_code, found=found)]


def _repair_reasons(found: Found, language: Language) -> list[Reason]:
    number = str(found.number)
    reasons = []
    if Repair.LOOK_ALIKE in found.notes:
        reasons.append(say("look_alike", language, number=number))
    noted = [note for note in found.notes if note not in _MINOR and note != Repair.LOOK_ALIKE]
    if noted:
        repairs = ("、" if language is Language.ZH else ", ").join(
            word(REPAIR_TEXTS[note], language) for note in noted
        )
        reasons.append(say("read_as", language, repairs=repairs, number=number))
    return reasons


def _other_reasons(reading: Reading, language: Language) -> list[Reason]:
    if not reading.others:
        return []
    shown = ", ".join(reading.others[:MOST_SHOWN])
    more = len(reading.others) - MOST_SHOWN
    return [
        say(
            "several_numbers",
            language,
            count=len(reading.others) + 1,
            number=str(reading.number),
            others=shown + (f" … (+{more})" if more > 0 else ""),
        )
    ]
