"""The shape of verdicts."""

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel

from suanbei.registry.verify.reason_texts import REASON_TEXTS
from suanbei.search_api.schemas.filing import Coverage, EntityRef, Filing, Page, Shape

ReasonCode = StrEnum("ReasonCode", [(code.upper(), code) for code in REASON_TEXTS])  # type: ignore[misc]
"""Why a verdict is what it is: stable codes."""


class Reason(Shape):
    """Why: a stable code, and a text in the language asked for."""

    code: ReasonCode
    text: str


class Suggestion(Shape):
    """A listed number that may have been meant."""

    number: str
    entity: str | None
    name: str | None
    why: str


class DivisionPart(Shape):
    """The administrative division in a number, as of its year."""

    code: str
    known: bool
    name: str | None
    region: str | None
    abolished: int | None
    now: list[str]


class RegistrantPart(Shape):
    """The registrant's code."""

    code: str
    entity: EntityRef | None


class TypePart(Shape):
    """The type of algorithm."""

    code: str
    slug: str | None
    name: str | None


class CheckDigitPart(Shape):
    """The check digit: what stands there and what should."""

    found: int
    expected: int
    ok: bool


class RegionPart(Shape):
    """The region of a generative-AI number; two names for ShanXi."""

    spelling: str
    names: list[str]


class Anatomy(BaseModel):
    """The parts of a number; which there are depends on its kind. Empty without a number."""

    kind: str | None = None
    kind_name: str | None = None
    division: DivisionPart | None = None
    registrant: RegistrantPart | None = None
    type: TypePart | None = None
    year: int | None = None
    sequence: int | None = None
    check_digit: CheckDigitPart | None = None
    region: RegionPart | str | None = None
    name: str | None = None
    date: str | None = None
    serial: str | None = None
    registration: bool | None = None
    malformed: str | None = None
    text: str | None = None


VerdictCode = Literal["active", "deregistered", "not_listed", "malformed", "no_number"]


class OtherNumber(Shape):
    """Another number of the same input, judged as well; the worst decides the verdict."""

    number: str
    verdict: VerdictCode


class Verdict(Shape):
    """Is this number real, and whose is it?"""

    input: str
    number: str | None
    verdict: VerdictCode
    others: list[OtherNumber]
    entity_match: Literal["exact", "former_name", "brand", "similar", "unclear", "different"] | None
    reasons: list[Reason]
    anatomy: Anatomy
    filings: list[Filing]
    suggestions: list[Suggestion]
    coverage: Coverage


class Verdicts(Page):
    """Verdicts in the order of the questions."""

    items: list[Verdict]


class Place(Shape):
    """Where a number stands: page (of a document with pages) and line of its text, from 1.

    `where` names the part of the document (body, title, alt, script, header, attachment …); `visible`
    says whether a reader sees it.
    """

    page: int | None
    line: int
    text: str
    context: str
    where: str
    visible: bool


class ScannedNumber(Verdict):
    """The verdict on a number of a document, how often it stands there, and where."""

    times: int
    places: list[Place]


class UnreadPart(Shape):
    """What of a document could not be looked into: picture, script_page, encrypted_part or part."""

    code: str
    text: str


class Scan(Page):
    """Every number of a document once, in the order found."""

    items: list[ScannedNumber]
    unread: list[UnreadPart]
