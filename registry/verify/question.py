"""What somebody asked: the numbers in a text, and the company that is said to own them."""

from dataclasses import dataclass

from suanbei.common.texts import Text
from suanbei.registry.cells.numbers import (
    KIND_TEXTS,
    LENGTH,
    REPAIR_TEXTS,
    AlgorithmNumber,
    Found,
    Malformation,
    MalformedNumber,
    Number,
    NumberKind,
    OtherNumber,
    Repair,
    comparison_key,
    digits_kept,
    read_numbers,
)
from suanbei.registry.cells.vocabulary import TYPE_CODE_TEXTS, TYPE_TEXTS, types_named
from suanbei.registry.verify.reasons import Count, Joined, Reason, Value

LONGEST_KEY = 400
"""Characters of a text without a number that is still looked up as it stands."""
_MINOR = frozenset((Repair.MISSING_PREFIX, Repair.MISSING_SUFFIX, Repair.INNER_SPACE))
"""Repairs that need no word: everybody leaves these out."""
_STILL_TOLD = frozenset(("look_alike", "read_as", "type_contradicts"))
"""What is worth saying of the input although its number is listed."""


@dataclass(frozen=True, slots=True)
class Question:
    """A text with the numbers found in it, and the claimed company (empty: none).

    `found` holds every number of CAC's registers once, in the order of the text; if there is
    none, the number of another register, if there is one.
    """

    text: str
    claim: str
    found: tuple[Found, ...]

    @property
    def keys(self) -> list[str]:
        """What is looked up: a text without a number as it stands, for odd published numbers."""
        if self.found:
            return [found.number.key for found in self.found]
        return [comparison_key(self.text)] if len(self.text) <= LONGEST_KEY else []


def read_question(text: str, claim: str = "") -> Question:
    """Read a text and the company claimed. Lone surrogates, which a terminal makes of bytes that
    are no text, become question marks."""
    text = _writable(text)
    return Question(text, _writable(claim).strip(), tuple(read_numbers(text)))


def _writable(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def is_of_cac(number: Number) -> bool:
    """Whether a number is meant as one of CAC's registers."""
    return not isinstance(number, OtherNumber)


def input_reasons(question: Question, found: Found | None, *, listed: bool) -> list[Reason]:
    """How the input was read, as far as it is worth a word; less of it for a listed number."""
    if found is None:
        return [] if listed else [Reason("no_number" if question.text.strip() else "empty")]
    if listed and question.text == found.raw and not found.repairs:
        return []
    reasons = [
        *_kind_reasons(found.number),
        *_type_reasons(question, found.number),
        *_repair_reasons(found),
    ]
    return [reason for reason in reasons if reason.code in _STILL_TOLD] if listed else reasons


_LAST = Text("几", "few")
"""How many digits a float has lost cannot be told exactly."""


def _kind_reasons(number: Number) -> list[Reason]:
    if isinstance(number, OtherNumber):
        kind, shown = KIND_TEXTS[number.kind], number.text
        if number.kind is NumberKind.ID_CARD:  # a person's: not repeated more than need be
            shown = f"{shown[:3]}…{shown[-2:]}"
        return [Reason("other_register", {"number": shown, "kind": kind})]
    if isinstance(number, MalformedNumber) and number.reason is Malformation.ROUNDED:
        lost = LENGTH - len(digits_kept(number.text))
        return [Reason("malformed_rounded", {"lost": Count(lost)} if lost else {"lost": _LAST})]
    if isinstance(number, MalformedNumber):
        return [Reason(f"malformed_{number.reason.value}")]
    return []


def _type_reasons(question: Question, number: Number) -> list[Reason]:
    """A type that the text names beside its only number, but that the type code does not stand for."""
    if not isinstance(number, AlgorithmNumber) or len(question.found) > 1 or number.type is None:
        return []
    named = types_named(question.text)
    if not named or number.type in named:
        return []
    values: dict[str, Value] = {
        "claimed": Joined("list", [TYPE_TEXTS[one] for one in named]),
        "code": number.type_code,
        "found": TYPE_CODE_TEXTS[number.type_code],
    }
    return [Reason("type_contradicts", values)]


def _repair_reasons(found: Found) -> list[Reason]:
    number = str(found.number)
    reasons = []
    if Repair.LOOK_ALIKE in found.repairs:
        reasons.append(Reason("look_alike", {"number": number}))
    noted = [note for note in found.repairs if note not in _MINOR and note != Repair.LOOK_ALIKE]
    if noted:
        repairs = Joined("comma", [REPAIR_TEXTS[note] for note in noted])
        reasons.append(Reason("read_as", {"repairs": repairs, "number": number}))
    return reasons
