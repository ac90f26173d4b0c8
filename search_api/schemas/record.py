"""The shape of one filing with its past, and of one company."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from suanbei.registry.cells.products import ProductKind
from suanbei.registry.importing.published import Series
from suanbei.search_api.schemas.filing import BriefFiling, Coverage, Filing, Period, Shape
from suanbei.search_api.schemas.verdict import Anatomy


class Step(Shape):
    """Something that happened to a number."""

    on: str | None = Field(
        description="`YYYY-MM` or `YYYY-MM-DD`; null if the lists do not date it"
    )
    what: Literal["listed", "changed", "deregistered", "vanished"]
    series: Series
    batch: str | None
    first_seen_at: datetime | None
    title: str | None = None
    field: str | None = None
    before: str | None = None
    after: str | None = None
    source: Literal["remark", "versions"] | None = None


class FilingRecord(Filing):
    """A filing with its number's past and its other registers."""

    same_number: list[Filing]
    history: list[Step]
    anatomy: Anatomy
    coverage: Coverage


class Roles(Shape):
    """Active filings in each role."""

    service_provider: int
    technical_supporter: int


Duty = Literal["has", "has_not", "deregistered", "vanished"]


class Duties(Shape):
    """Which duties of a vendor are on record: an active algorithm filing of the generation type, a
    filed large model, a registered application."""

    algorithm_filing: Duty
    model_filing: Duty
    registration: Duty


class VendorProduct(Shape):
    """A product, and the filings that name it."""

    name: str | None
    kind: ProductKind | None
    filings: list[str]


class TimelineStep(Shape):
    """The filings that one list brought."""

    period: Period
    series: Series
    filings: list[str]


class LinkedEntity(Shape):
    """A company that is tied to another; no id where only a 备注 names it."""

    id: str | None
    name: str


class EntityLink(Shape):
    """What the lists show of two companies that are not one: a filing taken over, or two names of
    which they do not tell whether they are one company's."""

    kind: Literal["taken_over_from", "handed_over_to", "unclear"]
    entity: LinkedEntity
    number: str
    remark: str


class EntityRecord(Shape):
    """A company as a whole."""

    id: str
    name: str | None
    former_names: list[str]
    registrants: list[str]
    filings: dict[str, list[BriefFiling]]
    roles: Roles
    duties: Duties
    double_filing: bool
    products: list[VendorProduct]
    links: list[EntityLink]
    timeline: list[TimelineStep]
    coverage: Coverage
