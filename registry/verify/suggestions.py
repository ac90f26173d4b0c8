"""What was meant: listed numbers near one that is not listed, the best first, each with why."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA, Editop, Levenshtein
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from suanbei.common.texts import Text
from suanbei.registry.cells.names import entity_key
from suanbei.registry.cells.numbers import (
    LENGTH,
    AlgorithmNumber,
    GenaiParts,
    Malformation,
    MalformedNumber,
    Number,
    NumberKind,
    OtherNumber,
    check_sum,
    digits_kept,
    genai_parts,
    rounds_to,
)
from suanbei.registry.database import in_keys
from suanbei.registry.importing.published import GENAI_SERIES
from suanbei.registry.models import Filing
from suanbei.registry.verify.lookup import Lookup
from suanbei.registry.verify.reasons import Joined, Phrase, Value

MOST_SUGGESTIONS = 5
MOST_EDITS = 2
_MOST_CANDIDATES = 300
_FAR: Final = 99
"""Edits of a number that is not near at all."""
_LEAST_KEPT = 5
"""Digits that a rounded number must still have for others to be told that fit."""


class Suggestion(NamedTuple):
    """A listed number that may have been meant, and why."""

    number: str
    entity: str
    name: str
    why: Joined


class Candidate(NamedTuple):
    """A listed filing that may have been meant."""

    key: str
    number: str
    name: str
    entity: str
    entity_id: str
    registrant: str
    status: str


class Near(NamedTuple):
    """How far a listed number is from what was given, in edits, and what differs."""

    edits: float
    why: Value


class SuggestionQuery(NamedTuple):
    """What was given: the key that is not listed, its registrant code, listed numbers near by (by
    key), the companies that bear or bore the claimed name, and all that it may belong to."""

    key: str
    registrant: str
    near: dict[str, Near]
    claimed: frozenset[str]
    owners: frozenset[str]

    def cost(self, one: Candidate) -> tuple[float, int, bool, str]:
        """The least is the best: near ones first, then the claimed company's, then the rest.

        The claimed company outweighs one edit, the registrant code half of one.
        """
        edits = self.near[one.key].edits if one.key in self.near else _FAR
        bonus = 2 * (one.entity_id in self.claimed) + (one.registrant == self.registrant)
        bonus += one.key[:20] == self.key[:20]  # all but the check digit
        distance = OSA.distance(self.key, one.key) if edits == _FAR else 0
        return 2 * edits - bonus, distance, one.status != "active", one.key


Asked = tuple[Number, str]
"""A number that is not listed, and the company said to own it, empty if none is."""


def suggest(lookup: Lookup, asked: Iterable[Asked]) -> dict[Asked, list[Suggestion]]:
    """For each at most five listed numbers that may have been meant, the best first, with why.

    The registrant codes of the numbers and the claimed names must have been read.
    """
    meant = [one for one in asked if not isinstance(one[0], OtherNumber)]
    near = _near(lookup.session, {number for number, _ in meant})
    queries = {}
    for number, claim in meant:
        code = number.registrant if isinstance(number, AlgorithmNumber) else ""
        claimed = frozenset(lookup.named[entity_key(claim)])
        registrant = lookup.registrants.get(code)
        owners = claimed | ({registrant.id} if registrant else set())
        queries[number, claim] = SuggestionQuery(number.key, code, near[number], claimed, owners)
    near_by, owned = _candidates(lookup.session, queries.values())
    suggested = {}
    for one, query in queries.items():
        found = {key: near_by[key] for key in _nearest(query)}
        of_owners = sorted(each for owner in query.owners for each in owned.get(owner, ()))
        found |= {each.key: each for each in of_owners[:_MOST_CANDIDATES]}
        ranked = sorted(found.values(), key=query.cost)[:MOST_SUGGESTIONS]
        suggested[one] = [
            Suggestion(each.number, each.entity, each.name, _why(query, each)) for each in ranked
        ]
    return suggested


def _nearest(query: SuggestionQuery) -> list[str]:
    return sorted(query.near, key=lambda key: (query.near[key].edits, key))[:_MOST_CANDIDATES]


def _candidates(
    session: Session, queries: Iterable[SuggestionQuery]
) -> tuple[dict[str, Candidate], dict[str, list[Candidate]]]:
    """The filings that some questions may mean, by their key, and those of companies by the id."""
    columns = [getattr(Filing, name) for name in ("number_key", *Candidate._fields[1:])]
    keys: set[str] = set()
    owners: set[str] = set()
    for query in queries:
        keys.update(_nearest(query))
        owners |= query.owners
    wanted = or_(
        in_keys(session, Filing.number_key, keys), in_keys(session, Filing.entity_id, owners)
    )
    by_key: dict[str, Candidate] = {}
    by_owner: dict[str, list[Candidate]] = {}
    for row in session.execute(select(*columns).where(wanted)) if keys or owners else ():
        one = by_key[row[0]] = Candidate(*row)
        by_owner.setdefault(one.entity_id, []).append(one)
    return by_key, by_owner


def _near(session: Session, numbers: Iterable[Number]) -> dict[Number, dict[str, Near]]:
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
_REGISTRANT = Text("同一主体代码 {code}", "the same registrant code {code}")
_COMPANY = Text("所称主体的备案", "a filing of the claimed company")
_SAME_COMPANY = Text("主体代码 {code} 所属主体的备案", "a filing of the company with code {code}")


def _why(sought: SuggestionQuery, one: Candidate) -> Joined:
    """Why a listed number is suggested; never empty."""
    parts: list[Value] = [sought.near[one.key].why] if one.key in sought.near else []
    if one.entity_id in sought.claimed:
        parts.append(_COMPANY)
    if sought.registrant and one.registrant == sought.registrant:
        parts.append(Phrase(_REGISTRANT, {"code": one.registrant}))
    if not parts:
        parts.append(Phrase(_SAME_COMPANY, {"code": sought.registrant}))
    return Joined("clause", parts)


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
