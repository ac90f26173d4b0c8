"""The shape of one filing with its past, of one company, and of what searches find."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from suanbei.registry.cells.products import ProductKind
from suanbei.registry.importing.published import Series
from suanbei.search_api.schemas.filing import BriefFiling, Coverage, Filing, Page, Period, Shape
from suanbei.search_api.schemas.verdict import Anatomy

Duty = Literal["has", "has_not", "deregistered", "vanished"]
LevelName = Literal[
    "number", "name", "brand", "entity", "former_name", "prefix", "entity_part", "name_part",
    "group", "number_part", "purpose",
]  # fmt: skip


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


class Match(Shape):
    """How a filing fits what was typed."""

    level: LevelName | None = Field(description="where it fits, the best place; null without text")
    forgiven: bool = Field(description="only another spelling of what was typed fits")
    highlights: dict[str, list[tuple[int, int]]] = Field(
        description="by field, the marked places: start and end in characters, end not included"
    )


class FoundFiling(Filing):
    """A filing with how it fits."""

    match: Match


class FacetCount(Shape):
    """How many of the filings found have a value."""

    value: str
    count: int


class WordFilter(Shape):
    """A word of the text that was taken as a filter."""

    name: Literal["region", "division", "year", "period", "status"]
    value: str
    word: str


class Interpreted(Shape):
    """What was searched for, where it is not just the text as typed."""

    text: str
    filters: list[WordFilter]


class NamedBrand(Shape):
    """A brand, group or other name of a company that the text is a name of."""

    name: str
    kind: Literal["group", "brand", "company"]
    names: list[str]


class FoundEntity(Shape):
    """A company with the number of its filings, all and active, and by series."""

    id: str
    name: str
    former_names: list[str]
    filings: int
    active: int
    series: dict[str, int]


class FilingPage(Page):
    """One page of filings."""

    items: list[FoundFiling | BriefFiling] = Field(description="brief ones with `brief=1`")
    total: int = Field(description="exact, unless `limited`")
    facets: dict[str, list[FacetCount]] = Field(
        description="by filter, the most frequent values; each without that filter's own choice"
    )
    interpreted: Interpreted | None = Field(
        description="words that became filters (广东 医疗), a question without its words, a text parted"
    )
    companies: list[FoundEntity] = Field(
        description="of the first page: companies that the text names, or that have what it names"
    )
    brands: list[NamedBrand] = Field(description="brands and groups that the text is a name of")
    did_you_mean: list[str] = Field(description="texts to search for, the likeliest first")
    limited: bool = Field(description="the search met a limit: filings may be missing")


class EntityPage(Page):
    """One page of companies."""

    items: list[FoundEntity]
    did_you_mean: list[str]
