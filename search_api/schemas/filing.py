"""The shape of filings and of what they rest on."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from suanbei.registry.importing.published import Series

Status = Literal["active", "deregistered", "vanished"]


class Shape(BaseModel):
    """An object of an answer: nothing but the fields that are told of."""

    model_config = ConfigDict(extra="forbid")


class Missing(Shape):
    """Numbers of lists (ordinal, attachment) or of services (serial) that are not there, between the
    lists of two months; or the publisher's own total, which the lists do not reach."""

    kind: Literal["ordinal", "attachment", "serial", "total"]
    count: int
    first: int = Field(default=0, alias="from")
    to: int = 0
    between: list[str | None] = []
    published: int = 0
    held: int = 0
    as_of: str = ""
    source: str = ""


class SeriesCoverage(Shape):
    """The newest list known of a series (`YYYY-MM`), how many lists are held, when its source was
    last checked, and what is known to be missing."""

    newest: str | None
    batches: int
    checked_at: str | None
    missing: list[Missing]


class Coverage(Shape):
    """What "not found" rests on."""

    algorithm: SeriesCoverage
    deep_synthesis: SeriesCoverage
    genai_filing: SeriesCoverage
    genai_registration: SeriesCoverage
    deregistration: SeriesCoverage


class DocumentRef(Shape):
    """The archived document that a row stands in."""

    url: str | None
    sha256: str
    format: str
    origin: Literal["published", "converted", "transcribed"]
    fetched_at: str | None


class Published(Shape):
    """The row as published."""

    seq: str
    name: str
    label: str
    entity: str
    product: str
    purpose: str
    number: str
    remark: str
    region: str
    filed_on: str
    extra: dict[str, str] | None = None


class Listing(Shape):
    """One appearance of a filing in one version of a list: the evidence."""

    batch: str
    series: Series
    period: str
    title: str
    published_on: str | None
    notice_url: str | None
    document: DocumentRef
    table: int
    page: int | None
    row: int
    current: bool
    first_seen_at: str
    last_seen_at: str
    published: Published


class EntityRef(Shape):
    """A registrant under the name of the filing."""

    id: str
    name: str
    former_names: list[str]


class Product(Shape):
    """A product of a filing."""

    name: str
    kind: str


class Change(Shape):
    """A change read from 备注, or seen between versions of a list."""

    field: str
    before: str
    after: str
    when: str
    source: Literal["remark", "versions"]
    batch: str
    kind: str | None = None


class Filing(Shape):
    """What the lists say about one number in one series today."""

    number: str
    series: Series
    name: str
    type: str | None
    label: str
    role: str | None
    entity: EntityRef
    products: list[Product]
    product: str
    purpose: str
    remark: str
    status: Status
    region: str
    division: str
    year: int | None
    filed_on: str
    first_period: str
    last_period: str
    flags: list[str]
    listings: list[Listing]
    changes: list[Change]
