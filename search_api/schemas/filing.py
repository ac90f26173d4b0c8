"""The shape of filings and of what they rest on."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from suanbei.registry.cells.products import ProductKind
from suanbei.registry.importing.published import Series
from suanbei.search_api.params import FilingRole, FilingStatus, FilingType

Period = Annotated[
    str, Field(pattern=r"^20\d\d-(0[1-9]|1[0-2])$", description="month of a list: YYYY-MM")
]
Flag = Literal[
    "check_digit", "cut_off", "deregistration_only", "doubled_column", "invisible_text",
    "label_differs", "malformed_number", "overprinted_text", "suspect_columns", "unread_remark",
    "unreadable_letters",
]  # fmt: skip
"""What is odd about a published row; docs/data.md says what each means."""


class Shape(BaseModel):
    """An object of an answer: nothing but the fields that are told of."""

    model_config = ConfigDict(extra="forbid")


class Missing(Shape):
    """Something that is known to be missing: a list, a serial number, or rows of a published total."""

    kind: Literal["ordinal", "attachment", "serial", "total"]
    first: int | None = Field(None, alias="from")
    last: int | None = Field(None, alias="to")
    count: int | None = None
    between: list[Period | None] | None = None
    published: int | None = None
    held: int | None = None
    as_of: date | None = None
    source: str | None = None


class SeriesCoverage(Shape):
    """The newest list known of a series, when its source was last checked, and what is missing."""

    newest: Period | None
    batches: int
    checked_at: datetime | None
    missing: list[Missing]


class Coverage(Shape):
    """What "not found" rests on."""

    algorithm: SeriesCoverage
    deep_synthesis: SeriesCoverage
    genai_filing: SeriesCoverage
    genai_registration: SeriesCoverage
    deregistration: SeriesCoverage


class Page(Shape):
    """One page of a list: its `items`, how many there are in all, and the cursor of the next page."""

    total: int
    next: str | None
    coverage: Coverage


class DocumentRef(Shape):
    """The archived document that a row stands in; only what was published is evidence."""

    url: str | None
    sha256: str
    format: str
    origin: Literal["published", "converted", "transcribed"]
    fetched_at: datetime | None


class Published(Shape):
    """The row as published, cell for cell; null where the cell is empty or the list has no such column."""

    seq: str | None
    name: str | None
    label: str | None
    entity: str | None
    product: str | None
    purpose: str | None
    number: str | None
    remark: str | None
    region: str | None
    filed_on: str | None
    extra: dict[str, str | None] | None = None


class Listing(Shape):
    """One appearance of a filing in one version of a list: the evidence."""

    batch: str
    series: Series
    period: Period
    title: str | None
    published_on: date | None
    notice_url: str | None
    document: DocumentRef
    table: int
    page: int | None
    row: int
    current: bool
    first_seen_at: datetime
    last_seen_at: datetime
    published: Published


class EntityRef(Shape):
    """A company: its id, its name (that of the filing, where it stands in one), its former names."""

    id: str
    name: str | None
    former_names: list[str]


class Product(Shape):
    """A product of a filing; its kind is null where the list does not say it."""

    name: str | None
    kind: ProductKind | None


class FilingChange(Shape):
    """A change read from 备注, or seen between versions of a list."""

    field: str | None
    before: str | None
    after: str | None
    when: str | None
    source: Literal["remark", "versions"]
    batch: str | None
    kind: str | None = None


class BriefFiling(Shape):
    """What the lists say about one number in one series today, in brief."""

    number: str
    series: Series
    name: str | None
    type: FilingType | None
    label: str | None
    role: FilingRole | None
    status: FilingStatus
    product: str | None
    region: str | None
    year: int | None
    filed_on: str | None = Field(description="as the list dates it: YYYY-MM-DD, seldom otherwise")
    first_period: Period
    last_period: Period
    flags: list[Flag]
    entity: EntityRef


class Filing(BriefFiling):
    """What the lists say about one number in one series today."""

    products: list[Product]
    purpose: str | None
    remark: str | None
    division: str | None
    listings: list[Listing]
    changes: list[FilingChange]
