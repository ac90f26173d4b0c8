"""What every search engine answers: typed queries in, typed pages out.

No engine's own language crosses this seam; the contract tests run on each engine.
"""

from array import array
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum, StrEnum
from typing import Protocol

Progress = Callable[[int, int], None]
"""done, total"""


class Dimension(StrEnum):
    """What filings are filtered and counted by."""

    SERIES = "series"
    TYPE = "type"
    ROLE = "role"
    REGION = "region"
    CITY = "city"
    DIVISION = "division"
    YEAR = "year"
    PERIOD = "period"
    STATUS = "status"
    ENTITY = "entity"
    FLAG = "flag"
    PRODUCT_KIND = "product_kind"


_PLACES = (Dimension.CITY, Dimension.DIVISION)


class MatchLevel(IntEnum):
    """How well a filing fits what was typed, the best first."""

    NUMBER = 0
    """the number is the query"""
    NAME = 1
    """its name, or that of a product, is the query"""
    BRAND = 2
    """its name has the query, which is a brand of its registrant; after all else, and after other
    spellings: its name has another name of the brand that is the query"""
    ENTITY = 3
    """a name of the registrant, whole or without its legal form, is the query"""
    FORMER_NAME = 4
    """a name that it or one of its products once had is the query"""
    PREFIX = 5
    """one of these names begins with the query"""
    ENTITY_PART = 6
    """the query is within a name of the registrant"""
    NAME_PART = 7
    """the query is within its name or products, those of today or before"""
    GROUP = 8
    """it belongs to the brand, company or group that the query is a name of; after all else"""
    NUMBER_PART = 9
    """the query is within its number"""
    PURPOSE = 10
    """the query is within its purpose"""


class Sort(StrEnum):
    """The order of a page."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"


@dataclass(frozen=True, slots=True)
class Filters:
    """Which filings may be found: any of the values of a dimension, in all dimensions named.

    Divisions and cities are one dimension here: any of either. Values are as in the answers: slugs, full
    names of regions, divisions of six digits, cities by the first four of them, `YYYY-MM`, entity ids. `period_from` and `period_to` bound the period a filing first appeared in.
    """

    values: Mapping[Dimension, tuple[str, ...]] = field(default_factory=dict)
    period_from: str = ""
    period_to: str = ""

    def without(self, dimension: Dimension) -> "Filters":
        """The filters by which a dimension is counted: all but its own."""
        values = {one: some for one, some in self.values.items() if one is not dimension}
        return Filters(values) if dimension is Dimension.PERIOD else replace(self, values=values)

    def alternatives(self) -> list[dict[Dimension, tuple[str, ...]]]:
        """The values, of which a filing has any of each: those of cities and of divisions are together."""
        places = {one: some for one, some in self.values.items() if one in _PLACES and some}
        others = [{one: some} for one, some in self.values.items() if one not in _PLACES and some]
        return [*others, places] if places else others


@dataclass(frozen=True, slots=True)
class Query:
    """A search: `cursor` is the `next` of the page before; facets are counted where named."""

    text: str = ""
    filters: Filters = field(default_factory=Filters)
    sort: Sort = Sort.RELEVANCE
    limit: int = 20
    cursor: str = ""
    facets: tuple[Dimension, ...] = ()
    facet_values: int = 20


@dataclass(frozen=True, slots=True)
class Hit:
    """A filing found: its id in the registry, how it fits (None without a text), and whether only
    another spelling of the text does."""

    id: int
    level: MatchLevel | None
    forgiven: bool = False


@dataclass(frozen=True, slots=True)
class FacetValue:
    """How many of the filings found have this value."""

    value: str
    count: int


Facets = Mapping[Dimension, tuple[FacetValue, ...]]


@dataclass(frozen=True, slots=True)
class Page:
    """One page: `total` is exact; `facets` holds for each dimension the counts, largest first,
    as they are without that dimension's own filter; `fragments` is what was looked for, folded, other
    spellings included, which `guesses` gives as texts to search for. `limited` says that the query
    met a limit: filings may be missing, and the total be too low."""

    hits: tuple[Hit, ...]
    total: int
    next: str | None
    facets: Facets
    fragments: tuple[str, ...] = ()
    guesses: tuple[str, ...] = ()
    read_as: str = ""
    """what was searched for, where nothing has the text as typed: without the words of a question, or parted"""
    limited: bool = False


@dataclass(frozen=True, slots=True)
class Health:
    """The state of an index: `revision` of the filings it shows, and of those the registry has."""

    engine: str
    version: str
    documents: int
    revision: int
    newest: int

    @property
    def lag(self) -> int:
        """How many writes to the registry the index has not seen."""
        return self.newest - self.revision


class Engine(Protocol):
    """A search engine over the registry. Safe for threads, and for processes side by side."""

    name: str

    def search(self, query: Query) -> Page:
        """One page, of the registry as it is now.

        Raises:
            SearchUnavailable: the engine does not answer, or its index is being built.
            BadCursor: a cursor that is none of ours.
        """

    def ids(self, query: Query) -> "array[int]":
        """The ids of all filings found, ascending, without cursor and limit; a million are 8 MB."""

    def refresh(self) -> int:
        """Take in what the registry has that the index has not; returns how many filings."""

    def rebuild(self, progress: Progress | None = None) -> int:
        """Build the index anew beside the live one, and swap; returns how many filings."""

    def health(self) -> Health:
        """The state of the index."""

    def close(self) -> None:
        """Let go of files and connections."""
