"""The shape of published lists, of the changes they bring, and of figures over the registry."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import ConfigDict, Field

from suanbei.registry.importing.events import EventType
from suanbei.registry.importing.published import Series
from suanbei.registry.queries.statistics import By, Split
from suanbei.search_api.params import FilingSeries
from suanbei.search_api.schemas.filing import Coverage, DocumentRef, Page, Period, Shape


class Batch(Shape):
    """One list of one series, in its current version."""

    id: str
    series: Series
    period: Period
    ordinal: int | None
    title: str | None
    rows: int
    published_on: date | None
    notice_url: str | None
    source: str
    document: DocumentRef


class BatchPage(Page):
    """One page of lists, the newest first."""

    items: list[Batch]


class BatchRecord(Batch):
    """One list."""

    coverage: Coverage


class Pauses(Shape):
    """Whole months between one list of a series and the next."""

    shortest: int
    usual: int = Field(description="the median")
    longest: int


class ExpectedList(Shape):
    """When the next list of a series is expected, from its own past; null while that is too short."""

    series: Series
    lists: int
    last_period: Period | None
    last_published_on: date | None
    pauses: Pauses | None
    expected_period: Period | None = Field(description="the last one, and the usual pause")
    latest_period: Period | None = Field(description="the last one, and the longest pause")
    late: bool = Field(description="the usual pause is over")
    overdue: bool = Field(description="the longest pause is over")


class ExpectedLists(Page):
    """The next list of every series."""

    items: list[ExpectedList]


class Change(Shape):
    """An event: a list published, a filing added, changed, deregistered or gone, a monitor.

    `data` holds what changed, by field: `{"field": {"before", "after"}}`.
    """

    id: int
    type: EventType
    at: datetime
    series: str | None
    period: str | None
    number: str | None
    entity: str | None
    batch: str | None
    data: dict[str, Any]


class Changes(Shape):
    """Changes after a cursor, newest last.

    `next` is the `after` of the next page, null where there is nothing more yet; whoever asks again
    later goes on after `last`, the newest id there is. `total` counts all that match after `after`.
    """

    items: list[Change]
    total: int
    next: int | None
    last: int
    coverage: Coverage


class DoubleFiling(Shape):
    """Companies with an active algorithm filing of the generation type (`algorithm`), with an active
    large-model filing or registration (`genai`), and with both. Shares are 0 to 1."""

    entities: int
    algorithm: int
    genai: int
    both: int
    share: float | None
    share_of_genai: float | None


class Summary(Shape):
    """Totals of the filings that fit: a number counts once in each series that lists it among
    `filings`, and once among `numbers`."""

    statistics: Literal["summary"]
    filters: dict[str, Any]
    filings: int
    numbers: int
    active: int
    deregistered: int
    vanished: int
    entities: int
    regions: int
    first_period: Period | None
    last_period: Period | None
    double_filing: DoubleFiling
    coverage: Coverage


class TimelinePoint(Shape):
    """Filings of one month or year; `parts` counts them by the values of `split` ("": none)."""

    value: str
    count: int
    cumulative: int
    parts: dict[str, int]


class Timeline(Shape):
    """Filings over time, by the list they first appeared in; `total` counts filings."""

    statistics: Literal["timeline"]
    filters: dict[str, Any]
    by: By
    split: Split | None
    items: list[TimelinePoint]
    total: int
    coverage: Coverage


class Figure(Shape):
    """Filings with one value; which further counts there are depends on the statistics."""

    value: str | None
    count: int
    active: int | None = None
    entities: int | None = None
    filings: int | None = None
    name: str | None = Field(None, description="of a company or city")
    series: FilingSeries | None = None
    parts: dict[str, int] | None = None


class Figures(Shape):
    """Counts by value, the most first (or, for what happens with lists, the oldest first)."""

    statistics: str
    filters: dict[str, Any]
    items: list[Figure] | None = None
    total: int | None = None
    entities: int | None = None
    algorithm: int | None = None
    genai: int | None = None
    both: int | None = None
    share: float | None = None
    share_of_genai: float | None = None
    coverage: Coverage


class Status(Shape):
    """What runs, what ran, and what is wrong; new parts may come to it."""

    model_config = ConfigDict(extra="allow")

    version: int
    watching: dict[str, Any]
    leases: dict[str, Any]
    runs: list[dict[str, Any]]
    sources: list[dict[str, Any]]
    alarms: list[dict[str, Any]]
    subscriptions: dict[str, int]
    deliveries: dict[str, Any]
    coverage: Coverage
