"""What every search engine answers: typed queries in, typed pages out.

No engine's own language crosses this seam; the contract tests run on each engine.
"""

from array import array
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum, StrEnum
from typing import Protocol

from suanbei.registry.queries.selection import Dimension, Selection

Progress = Callable[[int, int], None]
"""done, total"""


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
class Query:
    """A search: `cursor` is the `next` of the page before; facets are counted where named. `filters` have no ids."""

    text: str = ""
    filters: Selection = field(default_factory=Selection)
    sort: Sort = Sort.RELEVANCE
    limit: int = 20
    cursor: str = ""
    facets: tuple[Dimension, ...] = ()
    facet_values: int = 20

    def facet_groups(self) -> list[tuple[Selection, list[Dimension]]]:
        """The facets by the filters they are counted with: all but a facet's own. The first group is that of all
        filters, with which the total is counted."""
        shared: list[Dimension] = []
        groups = [(self.filters, shared)]
        for one in self.facets:
            values = {
                known: some for known, some in self.filters.values.items() if known is not one
            }
            others = replace(self.filters, values=values)
            if one is Dimension.PERIOD:
                others = Selection(values)
            if others == self.filters:
                shared.append(one)
            else:
                groups.append((others, [one]))
        return groups


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
    outdated_at: float
    """When it last answered from an index that was behind, on the clock of `time.monotonic`."""

    def search(self, query: Query) -> Page:
        """One page, of the registry as it is now; of what it was while another process brings the index up to date.

        Raises:
            SearchUnavailable: the engine does not answer, or its index is being built.
            BadCursor: a cursor that is none of ours.
        """

    def ids(self, query: Query) -> "array[int]":
        """The ids of all filings found, ascending, without cursor and limit; a million are 8 MB.

        Raises:
            SearchUnavailable: the engine does not answer, or its index is being built.
            TookTooLong: it took too long to read the text.
        """

    def refresh(self) -> int:
        """Take in what the registry has that the index has not; returns how many filings."""

    def rebuild(self, progress: Progress | None = None) -> int:
        """Build the index anew beside the live one, and swap; returns how many filings."""

    def health(self) -> Health:
        """The state of the index."""

    def close(self) -> None:
        """Let go of files and connections."""
