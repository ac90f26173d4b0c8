"""What a suggestion must be like, how good one is, and why it is made."""

from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypedDict

from rapidfuzz.distance import OSA, Editop, Levenshtein

from suanbei.common.texts import Language, Text
from suanbei.registry.cells.names import entity_key
from suanbei.registry.cells.numbers import AlgorithmNumber, MalformedNumber, Number, NumberKind

FAR: Final = 99
"""Slips of a number that is not near at all."""
SAME_NAME: Final = 3
"""Stands for the slips of a number that differs in its date only."""


class Suggestion(TypedDict):
    """A listed number that may have been meant."""

    number: str
    entity: str
    name: str
    why: str


class Candidate(NamedTuple):
    """A listed filing that may have been meant."""

    key: str
    number: str
    name: str
    entity: str
    entity_id: str
    entity_key: str
    registrant: str
    status: str


@dataclass(slots=True)
class Wanted:
    """What was given: the key that is not listed, and whom the number may belong to."""

    key: str
    of_algorithm: bool
    registrant: str = ""
    company: str = ""
    near: dict[str, int] = field(default_factory=dict)
    """Keys of listed numbers near by, with the number of slips."""
    company_ids: frozenset[str] = frozenset()
    """The companies that bear or bore the claimed name."""

    def cost(self, one: Candidate) -> tuple[int, int, bool, str]:
        """The least is the best: near ones first, then the claimed company's, then the rest.

        The claimed company outweighs one slip, the registrant code half of one.
        """
        slips = self.near.get(one.key, FAR)
        bonus = 2 * (one.entity_id in self.company_ids) + (one.registrant == self.registrant)
        bonus += one.key[:20] == self.key[:20]  # all but the check digit
        distance = OSA.distance(self.key, one.key) if slips == FAR else slips
        return 2 * slips - bonus, distance, one.status != "active", one.key


def wanted_for(number: Number, claimed: str) -> Wanted:
    """What is known of the number before the registry is asked."""
    of_algorithm = number.kind is NumberKind.ALGORITHM
    key = number.key
    if isinstance(number, MalformedNumber) and of_algorithm:
        key = "".join(char for char in key if char in "0123456789")
    registrant = number.registrant if isinstance(number, AlgorithmNumber) else ""
    return Wanted(key, of_algorithm, registrant, entity_key(claimed))


_ONE = Text("第 {place} 位应为“{new}”，而不是“{old}”", "character {place} is “{new}”, not “{old}”")
_SWAPPED = Text(
    "第 {place}、{next} 位颠倒", "characters {place} and {next} are the other way round"
)
_MISSING = Text("第 {place} 位漏了“{new}”", "“{new}” is missing at character {place}")
_EXTRA = Text("第 {place} 位的“{old}”多余", "“{old}” at character {place} is one too many")
_SLIPS = Text("相差 {slips} 处", "{slips} slips away")
_SAME_NAME = Text("名称相同，日期不同", "the same name with another date")
_REGISTRANT = Text("同一主体代码 {code}", "the same registrant code {code}")
_COMPANY = Text("所称公司的备案", "a filing of the claimed company")
_AND = Text("；", "; ")


def why(wanted: Wanted, one: Candidate, language: Language) -> str:
    """Why a listed number is suggested."""
    slips = wanted.near.get(one.key, FAR)
    said = []
    if slips != FAR:
        said.append(_slip_words(wanted.key, one.key, slips, language))
    if one.entity_id in wanted.company_ids:
        said.append(_COMPANY.say(language))
    if wanted.registrant and one.registrant == wanted.registrant:
        said.append(_REGISTRANT.say(language, code=one.registrant))
    return _AND.say(language).join(said)


def _slip_words(given: str, listed: str, slips: int, language: Language) -> str:
    """What was slipped, position by position where there is one slip."""
    if slips > 1:
        return (_SAME_NAME if slips == SAME_NAME else _SLIPS).say(language, slips=slips)
    edits = list(Levenshtein.editops(given, listed))
    if len(edits) == 1:
        return _edit_words(given, listed, edits[0], language)
    place = next(i for i, (a, b) in enumerate(zip(given, listed, strict=False), 1) if a != b)
    return _SWAPPED.say(language, place=place, next=place + 1)


def _edit_words(given: str, listed: str, edit: Editop, language: Language) -> str:
    """From what was given to what is listed."""
    if edit.tag == "delete":
        return _EXTRA.say(language, place=edit.src_pos + 1, old=given[edit.src_pos])
    new = listed[edit.dest_pos]
    if edit.tag == "insert":
        return _MISSING.say(language, place=edit.dest_pos + 1, new=new)
    return _ONE.say(language, place=edit.src_pos + 1, old=given[edit.src_pos], new=new)
