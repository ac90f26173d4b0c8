"""The listed numbers near one that is not listed: how many slips of the hand away, and what differs."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA, Editop, Levenshtein
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from suanbei.common.texts import Text
from suanbei.registry.cells.numbers import (
    LENGTH,
    GenaiParts,
    Malformation,
    MalformedNumber,
    Number,
    NumberKind,
    check_sum,
    digits_kept,
    genai_parts,
    rounds_to,
)
from suanbei.registry.importing.published import GENAI_SERIES
from suanbei.registry.models import Filing
from suanbei.registry.verify.reasons import Joined, Phrase, Value

MOST_EDITS = 2
_LEAST_KEPT = 5
"""Digits that a rounded number must still have for others to be told that fit."""


class Near(NamedTuple):
    """How far a listed number is from what was given, in edits, and what differs."""

    edits: float
    why: Value


def near_numbers(session: Session, numbers: Iterable[Number]) -> dict[Number, dict[str, Near]]:
    """The listed numbers near each of some numbers: all that are listed are compared."""
    found: dict[Number, dict[str, Near]] = {}
    listed: list[str] | None = None
    genai: list[Number] = []
    for number in numbers:
        if number.kind is not NumberKind.ALGORITHM:
            genai.append(number)
            continue
        if listed is None:
            listed = _algorithm_keys(session)
        if isinstance(number, MalformedNumber) and number.reason is Malformation.ROUNDED:
            found[number] = _rounded(number.text, listed)
        else:
            digits = "".join(char for char in number.key if char in "0123456789")
            found[number] = near_digits(digits, listed)
    return found | (_near_genai(session, genai) if genai else {})


def _algorithm_keys(session: Session) -> list[str]:
    """All listed numbers without a dash, in one text: a row for each takes thirty times as long."""
    query = select(func.aggregate_strings(Filing.number_key, ",").label("keys"))
    keys: str = session.execute(query).scalar() or ""
    return [key for key in dict.fromkeys(keys.split(",")) if "-" not in key]


def near_digits(digits: str, listed: Sequence[str]) -> dict[str, Near]:
    """Those of the listed numbers that are one or two slips of the hand away: a wrong digit, a missing
    one, one too many, or two neighbours swapped.

    Of those two slips away only the ones whose check digit fits: nearly all listed numbers' do.
    """
    near = process.extract(digits, listed, scorer=OSA.distance, score_cutoff=MOST_EDITS, limit=None)
    return {
        key: Near(edits, _edit_words(digits, key, int(edits)))
        for key, edits, _ in near
        if edits <= 1 or len(key) != LENGTH or check_sum(key) == 1
    }


def _rounded(text: str, listed: Iterable[str]) -> dict[str, Near]:
    """Listed numbers that a spreadsheet or a program would have rounded to this one."""
    kept = digits_kept(text)
    if len(kept) < _LEAST_KEPT:
        return {}
    # Rounding up can change the last digit that was kept, a carry the one before.
    head = kept[: min(len(kept), 15) - 2]
    fitting = (key for key in listed if key.startswith(head) and len(key) == LENGTH)
    return {
        key: Near(1, Phrase(_ROUNDS, {"kept": len(kept)}))
        for key in fitting
        if rounds_to(key, text)
    }


def _near_genai(session: Session, numbers: Iterable[Number]) -> dict[Number, dict[str, Near]]:
    """Near numbers of generative-AI services, which are few and long: all are compared."""
    of_genai = Filing.series.in_([s.value for s in GENAI_SERIES])
    query = select(Filing.number_key, Filing.number, Filing.name).where(of_genai)
    rows = session.execute(query).all()
    listed = [(key, text, _parts_of_key(key)) for key, text, _ in rows]
    spelt = [parts.name for _, _, parts in listed]
    printed = [_core(name) for _, _, name in rows]
    found: dict[Number, dict[str, Near]] = {}
    for number in numbers:
        given = genai_parts(str(number)) or _only_name(str(number))
        near = found[number] = {}
        # Digits at the end of a number without a date may be half of one.
        without_digits = given.name if given.date else given.name.rstrip("0123456789")
        names = spelt if given.name.isascii() else printed
        for name in dict.fromkeys((given.name, without_digits)):
            sought = name if names is spelt else _core(name)
            alike = process.extract(
                sought, names, scorer=OSA.distance, score_cutoff=_most_edits(sought), limit=None
            )
            for _, edits, at in alike:
                key, text, parts = listed[at]
                if one := _compare(given, parts, text, edits):
                    near.setdefault(key, one)
    return found


def _parts_of_key(key: str) -> GenaiParts:
    """A listed key as region, name, date and serial; the name without its signs."""
    region, _, rest = key.partition("-")
    name, _, tail = rest.rpartition("-")
    return GenaiParts(region, _letters(name), tail[:8], tail[8:], Malformation.OTHER_SIGNS)


def _only_name(text: str) -> GenaiParts:
    """What can be told of a text without a region: its letters, and eight digits at the end."""
    letters = _letters(text.casefold())
    name, date = (letters[:-8], letters[-8:]) if letters[-8:].isdecimal() else (letters, "")
    return GenaiParts("", name, date, "", Malformation.NO_NAME)


def _core(name: str) -> str:
    """The letters of a model's printed name without 大模型 at its end."""
    return _letters(name.casefold()).removesuffix("大模型") or name


