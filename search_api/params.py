"""The parameters that several routes and pages share, and how long they may be."""

from enum import StrEnum
from typing import Annotated

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import distinct, func, select
from sqlalchemy.orm import Session

from suanbei.common.errors import UsageError
from suanbei.registry.cells.products import ProductKind
from suanbei.registry.cells.regions import region_by_name
from suanbei.registry.models import Filing
from suanbei.registry.queries.entities import entities_called
from suanbei.registry.queries.selection import Dimension, Selection
from suanbei.search_api.search.engine import Query, Sort

LONGEST_NUMBER, LONGEST_NAME, LONGEST_REFERENCE = 5_000, 500, 200
"""Characters of a number with the text around it, of a company, and of an asker's own reference."""

ReceiptId = Annotated[str, Path(max_length=64, description="as the receipt prints it")]


class FilingSeries(StrEnum):
    """The series that have filings of their own."""

    ALGORITHM = "algorithm"
    DEEP_SYNTHESIS = "deep_synthesis"
    GENAI_FILING = "genai_filing"
    GENAI_REGISTRATION = "genai_registration"


class FilingType(StrEnum):
    """The five legal types of algorithm."""

    GENERATION_SYNTHESIS = "generation_synthesis"
    PERSONALISED_PUSH = "personalised_push"
    RANKING_SELECTION = "ranking_selection"
    RETRIEVAL_FILTERING = "retrieval_filtering"
    SCHEDULING_DECISION = "scheduling_decision"


class FilingRole(StrEnum):
    """The roles of deep synthesis."""

    SERVICE_PROVIDER = "service_provider"
    TECHNICAL_SUPPORTER = "technical_supporter"


class FilingStatus(StrEnum):
    """What a filing is today."""

    ACTIVE = "active"
    DEREGISTERED = "deregistered"
    VANISHED = "vanished"


Period = Annotated[str, Field(pattern=r"^(20\d\d-(0[1-9]|1[0-2]))?$")]
ListDate = Annotated[str, Field(pattern=r"^(20\d\d(-(0[1-9]|1[0-2]))?)?$")]
Short = Annotated[str, Field(max_length=100)]


class FilterParams(BaseModel):
    """What filings are narrowed by; a parameter may be repeated: any of its values."""

    model_config = ConfigDict(extra="forbid")

    q: str = Field(
        "",
        max_length=1000,
        description="any fragment of a name, company, product, number or purpose",
    )
    series: list[FilingSeries] = []
    type: list[FilingType] = []
    role: list[FilingRole] = []
    region: list[Short] = Field([], description="a province: 北京, 北京市, beijing or 11")
    division: list[Annotated[str, Field(pattern=r"^\d{4}(\d\d)?$")]] = Field(
        [], description="GB/T 2260 code: six digits, or four for a city"
    )
    year: list[Annotated[int, Field(ge=2000, le=2100)]] = Field(
        [], description="year of the number"
    )
    period: list[ListDate] = Field(
        [], description="of the list it first appeared in: YYYY-MM, or YYYY for its year"
    )
    period_from: Period = Field("", description="first listed in this month or later: YYYY-MM")
    period_to: Period = Field("", description="first listed in this month or before: YYYY-MM")
    status: list[FilingStatus] = []
    entity: list[Short] = Field([], description="entity id, or a name or former name in full")
    flag: list[Short] = Field(
        [], description="an oddity of the row: check_digit, malformed_number, suspect_columns …"
    )
    product_kind: list[ProductKind] = []

    def selection(self, session: Session) -> Selection:
        """The filings meant, whatever the text.

        Raises:
            UsageError: there is no such region.
        """
        # A text that names no company finds nothing.
        entities = [
            known
            for text in self.entity
            for known in [one.id for one in entities_called(session, [text])] or [text]
        ]
        cities = tuple(code for code in self.division if len(code) == 4)
        districts = tuple(code for code in self.division if len(code) == 6)
        if cities and districts:  # any of them: one dimension, whatever is mixed
            city = func.substr(Filing.division, 1, 4)
            within = select(distinct(Filing.division)).where(city.in_(cities))
            districts = tuple(sorted({*districts, *session.execute(within).scalars()}))
            cities = ()
        values = {
            Dimension.SERIES: tuple(self.series),
            Dimension.TYPE: tuple(self.type),
            Dimension.ROLE: tuple(self.role),
            Dimension.REGION: tuple(_region(text) for text in self.region),
            Dimension.CITY: cities,
            Dimension.DIVISION: districts,
            Dimension.YEAR: tuple(str(year) for year in self.year),
            Dimension.PERIOD: tuple(month for period in self.period for month in _months(period)),
            Dimension.STATUS: tuple(self.status),
            Dimension.ENTITY: tuple(entities),
            Dimension.FLAG: tuple(self.flag),
            Dimension.PRODUCT_KIND: tuple(self.product_kind),
        }
        chosen = {dimension: some for dimension, some in values.items() if some}
        return Selection(chosen, self.period_from, self.period_to)


class SearchParams(FilterParams):
    """A search for filings."""

    sort: Sort = Sort.RELEVANCE
    limit: int = Field(20, ge=1, le=100, description="items a page")
    cursor: str = Field("", max_length=2000, description="`next` of the page before")
    facets: bool = Field(True, description="count the values of every filter")

    def query(self, session: Session) -> Query:
        """The query meant.

        Raises:
            UsageError: see `selection`.
        """
        return Query(
            text=self.q,
            filters=self.selection(session),
            sort=self.sort,
            limit=self.limit,
            cursor=self.cursor,
            facets=tuple(Dimension) if self.facets else (),
        )


def _months(period: str) -> list[str]:
    """The months of a year; a month is itself."""
    return [f"{period}-{month:02}" for month in range(1, 13)] if len(period) == 4 else [period]


def _region(text: str) -> str:
    region = region_by_name(text)
    if region is None:
        raise UsageError(f"region: no region is called {text!r}")
    return region.full
