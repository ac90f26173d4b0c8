"""The JSON of the API. Fields that are not listed here may be there too."""

from typing import Any, Literal, TypedDict

Status = Literal["active", "deregistered", "vanished"]
VerdictWord = Literal["active", "deregistered", "not_listed", "malformed", "no_number"]
EntityMatch = Literal["exact", "former_name", "brand", "similar", "unclear", "different"]


class EntityRef(TypedDict):
    """The company of a filing."""

    id: str
    name: str
    former_names: list[str]


class Product(TypedDict):
    """A product by its name; `kind` is app, website … where the list says so."""

    name: str
    kind: str | None


class Filing(TypedDict):
    """What the lists say about one number in one series today."""

    number: str
    series: str
    name: str
    type: str | None
    label: str | None
    role: str | None
    entity: EntityRef
    products: list[Product]
    product: str | None
    purpose: str | None
    remark: str | None
    status: Status
    region: str | None
    division: str | None
    year: int | None
    filed_on: str | None
    first_period: str | None
    last_period: str | None
    flags: list[str]


class FilingDetail(Filing):
    """One filing with the rows that list it, its changes, and what its number says.

    `same_number` are the filings of other series under the same number.
    """

    listings: list[dict[str, Any]]
    changes: list[dict[str, Any]]
    same_number: list[dict[str, Any]]
    history: list[dict[str, Any]]
    anatomy: dict[str, Any] | None
    coverage: dict[str, Any]


class Reason(TypedDict):
    """Why: a stable code, and a sentence in the language asked for."""

    code: str
    text: str


class OtherNumber(TypedDict):
    """A further number of the same input, with its own verdict."""

    number: str
    verdict: VerdictWord


class Suggestion(TypedDict):
    """A listed number that may have been meant, and why."""

    number: str
    entity: str
    name: str
    why: str


class Verdict(TypedDict):
    """The answer to “is this number real, and theirs?”."""

    input: str
    number: str | None
    verdict: VerdictWord
    others: list[OtherNumber]
    entity_match: EntityMatch | None
    reasons: list[Reason]
    anatomy: dict[str, Any] | None
    filings: list[Filing]
    suggestions: list[Suggestion]
    coverage: dict[str, Any]


class Entity(TypedDict):
    """A company with its names and filings."""

    id: str
    name: str
    former_names: list[str]
    filings: list[Filing]


class Change(TypedDict):
    """A line of the log of changes; ids grow."""

    id: int
    type: str
    at: str
    series: str | None
    period: str | None
    number: str | None
    entity: str | None
    batch: str | None
    data: dict[str, Any]


class Receipt(TypedDict):
    """A verdict as it was told, signed by the server that told it."""

    id: str
    issued_at: str
    reference: str | None
    entity: str | None
    answer: Verdict
    answer_sha256: str
    data_version: int
    coverage: dict[str, Any]
    signature: str