def _letters(text: str) -> str:
    return "".join(char for char in text if char.isalnum())


def _most_edits(name: str) -> int:
    """How many edits leave a name near: none in one of three letters."""
    return MOST_EDITS if len(name) > 5 else 1 if len(name) > 3 else 0


def _compare(given: GenaiParts, listed: GenaiParts, text: str, edits: float) -> Near | None:
    """How far a listed number is, part by part, whose name is so many edits away; None: too far.

    `text` is the listed number as published: its parts are told so.
    """
    parts: list[Value] = []
    region, _, rest = text.partition("-")
    name = rest.rpartition("-")[0]
    if not given.name.isascii():
        parts.append(Phrase(_LATIN_NAME, {"new": name, "old": given.name}))
    elif edits:
        parts.append(Phrase(_NAME, {"new": name, "old": given.name}))
    if given.reason is Malformation.CHINESE_REGION and given.region == listed.region:
        parts.append(Phrase(_LATIN_REGION, {"new": region}))
    if given.region != listed.region:
        edits += 0.5 if OSA.distance(given.region, listed.region) <= MOST_EDITS else 1
        phrase = _REGION if given.region else _NO_REGION
        parts.append(Phrase(phrase, {"new": region, "old": given.region}))
    if given.date != listed.date:
        edits += 1 if given.date else 0.5
        phrase = _DATE if given.date else _NO_DATE
        parts.append(Phrase(phrase, {"new": listed.date, "old": given.date}))
    elif given.serial != listed.serial:
        edits += 0.5
        phrase = _SERIAL if given.serial and listed.serial else _NO_SERIAL
        phrase = phrase if listed.serial else _EXTRA_SERIAL
        values = {"new": listed.serial.upper(), "old": given.serial.upper()}
        parts.append(Phrase(phrase, values))
    if edits > MOST_EDITS + 0.5:
        return None
    return Near(edits, Joined("clause", parts) if parts else _SIGNS)


_ONE = Text("第 {place} 位应为“{new}”，而不是“{old}”", "character {place} is “{new}”, not “{old}”")
_SWAPPED = Text(
    "第 {place}、{next} 位颠倒", "characters {place} and {next} are the other way round"
)
_MISSING = Text("第 {place} 位漏了“{new}”", "“{new}” is missing at character {place}")
_EXTRA = Text("第 {place} 位的“{old}”多余", "“{old}” at character {place} is one too many")
_EDITS = Text("相差 {edits} 处", "differs in {edits} places")
_SAME_DIGITS = Text(
    "数字相同，但所给的文字中夹有其他字符", "the same digits, with other characters among them"
)
_ROUNDS = Text(
    "前 {kept} 位相同，四舍五入后就是所给的数",
    "has the same first {kept} digits and rounds to what was given",
)
_NAME = Text("名称是“{new}”，而不是“{old}”", "the name is “{new}”, not “{old}”")
_LATIN_NAME = Text("名称“{old}”应拼作“{new}”", "the name “{old}” is spelt “{new}” in the number")
_REGION = Text("属地是“{new}”，而不是“{old}”", "the region is “{new}”, not “{old}”")
_NO_REGION = Text("缺少属地“{new}”", "the region “{new}” is missing")
_LATIN_REGION = Text("属地应拼作“{new}”", "the region is spelt “{new}”")
_DATE = Text("日期是 {new}，而不是 {old}", "the date is {new}, not {old}")
_NO_DATE = Text("缺少日期 {new}", "the date {new} is missing")
_SERIAL = Text("流水号是 {new}，而不是 {old}", "the serial is {new}, not {old}")
_NO_SERIAL = Text("缺少流水号 {new}", "the serial {new} is missing")
_EXTRA_SERIAL = Text("流水号 {old} 多余", "the serial {old} is one too many")
_SIGNS = Text(
    "各部分相同，只是分隔符号或日期的写法不同",
    "the same parts, with other signs between them or in the date",
)


def _edit_words(given: str, listed: str, edits: int) -> Phrase:
    """What is wrong, position by position where it is one thing."""
    if not edits:
        return Phrase(_SAME_DIGITS, {})
    if edits > 1:
        return Phrase(_EDITS, {"edits": edits})
    found = list(Levenshtein.editops(given, listed))
    if len(found) == 1:
        return _one_edit(given, listed, found[0])
    place = next(i for i, (a, b) in enumerate(zip(given, listed, strict=False), 1) if a != b)
    return Phrase(_SWAPPED, {"place": place, "next": place + 1})


def _one_edit(given: str, listed: str, edit: Editop) -> Phrase:
    """From what was given to what is listed."""
    if edit.tag == "delete":
        return Phrase(_EXTRA, {"place": edit.src_pos + 1, "old": given[edit.src_pos]})
    new = listed[edit.dest_pos]
    if edit.tag == "insert":
        return Phrase(_MISSING, {"place": edit.dest_pos + 1, "new": new})
    return Phrase(_ONE, {"place": edit.src_pos + 1, "old": given[edit.src_pos], "new": new})
